//! The vault file: what is believed, and that nothing in it can be exchanged.

use std::sync::OnceLock;

use super::*;
use crate::kdf::Cost;

/// One wrapped key, made once: each wrap costs a key derivation.
struct Sample {
    key: MailboxKey,
    passphrase: Passphrase,
    device: DeviceSecret,
    code: RecoveryCode,
    body: Body,
}

impl DeviceSecret {
    fn beside(&self) -> Beside<'_> {
        Beside { device: Some(&self.bytes), security_key: None }
    }
}

fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let profile = [5; 16];
        let key = MailboxKey::generate().unwrap();
        let passphrase = Passphrase::new("otter vinegar sundial plaza".into()).unwrap();
        let device = DeviceSecret::generate(Slot::A).unwrap();
        let code = RecoveryCode::generate().unwrap();
        let wrap =
            PassphraseWrap::seal(&profile, &key, &passphrase, Some(&device), None, Cost::Floor)
                .unwrap();
        let recovery = RecoveryWrap::seal(&profile, &key, &code).unwrap();
        let body = Body::new(profile, &key, wrap, recovery).unwrap();
        Sample { key, passphrase, device, code, body }
    })
}

/// Changes the file's JSON and makes its checksum right again, as an attacker would.
fn forged(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut value: serde_json::Value =
        serde_json::from_slice(&sample().body.to_bytes().unwrap()).unwrap();
    change(&mut value);
    let body: Body = serde_json::from_value(value["body"].clone()).unwrap();
    value["format"] = body.format().into();
    value["sha256"] = hex::encode(body.digest().unwrap()).into();
    serde_json::to_vec(&value).unwrap()
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let Sample { key, passphrase, device, code, body } = sample();
    let read = Body::from_bytes(&body.to_bytes().unwrap()).unwrap();
    assert_eq!(&read, body);
    let opened =
        read.passphrase[0].open(&read.profile, passphrase, device.beside()).unwrap().unwrap();
    assert_eq!(opened.expose(), key.expose());
    assert!(read.is_key(&opened).unwrap());
    assert_eq!(read.recovery.open(&read.profile, code).unwrap().unwrap().expose(), key.expose());
    assert!(!read.is_key(&MailboxKey::generate().unwrap()).unwrap());
}

#[test]
fn passphrase_and_device_secret_are_both_needed() {
    let Sample { passphrase, device, body, .. } = sample();
    let wrap = &body.passphrase[0];
    let other = Passphrase::new("otter vinegar sundial piazza".into()).unwrap();
    let other_device = Beside { device: Some(&[0; 32]), security_key: None };
    assert!(wrap.open(&body.profile, &other, device.beside()).unwrap().is_none());
    assert!(wrap.open(&body.profile, passphrase, other_device).unwrap().is_none());
    assert!(wrap.open(&body.profile, passphrase, Beside::default()).unwrap().is_none());
    assert!(wrap.keyring.is_secret(&body.profile, &device.bytes).unwrap());
    assert!(!wrap.keyring.is_secret(&body.profile, &[0; 32]).unwrap());
}

/// The file holds neither the key, nor the passphrase, nor the device secret, nor the code, raw or in hex.
#[test]
fn no_secret_is_in_the_file() {
    let Sample { key, passphrase, device, code, body } = sample();
    let text = String::from_utf8(body.to_bytes().unwrap()).unwrap();
    for secret in [&key.expose()[..], device.bytes.as_ref(), code.expose()] {
        assert!(!text.contains(&hex::encode(secret)));
    }
    assert!(!text.contains(passphrase.expose()));
}

#[test]
fn a_damaged_file_is_named_as_such() {
    let bytes = sample().body.to_bytes().unwrap();
    for index in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[index] ^= 0x01;
        // Changed blanks between the fields are the only harmless damage.
        match Body::from_bytes(&broken) {
            Ok(body) => assert_eq!(body, sample().body),
            Err(VaultError::Damaged | VaultError::NewerFormat | VaultError::Bounds(_)) => {}
            Err(other) => panic!("{other}"),
        }
        assert!(
            matches!(Body::from_bytes(&bytes[..index]), Err(VaultError::Damaged))
                || index + 1 == bytes.len()
        );
    }
}

#[test]
fn a_later_format_is_not_called_damaged() {
    let read = Body::from_bytes(br#"{"format":4,"unknown":{"to":["us"]}}"#);
    assert!(matches!(read, Err(VaultError::NewerFormat)));
}

#[test]
fn a_cheaper_or_hostile_derivation_is_refused_before_it_runs() {
    for (field, number) in [
        ("memory_kib", 1024),
        ("passes", 1),
        ("lanes", 0),
        ("memory_kib", u32::MAX),
        ("passes", u32::MAX),
    ] {
        let bytes = forged(|value| value["body"]["passphrase"][0]["kdf"][field] = number.into());
        assert!(matches!(Body::from_bytes(&bytes), Err(VaultError::Bounds(_))), "{field}");
    }
}

#[test]
fn no_parameter_can_be_exchanged() {
    let Sample { passphrase, device, code, .. } = sample();
    let zeros = "00".repeat(16);
    let exchanged = |pointer: &str, new: serde_json::Value| {
        let bytes = forged(|value| *value.pointer_mut(pointer).unwrap() = new);
        Body::from_bytes(&bytes).unwrap()
    };
    for (pointer, new) in [
        ("/body/passphrase/0/kdf/passes", 4.into()),
        ("/body/passphrase/0/kdf/memory_kib", (65 * 1024).into()),
        ("/body/passphrase/0/kdf/lanes", 2.into()),
        ("/body/passphrase/0/keyring/required/slot", "b".into()),
        ("/body/passphrase/0/keyring/required/check", zeros.clone().into()),
        ("/body/passphrase/0/keyring/required/counted", false.into()),
        ("/body/passphrase/0/salt", zeros.clone().into()),
        ("/body/profile", zeros.clone().into()),
    ] {
        let body = exchanged(pointer, new);
        let opened = body.passphrase[0].open(&body.profile, passphrase, device.beside());
        assert!(opened.unwrap().is_none(), "{pointer}");
    }
    for pointer in ["/body/profile", "/body/recovery/salt"] {
        let body = exchanged(pointer, zeros.clone().into());
        assert!(body.recovery.open(&body.profile, code).unwrap().is_none(), "{pointer}");
    }
}

#[test]
fn the_number_of_wraps_is_bounded() {
    for count in [0, 3, 100] {
        let bytes = forged(|value| {
            let wrap = value["body"]["passphrase"][0].clone();
            value["body"]["passphrase"] = vec![wrap; count].into();
        });
        assert!(matches!(Body::from_bytes(&bytes), Err(VaultError::Damaged)));
    }
}

#[test]
fn two_vaults_share_nothing() {
    let one = sample();
    let other = PassphraseWrap::seal(
        &[6; 16],
        &one.key,
        &one.passphrase,
        Some(&one.device),
        None,
        Cost::Floor,
    )
    .unwrap();
    let first = &one.body.passphrase[0];
    assert_ne!(first.salt, other.salt);
    assert_ne!(first.sealed, other.sealed);
    assert_ne!(first.keyring, other.keyring);
}

/// With a security key each of its parameters is bound too, and its secret is needed.
#[test]
fn no_parameter_of_a_security_key_can_be_exchanged() {
    use crate::security_key::{NewSecurityKey, mock::SoftwareKey};

    let Sample { key, passphrase, device, body, .. } = sample();
    let new = NewSecurityKey::enrol(&body.profile, &SoftwareKey::default(), None).unwrap();
    let factor = Some(new.factor());
    let wrap =
        PassphraseWrap::seal(&body.profile, key, passphrase, Some(device), factor, Cost::Floor)
            .unwrap();
    let secret = new.factor().touch.expose();
    let beside = Beside { security_key: Some(secret), ..device.beside() };
    let opens = |wrap: &PassphraseWrap, beside: Beside<'_>| {
        wrap.open(&body.profile, passphrase, beside).unwrap().is_some()
    };
    assert!(opens(&wrap, beside));
    assert!(!opens(&wrap, device.beside()));
    assert!(!opens(&wrap, Beside { device: None, security_key: Some(secret) }));
    let text = serde_json::to_string(&wrap).unwrap();
    assert!(!text.contains(&hex::encode(secret)));
    for (name, new) in [
        ("relying_party", "other".into()),
        ("credential", "00ff".into()),
        ("salt", "00".repeat(32).into()),
        ("pin", true.into()),
        ("check", "00".repeat(16).into()),
    ] {
        let mut value = serde_json::to_value(&wrap).unwrap();
        value["security_key"][name] = new;
        assert!(!opens(&serde_json::from_value(value).unwrap(), beside), "{name}");
    }
    let mut oversized = serde_json::to_value(&wrap).unwrap();
    oversized["security_key"]["credential"] = "00".repeat(1025).into();
    let body =
        Body { passphrase: vec![serde_json::from_value(oversized).unwrap()], ..body.clone() };
    assert!(matches!(Body::from_bytes(&body.to_bytes().unwrap()), Err(VaultError::Damaged)));
}

/// Vaults as earlier versions wrote them: read, opened, and written back byte for byte.
#[test]
fn a_vault_without_a_security_key_is_what_it_was() {
    let device = Beside { device: Some(&[7; 32]), security_key: None };
    let fixtures: [(&[u8], _); 2] = [
        (include_bytes!("fixture_1.json"), Beside::default()),
        (include_bytes!("fixture_1_keyring.json"), device),
    ];
    for (bytes, beside) in fixtures {
        let body = Body::from_bytes(bytes).unwrap();
        let passphrase = Passphrase::new("otter vinegar sundial plaza".into()).unwrap();
        let key = body.passphrase[0].open(&body.profile, &passphrase, beside).unwrap();
        assert!(body.is_key(&key.unwrap()).unwrap());
        assert_eq!(body.to_bytes().unwrap(), bytes);
    }
}
