//! A security key from being added to being lost. The key is a mock: hardware can't be had in a test.

use serde_json::json;
use wardmail_api::{
    ErrorCode,
    session::{
        AddSecurityKey, AllowSecurityKeys, BeginRecoveryCode, CancelTouch, ChangePassphrase,
        ConfirmRecoveryCode, GetStatus, LockReason, LockState, Notice, Reauthenticate, Recover,
        RemoveSecurityKey, SecurityKeyStatus,
    },
};
use wardmail_audit::{EventKind, Outcome};
use wardmail_vault::{Authenticator as _, SecurityKeyError, mock::Manner};

use crate::testing::{Desk, PASSPHRASE, secret};

const ADD: fn() -> AddSecurityKey = || AddSecurityKey { passphrase: secret(PASSPHRASE), pin: None };
const REMOVE: fn() -> RemoveSecurityKey =
    || RemoveSecurityKey { passphrase: secret(PASSPHRASE), pin: None };
const CHANGE: (EventKind, Outcome) = (EventKind::AccessChange, Outcome::Success);

/// The owner turns it on.
async fn allow(desk: &Desk) {
    desk.engine.call(AllowSecurityKeys { allowed: true }).await.unwrap();
}

async fn with_key() -> Desk {
    let desk = Desk::new().await;
    allow(&desk).await;
    desk.engine.call(ADD()).await.unwrap();
    desk
}

async fn status(desk: &Desk) -> SecurityKeyStatus {
    desk.engine.call(GetStatus {}).await.unwrap().security_key
}

#[tokio::test]
async fn none_is_added_unless_policy_or_owner_wants_it() {
    let desk = Desk::new().await;
    assert_eq!(desk.engine.call(ADD()).await.unwrap_err().code, ErrorCode::NotAllowed);
    assert_eq!((status(&desk).await, desk.security_key.touches()), Default::default());
    allow(&desk).await;
    assert!(status(&desk).await.allowed);
    let wrong = AddSecurityKey { passphrase: secret("not the passphrase at all"), pin: None };
    let refused = desk.engine.call(wrong).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongPassphrase);
    assert_eq!(desk.security_key.touches(), 0, "nobody touches anything for a stranger");
    let (added, recorded) = desk.recorded(desk.engine.call(ADD())).await;
    added.unwrap();
    assert_eq!(recorded, [CHANGE]);
    assert!(status(&desk).await.present);
    let again = desk.engine.call(ADD()).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::SecurityKeyPresent);
    desk.done();
}

#[tokio::test]
async fn what_can_not_be_recorded_is_not_done() {
    let desk = Desk::new().await;
    allow(&desk).await;
    let refused = desk.unrecorded(desk.engine.call(ADD())).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::DiskFull);
    assert!(!status(&desk).await.present);
    desk.engine.call(ADD()).await.unwrap();
    let refused = desk.unrecorded(desk.engine.call(REMOVE())).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::DiskFull);
    assert!(status(&desk).await.present);
    desk.done();
}

#[tokio::test]
async fn each_unlock_takes_a_touch_and_says_what_is_wrong_with_the_key() {
    let desk = with_key().await;
    desk.engine.lock(LockReason::Asked).await;
    for (trouble, code) in [
        (SecurityKeyError::Absent, ErrorCode::SecurityKeyMissing),
        (SecurityKeyError::NotTouched, ErrorCode::SecurityKeyNotTouched),
        (SecurityKeyError::WrongKey, ErrorCode::SecurityKeyWrong),
        (SecurityKeyError::Unsupported, ErrorCode::SecurityKeyUnusable),
        (SecurityKeyError::PinLocked, ErrorCode::SecurityKeyPinLocked),
        (SecurityKeyError::Denied, ErrorCode::SecurityKeyDenied),
        (SecurityKeyError::Failed, ErrorCode::SecurityKeyFailed),
    ] {
        desk.security_key.behave(Manner::Fails(trouble));
        let refused = desk.unlock(PASSPHRASE).await.unwrap_err().to_api();
        assert_eq!(refused.code, code);
    }
    let state = desk.engine.call(GetStatus {}).await.unwrap();
    assert_eq!((state.state, state.failed_unlocks), (LockState::Locked, 0));
    desk.security_key.behave(Manner::Touched);
    desk.unlock(PASSPHRASE).await.unwrap();
    // What asks again takes a touch too.
    let touches = desk.security_key.touches();
    let again = Reauthenticate { passphrase: secret(PASSPHRASE), pin: None };
    desk.engine.call(again).await.unwrap();
    let new = "quilt meadow lantern 42 harbor";
    let change = ChangePassphrase { current: secret(PASSPHRASE), new: secret(new), pin: None };
    desk.engine.call(change).await.unwrap();
    assert_eq!(desk.security_key.touches(), touches + 2);
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(new).await.unwrap();
    desk.done();
}

#[tokio::test]
async fn a_wait_for_the_touch_holds_nothing_up_and_can_be_cancelled() {
    let desk = with_key().await;
    desk.engine.lock(LockReason::Asked).await;
    desk.security_key.behave(Manner::Waits);
    let cancel = async {
        let key = std::sync::Arc::clone(&desk.security_key);
        tokio::task::spawn_blocking(move || key.await_asked()).await.unwrap();
        assert!(status(&desk).await.present, "the window learns how things stand meanwhile");
        desk.engine.call(CancelTouch {}).await.unwrap();
    };
    let (unlocked, ()) = tokio::join!(desk.unlock(PASSPHRASE), cancel);
    assert_eq!(unlocked.unwrap_err().to_api().code, ErrorCode::SecurityKeyCancelled);
    desk.security_key.behave(Manner::Touched);
    desk.unlock(PASSPHRASE).await.unwrap();
    desk.done();
}

/// Nobody touches the key that is being added when the mailbox locks: the lock ends that wait, and doesn't share it.
#[tokio::test]
async fn a_lock_ends_the_wait_for_a_touch() {
    let desk = Desk::new().await;
    allow(&desk).await;
    let (vault, _) = desk.engine.open_vault().await.unwrap();
    desk.security_key.behave(Manner::Waits);
    let lock = async {
        let key = std::sync::Arc::clone(&desk.security_key);
        tokio::task::spawn_blocking(move || key.await_asked()).await.unwrap();
        desk.engine.lock(LockReason::Asked).await;
    };
    let (added, ()) = tokio::join!(desk.engine.call(ADD()), lock);
    // Which of the two its request hears of first is chance.
    let heard = added.unwrap_err().code;
    assert!(matches!(heard, ErrorCode::Locked | ErrorCode::SecurityKeyCancelled), "{heard:?}");
    let holders = std::sync::Arc::strong_count(&vault);
    // Ends a wait that the lock left, so that the test can say so.
    desk.security_key.cancel();
    assert_eq!(holders, 2, "the engine and this test; who waits for the touch holds it too");
    desk.done();
}

#[tokio::test]
async fn a_key_is_removed_by_a_touch() {
    let desk = with_key().await;
    desk.security_key.behave(Manner::Fails(SecurityKeyError::Absent));
    let refused = desk.engine.call(REMOVE()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SecurityKeyMissing);
    desk.security_key.behave(Manner::Touched);
    let (removed, recorded) = desk.recorded(desk.engine.call(REMOVE())).await;
    removed.unwrap();
    assert_eq!(recorded, [CHANGE]);
    desk.engine.lock(LockReason::Asked).await;
    desk.security_key.behave(Manner::Fails(SecurityKeyError::Absent));
    desk.unlock(PASSPHRASE).await.unwrap();
    assert_eq!(desk.engine.call(REMOVE()).await.unwrap_err().code, ErrorCode::NotFound);
    desk.done();
}

#[tokio::test]
async fn a_lost_key_is_taken_out_with_the_recovery_code_and_only_when_asked_for() {
    let desk = with_key().await;
    let code = desk.engine.call(BeginRecoveryCode {}).await.unwrap().code.expose().to_owned();
    desk.engine.call(ConfirmRecoveryCode { code: secret(&code) }).await.unwrap();
    desk.engine.lock(LockReason::Asked).await;
    desk.security_key.behave(Manner::Fails(SecurityKeyError::Absent));
    let recover = |without_security_key| Recover {
        code: secret(&code),
        passphrase: secret(PASSPHRASE),
        without_security_key,
        pin: None,
    };
    let refused = desk.engine.call(recover(false)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SecurityKeyMissing);
    let opened = desk.engine.call(recover(true)).await.unwrap();
    let log = desk.log().await;
    let last = log.iter().rev().find(|record| record.event().kind() == EventKind::AccessChange);
    assert_eq!(last.unwrap().event().error_code(), Some("security_key.removed"));
    assert!(!opened.security_key.present);
    assert!(opened.notices.contains(&Notice::SecurityKeyOff));
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    desk.done();
}

/// Policy has the last word, and takes no key out that is in.
#[tokio::test]
async fn policy_forbids_new_keys_and_leaves_old_ones() {
    let desk = with_key().await;
    desk.install_policy(&json!({ "unlock": { "allowSecurityKey": false } }));
    assert!(!status(&desk).await.allowed);
    let refused = desk.engine.call(AllowSecurityKeys { allowed: true }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotAllowed);
    desk.engine.lock(LockReason::Asked).await;
    desk.unlock(PASSPHRASE).await.unwrap();
    assert!(status(&desk).await.present);
    desk.engine.call(REMOVE()).await.unwrap();
    assert_eq!(desk.engine.call(ADD()).await.unwrap_err().code, ErrorCode::NotAllowed);
    desk.done();
}
