//! What is asked of a key and how its answers are judged. The key is a mock: hardware can't be had in a test.

use super::mock::{Manner, SoftwareKey};
use super::*;

const PROFILE: ProfileId = [5; 16];

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

fn request(new: &NewSecurityKey) -> TouchRequest {
    TouchRequest::new(PROFILE, vec![new.part.clone()])
}

#[test]
fn a_key_gives_the_secret_that_it_was_enrolled_with() {
    let key = SoftwareKey::default();
    let new = NewSecurityKey::enrol(&PROFILE, &key, None).unwrap();
    assert_eq!(key.touches(), 2);
    let touch = request(&new).ask(&key, None).unwrap();
    assert_eq!(touch.expose(), new.touch.expose());
    assert!(!request(&new).asks_for_pin());
    // Each enrolment has a secret of its own.
    let again = NewSecurityKey::enrol(&PROFILE, &key, None).unwrap();
    assert_ne!(again.touch.expose(), new.touch.expose());
}

#[test]
fn another_key_is_told_apart() {
    let (key, other) = (SoftwareKey::default(), SoftwareKey::default());
    let new = NewSecurityKey::enrol(&PROFILE, &key, None).unwrap();
    assert_eq!(request(&new).ask(&other, None).unwrap_err(), SecurityKeyError::WrongKey);
    // A key that knows the credential and answers with another secret is no better.
    let mut changed = new.part.clone();
    changed.salt = [9; 32];
    let request = TouchRequest::new(PROFILE, vec![changed, new.part.clone()]);
    assert!(request.ask(&key, None).is_ok(), "half-way through a change either part may answer");
    let request = TouchRequest::new(PROFILE, request.parts[..1].to_vec());
    assert_eq!(request.ask(&key, None).unwrap_err(), SecurityKeyError::WrongKey);
}

#[test]
fn with_a_pin_the_secret_is_another_and_the_pin_is_always_asked_for() {
    let key = SoftwareKey::with_pin("2580 lantern");
    assert_eq!(
        NewSecurityKey::enrol(&PROFILE, &key, None).unwrap_err(),
        SecurityKeyError::PinNeeded
    );
    let new = NewSecurityKey::enrol(&PROFILE, &key, Some(&pin("2580 lantern"))).unwrap();
    let request = request(&new);
    assert!(request.asks_for_pin());
    assert_eq!(request.ask(&key, None).unwrap_err(), SecurityKeyError::PinNeeded);
    assert!(request.ask(&key, Some(&pin("2580 lantern"))).is_ok());
    for expected in [SecurityKeyError::PinWrong; 3].into_iter().chain([SecurityKeyError::PinLocked])
    {
        assert_eq!(request.ask(&key, Some(&pin("0000"))).unwrap_err(), expected);
    }
    assert_eq!(
        request.ask(&key, Some(&pin("2580 lantern"))).unwrap_err(),
        SecurityKeyError::PinLocked
    );
}

#[test]
fn a_key_in_trouble_says_which() {
    let key = SoftwareKey::default();
    let new = NewSecurityKey::enrol(&PROFILE, &key, None).unwrap();
    for error in [
        SecurityKeyError::Absent,
        SecurityKeyError::Several,
        SecurityKeyError::Denied,
        SecurityKeyError::NotTouched,
        SecurityKeyError::Unsupported,
        SecurityKeyError::Failed,
    ] {
        key.behave(Manner::Fails(error));
        assert_eq!(request(&new).ask(&key, None).unwrap_err(), error);
        assert_eq!(NewSecurityKey::enrol(&PROFILE, &key, None).unwrap_err(), error);
        assert!(error.to_string().contains(':') && error.code().starts_with("security_key."));
    }
}

#[test]
fn a_wait_ends_when_it_is_cancelled() {
    let key = SoftwareKey::default();
    let new = NewSecurityKey::enrol(&PROFILE, &key, None).unwrap();
    key.cancel();
    assert!(request(&new).ask(&key, None).is_ok(), "nothing waited, so nothing was cancelled");
    key.behave(Manner::Waits);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| request(&new).ask(&key, None));
        key.await_asked();
        key.cancel();
        assert_eq!(asked.join().unwrap().unwrap_err(), SecurityKeyError::Cancelled);
    });
}

#[test]
fn what_cannot_be_a_pin_is_not_tried() {
    for typed in [String::new(), "123".to_owned(), "1".repeat(64)] {
        assert_eq!(Pin::new(typed).unwrap_err(), SecurityKeyError::PinWrong);
    }
    assert_eq!(format!("{:?}", pin("2580")), "Pin(..)");
}
