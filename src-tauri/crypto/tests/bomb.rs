//! The memory that a compression bomb takes. Alone in its program, because memory is measured for a whole process.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "it/bomb_bytes.rs"]
mod bomb_bytes;

use jiff::Timestamp;
use wardmail_crypto::{
    DEFAULT_EXPIRY, DecryptError, Limits, Profile, SecretKey, decrypt_and_verify,
};

/// Returns the most memory that this process ever had resident, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// S28: a megabyte that unpacks to a gibibyte is refused, and costs less than 50 MiB.
#[cfg(target_os = "linux")]
#[test]
fn a_bomb_is_refused_within_bounded_memory() {
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let alice = SecretKey::generate(
        "Alice",
        "alice@clinic.example",
        Profile::Interoperable,
        DEFAULT_EXPIRY,
        now,
    )
    .unwrap();
    let message = bomb_bytes::encrypted(&bomb_bytes::bomb(1024), &alice.certificate());
    assert!((900 << 10..1200 << 10).contains(&message.len()), "{}", message.len());
    let before = peak_memory();
    let refused =
        decrypt_and_verify(&message, &[&alice], &Vec::new(), now, &Limits::MAIL).unwrap_err();
    assert_eq!(refused, DecryptError::TooLarge);
    let grown = peak_memory() - before;
    assert!(grown < 50 << 10, "{grown} KiB");
}
