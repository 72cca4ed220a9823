//! Who gets in, who doesn't, and what the owner is told of either.

use serde_json::{Value, json};
use wardmail_api::{
    Secret,
    session::{BeginRecoveryCode, ConfirmRecoveryCode, EmergencyReason, GetStatus, LockReason},
};
use wardmail_crypto::{DEFAULT_EXPIRY, Profile, SecretKey};
use wardmail_vault::Passphrase;

use super::*;
use crate::{
    Options,
    testing::{Desk, PASSPHRASE, certificate, secret},
};

const ADDED: (EventKind, Outcome) = (EventKind::AccessChange, Outcome::Success);
const TROUBLE: (EventKind, Outcome) = (EventKind::AccessChange, Outcome::Failure);

fn key(name: &str, made: jiff::Timestamp) -> SecretKey {
    let address = format!("{name}@clinic.example");
    SecretKey::generate(name, &address, Profile::Interoperable, DEFAULT_EXPIRY, made).unwrap()
}

fn armored(key: &SecretKey) -> String {
    String::from_utf8(key.certificate().to_armored()).unwrap()
}

fn install(desk: &Desk, certificates: &[String], two_people: Option<bool>) {
    let mut emergency = json!({ "certificates": certificates });
    if let Some(two_people) = two_people {
        emergency["twoPeople"] = two_people.into();
    }
    desk.install_policy(
        &json!({ "emergency": emergency, "unlock": { "allowPassphraseOnly": true } }),
    );
}

async fn follow(desk: &Desk) -> Result<(), Error> {
    let (vault, session) = desk.engine.open_vault().await.unwrap();
    follow_policy(&session, &vault, &session.policy().await.unwrap()).await
}

async fn wraps(engine: &Arc<Engine>) -> usize {
    let (vault, _) = engine.open_vault().await.unwrap();
    tokio::task::spawn_blocking(move || vault.lock().unwrap().emergency().len()).await.unwrap()
}

async fn told(desk: &Desk) -> Vec<Notice> {
    desk.session().await.read(notices::pending).await.unwrap()
}

#[tokio::test]
async fn too_few_certificates_are_recorded_and_told_once() {
    let desk = Desk::new().await;
    install(&desk, &[certificate("privacy@clinic.example")], None);
    let (done, events) = desk.recorded(follow(&desk)).await;
    done.unwrap();
    assert_eq!(events, [TROUBLE]);
    assert_eq!(wraps(&desk.engine).await, 0);
    let trouble = Notice::EmergencyAccessTrouble { prepared: false };
    assert_eq!(told(&desk).await, [trouble]);
    let (done, events) = desk.recorded(follow(&desk)).await;
    done.unwrap();
    assert_eq!(events, []);
    // The same certificate in two writings is one person.
    let one = certificate("privacy@clinic.example");
    install(&desk, &[one.clone(), format!("\n{one}")], None);
    follow(&desk).await.unwrap();
    assert_eq!(wraps(&desk.engine).await, 0);
    // It is mended, and is told again where it comes back.
    install(&desk, &[], None);
    let (done, events) = desk.recorded(follow(&desk)).await;
    done.unwrap();
    assert_eq!(events, []);
    install(&desk, &[one], None);
    let (done, events) = desk.recorded(follow(&desk)).await;
    done.unwrap();
    assert_eq!(events, [TROUBLE]);
    desk.done();
}

#[tokio::test]
async fn a_certificate_that_cant_be_used_hinders_no_other() {
    let desk = Desk::new().await;
    let long_ago = clock::now() - jiff::SignedDuration::from_hours(24 * 365 * 20);
    let garbage = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnone at all\n";
    let good = certificate("security@clinic.example");
    let certificates = [armored(&key("old", long_ago)), good.clone(), garbage.to_owned()];
    install(&desk, &certificates, Some(false));
    let (done, events) = desk.recorded(follow(&desk)).await;
    done.unwrap();
    assert_eq!(events, [ADDED, TROUBLE]);
    assert_eq!(wraps(&desk.engine).await, 1);
    let added = Notice::EmergencyAccessAdded { two_people: false };
    assert_eq!(told(&desk).await, [added, Notice::EmergencyAccessTrouble { prepared: true }]);
    let last = desk.log().await.pop().unwrap();
    assert_eq!(last.event().counts().get(&Count::Missing), Some(&2));

    let settings = desk.session().await.policy().await.unwrap().effective().settings.clone();
    assert_eq!(problems(&settings).len(), 1, "{:?}", problems(&settings));
    install(&desk, &[good], None);
    let settings = desk.session().await.policy().await.unwrap().effective().settings.clone();
    assert!(problems(&settings)[0].contains("twoPeople"), "{:?}", problems(&settings));
    desk.done();
}

#[tokio::test]
async fn what_the_vault_doesnt_take_is_recorded_as_failed_and_not_told() {
    let desk = Desk::new().await;
    install(&desk, &[certificate("privacy@clinic.example")], Some(false));
    // The vault's next writing lies in the way.
    let obstacle = desk.folder.path().join("profile/vault.json.new");
    std::fs::create_dir(&obstacle).unwrap();
    let (done, events) = desk.recorded(follow(&desk)).await;
    assert!(done.is_err());
    assert_eq!(events, [ADDED, TROUBLE]);
    assert_eq!((wraps(&desk.engine).await, told(&desk).await), (0, Vec::new()));
    std::fs::remove_dir(&obstacle).unwrap();
    follow(&desk).await.unwrap();
    assert_eq!((wraps(&desk.engine).await, told(&desk).await.len()), (1, 1));
    desk.done();
}

/// Another profile of the same computer, under the same policy.
fn beside(desk: &Desk, name: &str) -> Arc<Engine> {
    let profile = desk.folder.path().join(name);
    std::fs::create_dir(&profile).unwrap();
    Engine::start(Options {
        installed_policy: desk.folder.path().join("profile/no-policy.json"),
        named_policy: None,
        background: false,
        system_log: profile.join("system-log"),
        ..Options::from_environment(profile)
    })
    .unwrap()
}

#[tokio::test]
async fn a_mailbox_that_was_just_made_or_restored_is_prepared_at_once() {
    let desk = Desk::new().await;
    let code = desk.engine.call(BeginRecoveryCode {}).await.unwrap().code.expose().to_owned();
    desk.engine.call(ConfirmRecoveryCode { code: secret(&code) }).await.unwrap();
    let backup = desk.folder.path().join("mailbox.backup");
    desk.engine.back_up(backup.clone()).await.unwrap();
    install(&desk, &[certificate("privacy@clinic.example")], Some(false));
    let is_told = async |engine: &Arc<Engine>| {
        let added = Notice::EmergencyAccessAdded { two_people: false };
        engine.call(GetStatus {}).await.unwrap().notices.contains(&added)
    };

    let made = beside(&desk, "made");
    let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
    let shown = made.begin_profile(passphrase, true).await.unwrap();
    made.confirm_recovery(shown).await.unwrap();
    assert_eq!(wraps(&made).await, 1);
    assert!(is_told(&made).await);

    let restored = beside(&desk, "restored");
    restored.restore(backup, secret(&code), secret(PASSPHRASE), true).await.unwrap();
    assert_eq!(wraps(&restored).await, 1);
    assert!(is_told(&restored).await);
    desk.done();
}

#[tokio::test]
async fn policy_of_today_says_how_many_people_it_takes() {
    let desk = Desk::new().await;
    let (one, two) = (key("privacy", clock::now()), key("security", clock::now()));
    install(&desk, &[armored(&one), armored(&two)], Some(false));
    follow(&desk).await.unwrap();
    desk.engine.lock(LockReason::Asked).await;
    // The owner doesn't come back to have it sealed anew.
    install(&desk, &[armored(&one), armored(&two)], Some(true));
    let copy = desk.folder.path().join("copy");
    let open = async |keys: &[&SecretKey]| {
        let file = |key: &&SecretKey| EmergencyKey {
            armored: Secret::new(
                String::from_utf8(key.export_armored("pw").unwrap().to_vec()).unwrap(),
            ),
            password: Some(secret("pw")),
        };
        desk.engine
            .open_in_emergency(EmergencyRequest {
                keys: keys.iter().map(file).collect(),
                reason: EmergencyReason::Drill,
                into: copy.clone(),
                passphrase: secret(PASSPHRASE),
                passphrase_only: true,
            })
            .await
    };
    for keys in [&[&one][..], &[&one, &one]] {
        let refused = open(keys).await.unwrap_err();
        assert_eq!(refused.code, wardmail_api::ErrorCode::EmergencyTwoPeople);
        assert!(!copy.exists());
    }
    open(&[&one, &two]).await.unwrap();
    assert!(copy.join("mailbox.db").exists());

    desk.unlock(PASSPHRASE).await.unwrap();
    let log = desk.log().await;
    let used: Vec<(Outcome, usize)> = log
        .iter()
        .map(wardmail_audit::Record::event)
        .filter(|event| event.kind() == EventKind::RecoveryUsed)
        .map(|event| (event.outcome(), event.used_keys().len()))
        .collect();
    assert_eq!(used, [(Outcome::Refused, 1), (Outcome::Refused, 1), (Outcome::Success, 2)]);
    assert!(log.iter().all(|record| record.event().kind() != EventKind::Gap), "none is missing");
    let value: Value = serde_json::to_value(told(&desk).await).unwrap();
    assert_eq!(value.to_string().matches("emergencyAccessUsed").count(), 1, "{value}");
    desk.done();
}
