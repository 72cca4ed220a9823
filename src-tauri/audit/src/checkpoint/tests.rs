//! Signatures and their succession.

use super::*;

fn log() -> OpaqueId {
    OpaqueId::from_random([1; 16])
}

const HEAD: Head = Head { seq: 7, hash: [3; 32] };

#[test]
fn each_key_announces_the_next() {
    let signer = Signer::generate().unwrap();
    let first_key = signer.public_key();
    let (first, signer) = signer.checkpoint(&log(), HEAD, 0).unwrap();
    let (second, _) = signer.checkpoint(&log(), HEAD, 1).unwrap();
    assert!(first.is_signed() && second.is_signed());
    assert_eq!((first.epoch(), second.epoch()), (0, 1));
    assert_eq!(first.key(), first_key);
    assert_eq!(first.next_key(), second.key());
    assert_ne!(second.key(), first_key);
}

#[test]
fn a_key_kept_by_the_caller_goes_on() {
    let signer = Signer::generate().unwrap();
    let again = Signer::restore(signer.epoch(), &signer.secret().unwrap()).unwrap();
    assert_eq!(again.public_key(), signer.public_key());
    let (checkpoint, _) = again.checkpoint(&log(), HEAD, 0).unwrap();
    assert!(checkpoint.is_signed());
    assert_eq!(format!("{signer:?}"), "Signer(0, ..)");
}

#[test]
fn no_field_can_be_changed() {
    let (checkpoint, _) =
        Signer::generate().unwrap().checkpoint(&log(), HEAD, 1_795_291_200_000).unwrap();
    let text = serde_json::to_string(&checkpoint).unwrap();
    assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
    for (from, to) in [
        ("\"epoch\":0", "\"epoch\":1"),
        ("\"seq\":7", "\"seq\":8"),
        ("0303", "0304"),
        ("0101", "0102"),
        ("20:00:00", "20:00:01"),
    ] {
        let forged = text.replacen(from, to, 1);
        assert_ne!(forged, text);
        assert!(!serde_json::from_str::<Checkpoint>(&forged).unwrap().is_signed());
    }
}

/// RFC 8032 §7.1, test 2.
#[test]
fn signatures_are_those_of_rfc_8032() {
    let secret =
        hex::decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
    let signer = Signer::restore(0, &secret.try_into().unwrap()).unwrap();
    assert_eq!(
        format!("{:?}", signer.public_key()),
        "PublicKey(3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c)"
    );
    assert_eq!(
        hex::encode(signer.sign(&[0x72]).unwrap()),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    );
}

#[test]
fn a_fingerprint_is_read_as_people_write_it() {
    let print = Signer::generate().unwrap().public_key().fingerprint();
    let text = print.to_string();
    let spaced: Vec<String> =
        text.as_bytes().chunks(4).map(|c| String::from_utf8(c.to_vec()).unwrap()).collect();
    for text in [
        text.clone(),
        text.to_uppercase(),
        spaced.join(" "),
        spaced.join(":"),
        format!(" {text}\n"),
    ] {
        assert_eq!(Fingerprint::parse(&text), Some(print));
    }
    assert_eq!(Fingerprint::parse(""), None);
    assert_eq!(Fingerprint::parse(&text[1..]), None);
    assert_eq!(Fingerprint::parse(&"0".repeat(100_000)), None);
}
