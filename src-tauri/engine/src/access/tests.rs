//! What asks again who is there: each request that changes what opens the mailbox, or takes it out; and for how long an
//! answer counts.

use serde_json::json;
use wardmail_api::{
    ApiError, ErrorCode,
    compose::{OutboxState, Send},
    mail::{OpenMessage, SaveAttachment},
    session::{
        BeginOneTime, BeginRecoveryCode, ConfirmOneTime, ConfirmRecoveryCode, GetStatus, Lock,
        Notice, Reauthenticate, Recover, RemoveOneTime, SetAside,
    },
};
use wardmail_audit::{EventKind, Outcome};
use wardmail_store as store;

use crate::{
    policy_source::Remembered,
    testing::{Desk, PASSPHRASE, PRIYA, secret},
};

fn asks_again<T>(answer: Result<T, ApiError>) -> bool {
    answer.is_err_and(|error| error.code == ErrorCode::ReauthenticationNeeded)
}

#[tokio::test]
async fn what_changes_the_way_in_or_takes_the_mailbox_out_asks_again() {
    let desk = Desk::new().await;
    let engine = &desk.engine;
    // Whoever unlocked it a moment ago is known.
    engine.call(BeginRecoveryCode {}).await.unwrap();

    desk.session().await.reauth.forget();
    assert!(asks_again(engine.call(BeginOneTime {}).await));
    assert!(asks_again(engine.call(ConfirmOneTime { code: secret("000000") }).await));
    assert!(asks_again(engine.call(RemoveOneTime {}).await));
    assert!(asks_again(engine.call(BeginRecoveryCode {}).await));
    assert!(asks_again(engine.call(ConfirmRecoveryCode { code: secret("AAAA") }).await));
    let backup = desk.folder.path().join("mailbox.backup");
    assert!(asks_again(engine.back_up(backup.clone()).await));
    assert!(!backup.exists());

    let wrong = Reauthenticate { passphrase: secret("not the passphrase at all"), pin: None };
    let refused = engine.call(wrong).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::WrongPassphrase);
    assert!(asks_again(engine.call(BeginOneTime {}).await));
    let (answer, recorded) = desk
        .recorded(engine.call(Reauthenticate { passphrase: secret(PASSPHRASE), pin: None }))
        .await;
    answer.unwrap();
    assert_eq!(recorded, [(EventKind::Unlock, Outcome::Success)]);
    engine.call(BeginOneTime {}).await.unwrap();
    engine.back_up(backup).await.unwrap();
    desk.done();
}

#[tokio::test]
async fn taking_a_file_out_asks_again_where_policy_or_owner_wants_it() {
    let desk = Desk::at_work().await;
    let raw = "From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
               --b\r\n\r\nSee the file.\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\n\
               One plum.\r\n--b--\r\n";
    let id = desk.receive(raw.as_bytes().to_vec()).await;
    let engine = &desk.engine;
    let request = || SaveAttachment { id, part: 0 };
    let file = desk.folder.path().join("a.txt");
    desk.session().await.reauth.forget();
    let free = engine.attachment_name(&request()).await;
    assert!(!asks_again(free), "nobody asked for it");

    let mut remembered = Remembered::default();
    remembered.choices.set("reauth.content", Some(json!(true))).unwrap();
    engine.remember_policy(remembered);
    // Before anybody is asked where the file is to go.
    assert!(asks_again(engine.attachment_name(&request()).await));
    assert!(asks_again(engine.save_attachment(request(), file.clone()).await));
    assert!(!file.exists());
    engine.call(Reauthenticate { passphrase: secret(PASSPHRASE), pin: None }).await.unwrap();
    assert!(!asks_again(engine.attachment_name(&request()).await));
    desk.done();
}

#[tokio::test]
async fn a_new_recovery_code_counts_once_it_was_typed_back() {
    let desk = Desk::new().await;
    let engine = &desk.engine;
    let shown = engine.call(BeginRecoveryCode {}).await.unwrap();
    let code = |text: &str| ConfirmRecoveryCode { code: secret(text) };
    let mistyped = engine.call(code("AAAA")).await.unwrap_err();
    assert_eq!(mistyped.code, ErrorCode::RecoveryCodeMistyped);
    let (confirmed, recorded) = desk.recorded(engine.call(code(shown.code.expose()))).await;
    confirmed.unwrap();
    assert_eq!(recorded, [(EventKind::AccessChange, Outcome::Success)]);
    let again = engine.call(code(shown.code.expose())).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::NothingToConfirm);

    // What can't be recorded is not done.
    let other = engine.call(BeginRecoveryCode {}).await.unwrap();
    assert!(desk.unrecorded(engine.call(code(other.code.expose()))).await.is_err());
    let (vault, _) = engine.open_vault().await.unwrap();
    let opens = |text: String| {
        let vault = std::sync::Arc::clone(&vault);
        tokio::task::spawn_blocking(move || {
            vault.lock().unwrap().unlock_with_recovery(&text).is_ok()
        })
    };
    assert!(opens(shown.code.expose().to_owned()).await.unwrap());
    assert!(!opens(other.code.expose().to_owned()).await.unwrap());
    desk.done();
}

#[tokio::test]
async fn the_recovery_code_makes_another_way_in_only_once_its_use_is_recorded() {
    const OTHER: &str = "harbor lantern 77 copper finch";
    let desk = Desk::new().await;
    let engine = &desk.engine;
    let shown = engine.call(BeginRecoveryCode {}).await.unwrap();
    let code = secret(shown.code.expose());
    engine.call(ConfirmRecoveryCode { code }).await.unwrap();
    let recover = || Recover {
        code: secret(shown.code.expose()),
        passphrase: secret(OTHER),
        without_security_key: false,
        pin: None,
    };

    engine.call(Lock { force: true }).await.unwrap();
    assert!(desk.unrecorded(engine.call(recover())).await.is_err());
    assert!(engine.session().await.is_err(), "it stays closed");
    assert!(desk.unlock(OTHER).await.is_err());
    desk.unlock(PASSPHRASE).await.unwrap();

    let before = desk.log().await.len();
    engine.call(Lock { force: true }).await.unwrap();
    engine.call(recover()).await.unwrap();
    let used = desk.log().await[before..]
        .iter()
        .filter(|r| r.event().kind() == EventKind::RecoveryUsed)
        .count();
    assert_eq!(used, 1);
    engine.call(Lock { force: true }).await.unwrap();
    assert!(desk.unlock(PASSPHRASE).await.is_err());
    desk.unlock(OTHER).await.unwrap();
    desk.done();
}

/// The vault can't be written: the recovery code changes nothing, and the log tells that without a false gap.
#[tokio::test]
async fn a_recovery_that_failed_began_and_ended_a_session() {
    let desk = Desk::new().await;
    let engine = &desk.engine;
    let shown = engine.call(BeginRecoveryCode {}).await.unwrap();
    let code = secret(shown.code.expose());
    engine.call(ConfirmRecoveryCode { code }).await.unwrap();
    let before = desk.log().await.len();
    engine.call(Lock { force: true }).await.unwrap();
    let obstacle = desk.folder.path().join("profile/vault.json.new");
    std::fs::create_dir(&obstacle).unwrap();
    let recover = Recover {
        code: secret(shown.code.expose()),
        passphrase: secret("harbor lantern 77 copper finch"),
        without_security_key: false,
        pin: None,
    };
    engine.call(recover).await.unwrap_err();
    assert!(engine.session().await.is_err(), "it stays closed");
    std::fs::remove_dir(&obstacle).unwrap();
    desk.unlock(PASSPHRASE).await.unwrap();
    let log = desk.log().await;
    let events: Vec<_> =
        log[before..].iter().map(|r| (r.event().kind(), r.event().outcome())).collect();
    assert_eq!(
        events,
        [
            (EventKind::Lock, Outcome::Success),
            (EventKind::RecoveryUsed, Outcome::Success),
            (EventKind::RecoveryUsed, Outcome::Failure),
            (EventKind::Lock, Outcome::Success),
            (EventKind::Unlock, Outcome::Success),
        ]
    );
    desk.done();
}

/// Policy asks for one-time codes: until they are set up mail is read, and none leaves.
#[tokio::test]
async fn nothing_is_sent_before_the_codes_that_policy_wants_are_set_up() {
    let desk = Desk::at_work().await;
    let draft = async || {
        let mut content = store::DraftContent::new(store::DraftKind::New);
        content.to = vec![store::Address { name: String::new(), address: PRIYA.to_owned() }];
        "Scheduling".clone_into(&mut content.subject);
        let session = desk.session().await;
        let id = session.write(move |dao| Ok(dao.save_draft(None, &content, 1)?)).await.unwrap();
        Send {
            draft: wardmail_api::DraftId(id.get()),
            revision: None,
            reason: None,
            answered: None,
            note: None,
        }
    };
    // One waits already.
    let queued = desk.ask(draft().await).await.unwrap().id;
    desk.install_policy(&json!({ "unlock": { "requireOneTimeCode": true } }));
    let wanted = Notice::OneTimeCodesWanted;
    assert!(desk.engine.call(GetStatus {}).await.unwrap().notices.contains(&wanted));
    let (refused, recorded) = desk.recorded(desk.engine.call(draft().await)).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::OneTimeCodesRequired);
    assert_eq!(recorded, [(EventKind::SendDecision, Outcome::Refused)]);
    let delivered = desk.engine.deliver_now(queued).await.unwrap();
    assert_eq!(delivered.reason, Some(ErrorCode::OneTimeCodesRequired));
    assert_eq!(delivered.state, OutboxState::Held);
    let raw = b"From: p@hospital.example\r\nSubject: Consult\r\n\r\nOne plum.\r\n";
    let id = desk.receive(raw.to_vec()).await;
    assert_eq!(desk.ask(OpenMessage { id }).await.unwrap().text, "One plum.\n");

    // As confirming a code leaves it.
    desk.session().await.note_code(true);
    desk.engine.call(draft().await).await.unwrap();
    desk.done();
}

#[tokio::test]
async fn a_mailbox_that_opens_again_is_not_set_aside() {
    let desk = Desk::new().await;
    let engine = &desk.engine;
    engine.call(Lock { force: true }).await.unwrap();
    let mailbox = desk.folder.path().join("profile/mailbox.db");
    let good = std::fs::read(&mailbox).unwrap();
    let mut bad = good.clone();
    bad[2000] ^= 1;
    std::fs::write(&mailbox, bad).unwrap();
    let refused = desk.unlock(PASSPHRASE).await.unwrap_err();
    assert!(refused.code().may_be_set_aside(), "{refused:?}");
    std::fs::write(&mailbox, good).unwrap();
    desk.unlock(PASSPHRASE).await.unwrap();
    engine.call(Lock { force: true }).await.unwrap();
    assert_eq!(engine.call(SetAside {}).await.unwrap_err().code, ErrorCode::ProfileExists);
    assert!(mailbox.exists());
    desk.done();
}
