//! A restore that fails at its very end, and the next one.

use std::{fs, sync::Arc};

use serde_json::json;
use wardmail_api::session::{BeginRecoveryCode, ConfirmRecoveryCode, GetStatus, LockState};

use crate::{
    Engine, Options,
    testing::{Desk, PASSPHRASE, secret},
};

#[tokio::test]
async fn a_restore_that_fails_at_its_end_leaves_no_profile_and_can_be_tried_again() {
    let desk = Desk::new().await;
    let code = desk.engine.call(BeginRecoveryCode {}).await.unwrap().code;
    let typed = secret(code.expose());
    desk.engine.call(ConfirmRecoveryCode { code: typed }).await.unwrap();
    let backup = desk.folder.path().join("mailbox.backup");
    desk.engine.back_up(backup.clone()).await.unwrap();

    let profile = desk.folder.path().join("elsewhere");
    fs::create_dir(&profile).unwrap();
    let installed_policy = desk.folder.path().join("policy.json");
    let policy = json!({
        "schema": 1, "serial": 7, "issuer": "IT", "providers": [],
        "unlock": { "allowPassphraseOnly": true },
    });
    fs::write(&installed_policy, policy.to_string()).unwrap();
    let elsewhere = Engine::start(Options {
        installed_policy,
        named_policy: None,
        background: false,
        security_keys: Arc::clone(&desk.security_key) as _,
        ..Options::from_environment(profile.clone())
    })
    .unwrap();
    let restore =
        || elsewhere.restore(backup.clone(), secret(code.expose()), secret(PASSPHRASE), true);
    // Stands in for a keyring that was locked meanwhile: the counter beside the vault can't be written.
    let blocked = profile.join("attempts.json.new");
    fs::create_dir(&blocked).unwrap();
    restore().await.unwrap_err();
    assert!(!profile.join("mailbox.db").exists());
    let status = elsewhere.call(GetStatus {}).await.unwrap();
    assert_eq!(status.state, LockState::SetUp, "no damage is told");

    fs::remove_dir(&blocked).unwrap();
    restore().await.unwrap();
    assert!(profile.join("mailbox.db").exists());
    let status = elsewhere.call(GetStatus {}).await.unwrap();
    assert_eq!(status.state, LockState::Unlocked);
    desk.done();
}
