//! As `tests`, for what changes how the mailbox is opened and judged; and a log that lost its key.

use serde_json::json;
use wardmail_api::{
    Secret,
    phi::{KnownPeople, ListKnownPeople, MarkNotPatient, PersonRole, SetPersonRole},
    session::{BeginOneTime, ConfirmOneTime, LockReason, RemoveOneTime},
};
use wardmail_audit::{EventKind, Outcome};
use wardmail_store as store;

use crate::{
    access::emergency,
    audit_log,
    door::Answer as _,
    error::Error,
    testing::{Desk, PASSPHRASE, certificate},
    tools::KnownOutside,
};

fn is_refused<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::AuditUnavailable(_)))
}

#[tokio::test]
async fn what_is_known_of_people() {
    let desk = Desk::new().await;
    let role = || SetPersonRole {
        address: "dana@clinic.example".to_owned(),
        name: "Dana Ortiz".to_owned(),
        role: Some(PersonRole::Staff),
    };
    let mark = || MarkNotPatient { name: "Rose Garden".to_owned(), marked: true };
    assert!(is_refused(&desk.unrecorded(desk.ask(role())).await));
    assert!(is_refused(&desk.unrecorded(desk.ask(mark())).await));
    assert_eq!(desk.ask(ListKnownPeople {}).await.unwrap(), KnownPeople::default());
    let both = async {
        desk.ask(role()).await.unwrap();
        desk.ask(mark()).await.unwrap();
    };
    let ((), events) = desk.recorded(both).await;
    assert_eq!(events, [(EventKind::PolicyChange, Outcome::Success); 2]);
    let known = desk.ask(ListKnownPeople {}).await.unwrap();
    assert_eq!((known.roles.len(), known.not_patients.len()), (1, 1));
    desk.done();
}

#[tokio::test]
async fn the_policy_that_was_installed() {
    let desk = Desk::new().await;
    let session = desk.session().await;
    desk.install_policy(&json!({}));
    assert!(is_refused(&desk.unrecorded(session.recall_policy()).await));
    let kept = |dao: &store::ReadDao<'_>| Ok(dao.setting("policy.last_verified")?);
    assert_eq!(session.read(kept).await.unwrap(), None);
    let (done, events) = desk.recorded(session.recall_policy()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::PolicyChange, Outcome::Success)]);
    assert!(session.read(kept).await.unwrap().is_some());
    // The same one is no news.
    let (done, events) = desk.recorded(session.recall_policy()).await;
    done.unwrap();
    assert_eq!(events, []);
    // One that can't be read is told once, and again when it can.
    let policy = desk.folder.path().join("profile/no-policy.json");
    let good = std::fs::read(&policy).unwrap();
    std::fs::write(&policy, "{ this is no policy").unwrap();
    assert!(is_refused(&desk.unrecorded(session.recall_policy()).await));
    for expected in [vec![(EventKind::PolicyChange, Outcome::Refused)], Vec::new()] {
        let (done, events) = desk.recorded(session.recall_policy()).await;
        done.unwrap();
        assert_eq!(events, expected);
    }
    std::fs::write(&policy, good).unwrap();
    let (done, events) = desk.recorded(session.recall_policy()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::PolicyChange, Outcome::Success)]);
    desk.done();
}

#[tokio::test]
async fn the_organisations_way_in() {
    let desk = Desk::new().await;
    let (vault, session) = desk.engine.open_vault().await.unwrap();
    desk.install_policy(&json!({
        "emergency": { "certificates": [certificate("privacy@clinic.example")], "twoPeople": false },
    }));
    let policy = session.policy().await.unwrap();
    let follow = || emergency::follow_policy(&session, &vault, &policy);
    let wraps = || vault.lock().unwrap().emergency().len();
    assert!(is_refused(&desk.unrecorded(follow()).await));
    assert_eq!(wraps(), 0);
    let (done, events) = desk.recorded(follow()).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::AccessChange, Outcome::Success)]);
    assert_eq!(wraps(), 1);
    desk.done();
}

#[tokio::test]
async fn one_time_codes() {
    let desk = Desk::new().await;
    let (vault, _) = desk.engine.open_vault().await.unwrap();
    BeginOneTime {}.answer(&desk.engine).await.unwrap();
    let confirm =
        || ConfirmOneTime { code: Secret::new("no code".to_owned()) }.answer(&desk.engine);
    assert!(is_refused(&desk.unrecorded(confirm()).await));
    // A slip is told as one, and the same picture can be tried again.
    for _ in 0..2 {
        let (slip, events) = desk.recorded(confirm()).await;
        assert!(slip.is_err());
        assert_eq!(
            events,
            [
                (EventKind::AccessChange, Outcome::Success),
                (EventKind::AccessChange, Outcome::Failure)
            ]
        );
    }
    let remove = desk.unrecorded(RemoveOneTime {}.answer(&desk.engine)).await;
    assert!(is_refused(&remove));
    assert!(!vault.lock().unwrap().asks_for_code());
    desk.done();
}

#[tokio::test]
async fn a_backup() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("profile.backup");
    assert!(desk.unrecorded(desk.engine.back_up(path.clone())).await.is_err());
    assert!(!path.exists());
    assert!(desk.engine.is_unlocked().await);
    let (made, events) = desk.recorded(desk.engine.back_up(path.clone())).await;
    made.unwrap();
    assert_eq!(events, [(EventKind::Backup, Outcome::Success)]);
    assert!(path.exists());
    assert!(desk.engine.is_unlocked().await, "a backup locks nobody out");
    desk.done();
}

/// The log goes on with another key, says so, and verification names the place.
#[tokio::test]
async fn a_key_that_was_lost_is_replaced_and_told() {
    let desk = Desk::new().await;
    let verify = || async {
        audit_log::verify(&*desk.session().await, KnownOutside::default()).await.unwrap()
    };
    let before = verify().await;
    assert!(before.intact);
    fail::cfg("store-audit-signer", "return").unwrap();
    desk.engine.lock(LockReason::Asked).await;
    fail::remove("store-audit-signer");
    desk.unlock(PASSPHRASE).await.unwrap();
    let log = desk.log().await;
    let lost: Vec<u64> = log
        .iter()
        .filter(|r| r.event().error_code() == Some("audit.key_lost"))
        .map(wardmail_audit::Record::seq)
        .collect();
    assert_eq!(lost.len(), 1);
    let verdict = verify().await;
    let (seq, found) = verdict.first_bad.unwrap();
    assert_eq!((seq, &*found), (lost[0] + 1, "audit.bad_checkpoint"));
    assert_eq!(verdict.signed_to, before.signed_to, "what was signed before stays vouched for");
    desk.done();
}
