//! Which certificate a message is sealed with, of those that somebody has had over the years.

use jiff::{SignedDuration, Timestamp};
use wardmail_api::keys::Trust;
use wardmail_crypto::{
    Certificate, DEFAULT_EXPIRY, Expiry, Fingerprint, Profile, RevocationReason, SecretKey,
};
use wardmail_policy::KeyState;

use super::certificate_for;
use crate::{
    clock,
    people::{CertificateBook, Known},
    session::Keys,
};

const PRIYA: &str = "priya.raman@hospital.example";

fn days_ago(days: i64) -> Timestamp {
    clock::now().checked_sub(SignedDuration::from_hours(24 * days)).unwrap()
}

fn key(made_days_ago: i64, expiry: Expiry) -> SecretKey {
    let made = days_ago(made_days_ago);
    SecretKey::generate("Priya Raman", PRIYA, Profile::Interoperable, expiry, made).unwrap()
}

/// A certificate that is valid, made so long ago.
fn valid(made_days_ago: i64) -> Certificate {
    key(made_days_ago, DEFAULT_EXPIRY).certificate()
}

/// One that ended yesterday.
fn ended() -> Certificate {
    key(31, Expiry::After(SignedDuration::from_hours(24 * 30))).certificate()
}

fn revoked() -> Certificate {
    key(31, DEFAULT_EXPIRY).revoke(RevocationReason::Superseded, days_ago(1)).unwrap()
}

/// What is taken, of these in this order and in the other.
fn taken(known: &[(&Certificate, Trust)]) -> Result<Fingerprint, KeyState> {
    let of = |known: Vec<&(&Certificate, Trust)>| {
        let known = known.into_iter().map(|(certificate, trust)| {
            Known::from_certificate((*certificate).clone(), *trust, clock::now())
        });
        let book = CertificateBook::new(known.collect(), &[], clock::now());
        let keys = Keys { book, ..Keys::default() };
        certificate_for(&keys, PRIYA).map(|(certificate, _)| certificate.fingerprint())
    };
    let there = of(known.iter().collect());
    assert_eq!(there, of(known.iter().rev().collect()), "the order they came in decides nothing");
    there
}

#[test]
fn a_checked_successor_takes_the_place_of_what_can_no_longer_be_used() {
    let new = valid(2);
    for old in [ended(), revoked()] {
        let both = [(&old, Trust::Verified), (&new, Trust::Verified)];
        assert_eq!(taken(&both), Ok(new.fingerprint()));
    }
}

#[test]
fn the_newest_of_the_checked_ones_is_taken() {
    let (older, newer) = (valid(400), valid(2));
    let both = [(&older, Trust::Verified), (&newer, Trust::Verified)];
    assert_eq!(taken(&both), Ok(newer.fingerprint()));
    // The newest that can be used: what was revoked leaves its place to the one before.
    let both = [(&valid(1), Trust::Seen), (&revoked(), Trust::Verified), (&older, Trust::Verified)];
    assert_eq!(taken(&both), Ok(older.fingerprint()));
}

#[test]
fn an_unchecked_successor_is_never_taken_by_itself() {
    let new = valid(2);
    for old in [ended(), revoked()] {
        for trust in [Trust::Verified, Trust::Seen] {
            let both = [(&old, trust), (&new, Trust::Seen)];
            assert_eq!(taken(&both), Err(KeyState::Changed), "{trust:?}");
        }
    }
    let checked = valid(400);
    let both = [(&checked, Trust::Verified), (&new, Trust::Seen)];
    assert_eq!(taken(&both), Ok(checked.fingerprint()));
    assert_eq!(taken(&[(&new, Trust::Seen), (&checked, Trust::Seen)]), Err(KeyState::Changed));
    assert_eq!(taken(&[(&new, Trust::Seen)]), Ok(new.fingerprint()));
}

#[test]
fn what_ended_is_told_if_nothing_else_is_left() {
    let (ended, revoked, new) = (ended(), revoked(), valid(2));
    assert_eq!(taken(&[(&ended, Trust::Verified)]), Err(KeyState::Expired));
    assert_eq!(taken(&[(&revoked, Trust::Seen)]), Err(KeyState::Revoked));
    let rejected = [(&ended, Trust::Verified), (&new, Trust::Rejected)];
    assert_eq!(taken(&rejected), Err(KeyState::Expired));
    assert_eq!(taken(&[(&new, Trust::Rejected)]), Err(KeyState::Rejected));
    assert_eq!(taken(&[]), Err(KeyState::Missing));
}
