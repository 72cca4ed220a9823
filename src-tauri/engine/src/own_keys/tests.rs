//! Which of the owner's keys signs, on a real mailbox.

use jiff::SignedDuration;
use wardmail_api::keys::{
    ExportCertificate, GenerateKey, ImportKey, ListKeys, OwnKeyView, SetSigningKey, Unfit,
};
use wardmail_audit::{EventKind, Outcome};
use wardmail_crypto::{DEFAULT_EXPIRY, Expiry, Profile, SecretKey, grouped};

use super::{Signing, keep};
use crate::{
    clock,
    error::Error,
    testing::{Desk, MEI, PRIYA, secret},
};

const PASSWORD: &str = "quiet harbour 7";

fn key(address: &str) -> SecretKey {
    made(address, 0, DEFAULT_EXPIRY)
}

/// A key of Mei's that ended long ago.
fn ended() -> SecretKey {
    made(MEI, 800, Expiry::After(SignedDuration::from_hours(24 * 30)))
}

fn made(address: &str, days_ago: i64, expiry: Expiry) -> SecretKey {
    let then = clock::now().checked_sub(SignedDuration::from_hours(24 * days_ago)).unwrap();
    SecretKey::generate("Mei Chen", address, Profile::Interoperable, expiry, then).unwrap()
}

fn import(key: &SecretKey) -> ImportKey {
    let armored = String::from_utf8(key.export_armored(PASSWORD).unwrap().to_vec()).unwrap();
    ImportKey { armored: secret(&armored), password: Some(secret(PASSWORD)) }
}

fn use_it(key: &SecretKey) -> SetSigningKey {
    SetSigningKey { fingerprint: grouped(&key.fingerprint()) }
}

/// The one that signs.
async fn signer(desk: &Desk) -> OwnKeyView {
    let keys = desk.ask(ListKeys {}).await.unwrap();
    assert_eq!(keys.iter().filter(|key| key.is_default).count(), 1);
    keys.into_iter().find(|key| key.is_default).unwrap()
}

#[tokio::test]
async fn a_key_that_is_brought_signs_only_when_it_is_chosen() {
    let desk = Desk::at_work().await;
    let before = signer(&desk).await;
    let brought = key(MEI);
    let view = desk.ask(import(&brought)).await.unwrap();
    assert_eq!(view.fingerprint, grouped(&brought.fingerprint()));
    assert_eq!((view.is_default, view.unfit), (false, None));
    assert_eq!(signer(&desk).await, before);

    let refused = desk.unrecorded(desk.ask(use_it(&brought))).await;
    assert!(matches!(refused, Err(Error::AuditUnavailable(_))));
    assert_eq!(signer(&desk).await, before);
    let (done, events) = desk.recorded(desk.ask(use_it(&brought))).await;
    done.unwrap();
    assert_eq!(events, [(EventKind::KeyChange, Outcome::Success)]);
    assert_eq!(signer(&desk).await.fingerprint, view.fingerprint);
    let given = desk.ask(ExportCertificate {}).await.unwrap().armored;
    assert_eq!(given.into_bytes(), brought.certificate().to_armored());
    // A new one is made to be used; the others stay.
    let new = desk.ask(GenerateKey {}).await.unwrap();
    assert_eq!(signer(&desk).await, new);
    assert_eq!(desk.ask(ListKeys {}).await.unwrap().len(), 3);
    desk.done();
}

#[tokio::test]
async fn a_key_that_is_not_fit_is_kept_for_reading_and_never_signs() {
    let desk = Desk::at_work().await;
    let before = signer(&desk).await;
    for (key, why) in [(ended(), Unfit::Ended), (key(PRIYA), Unfit::OtherAddress)] {
        let view = desk.ask(import(&key)).await.unwrap();
        assert_eq!((view.is_default, view.unfit), (false, Some(why)));
        let refused = desk.ask(use_it(&key)).await;
        assert!(matches!(refused, Err(Error::KeyNotForSigning)));
        assert_eq!(signer(&desk).await, before);
    }
    assert_eq!(desk.session().await.keys().await.own.len(), 3);
    assert!(matches!(desk.ask(use_it(&key(MEI))).await, Err(Error::NotFound)));
    desk.done();
}

#[tokio::test]
async fn a_fit_key_takes_the_place_of_one_that_is_not() {
    let desk = Desk::at_work().await;
    let session = desk.session().await;
    for unfit in [ended(), key(PRIYA)] {
        keep(&session, &unfit, Signing::This, "imported").await.unwrap();
        assert!(signer(&desk).await.unfit.is_some());
        let brought = key(MEI);
        let view = desk.ask(import(&brought)).await.unwrap();
        assert_eq!((view.is_default, view.unfit), (true, None));
        assert_eq!(signer(&desk).await, view);
    }
    desk.done();
}

#[tokio::test]
async fn a_first_key_that_is_not_fit_leaves_the_place_open() {
    let desk = Desk::with_account().await;
    let view = desk.ask(import(&ended())).await.unwrap();
    assert!(!view.is_default);
    let session = desk.session().await;
    assert!(session.keys().await.signer().is_none());
    let step = session.next_step().await.unwrap();
    assert_eq!(step, Some(wardmail_api::session::SetUpStep::Key), "set-up still asks for one");
    assert!(matches!(desk.ask(ExportCertificate {}).await, Err(Error::OwnKeyMissing)));
    desk.ask(GenerateKey {}).await.unwrap();
    assert_eq!(session.next_step().await.unwrap(), None);
    desk.done();
}

#[tokio::test]
async fn the_key_that_signs_may_be_brought_again() {
    let desk = Desk::at_work().await;
    let session = desk.session().await;
    let now = session.keys().await.own[0].clone();
    assert!(desk.ask(import(&now)).await.unwrap().is_default, "it goes on signing");
    let kept = session.keys().await.own[0].clone();
    assert_eq!(kept.certificate(), now.certificate());
    assert_eq!(session.keys().await.own.len(), 1);
    desk.done();
}
