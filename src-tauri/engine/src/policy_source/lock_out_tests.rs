//! What the last wrong passphrase does under a policy that wants an erasure, and a legal hold that wants the mail kept.

use serde_json::json;
use wardmail_api::{
    ErrorCode,
    session::{GetStatus, Lock, LockOut},
};

use crate::testing::{Desk, PASSPHRASE, certificate};

/// A desk under a hold and such a policy, with these certificates of the organisation; locked, and unlocked once since.
async fn held_desk(certificates: &[String]) -> Desk {
    let desk = Desk::new().await;
    desk.install_policy(&json!({
        "unlock": { "maxFailures": 3, "afterLockout": "erase" },
        "legalHold": { "everything": true },
        "emergency": { "certificates": certificates, "twoPeople": false },
    }));
    desk.engine.call(Lock { force: true }).await.unwrap();
    desk.unlock(PASSPHRASE).await.unwrap();
    desk.engine.call(Lock { force: true }).await.unwrap();
    desk
}

async fn types_wrong_ones(desk: &Desk) -> ErrorCode {
    for _ in 0..2 {
        let refused = desk.unlock("not the passphrase at all").await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::WrongPassphrase);
    }
    desk.unlock("not the passphrase at all").await.unwrap_err().code()
}

#[tokio::test]
async fn nothing_is_erased_that_nobody_could_open_afterwards() {
    let desk = held_desk(&[]).await;
    assert_eq!(types_wrong_ones(&desk).await, ErrorCode::WrongPassphrase);
    let status = desk.engine.call(GetStatus {}).await.unwrap();
    assert_ne!(status.lock_out, LockOut::Erased);
    assert!(status.wait_seconds > 0);
    // The right one waits too, and isn't refused for good.
    assert_eq!(desk.unlock(PASSPHRASE).await.unwrap_err().code(), ErrorCode::TryLater);
    desk.done();
}

#[tokio::test]
async fn a_hold_leaves_the_organisations_way_in_when_the_owners_end() {
    let desk = held_desk(&[certificate("privacy@clinic.example")]).await;
    assert_eq!(types_wrong_ones(&desk).await, ErrorCode::AccessErased);
    let status = desk.engine.call(GetStatus {}).await.unwrap();
    assert_eq!(status.lock_out, LockOut::Erased);
    let profile = desk.folder.path().join("profile");
    assert!(profile.join("mailbox.db").exists(), "no mail was deleted");
    let vault: serde_json::Value =
        serde_json::from_slice(&std::fs::read(profile.join("vault.json")).unwrap()).unwrap();
    assert!(!vault["body"]["emergency"][0]["sealed"].as_str().unwrap().is_empty());
    desk.done();
}
