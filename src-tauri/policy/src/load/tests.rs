//! Judges the files: what an installed policy's file must be, on real files.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::testing::{document, provider};

fn written(folder: &TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

fn minimal() -> String {
    document(&json!({})).to_string()
}

#[test]
fn owner_and_mode_decide() {
    assert_eq!(judge(0, 0o100_644, false), Ok(()));
    assert_eq!(judge(0, 0o100_600, false), Ok(()));
    assert_eq!(judge(1000, 0o100_600, false), Err(Insecurity::Owner));
    assert_eq!(judge(0, 0o100_664, false), Err(Insecurity::Writable));
    assert_eq!(judge(0, 0o100_646, false), Err(Insecurity::Writable));
    assert_eq!(judge(0, 0o040_755, true), Ok(()));
    assert_eq!(judge(0, 0o040_777, true), Err(Insecurity::Writable));
    assert_eq!(judge(0, 0o041_777, true), Ok(()), "sticky, as /tmp");
    assert_eq!(
        judge(0, 0o101_666, false),
        Err(Insecurity::Writable),
        "sticky says nothing of a file"
    );
}

#[test]
fn an_installed_policy_that_others_may_write_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "policy.json", &minimal(), 0o666);
    let owner_is_root = fs::metadata(&path).unwrap().uid() == 0;
    let expected = if owner_is_root { Insecurity::Writable } else { Insecurity::Owner };
    match Policy::load(&path, Origin::Installed) {
        Err(PolicyError::Insecure(why)) => assert_eq!(why, expected),
        other => panic!("{other:?}"),
    }
    // Named by hand it may be anybody's: it can only tighten.
    assert!(Policy::load(&path, Origin::Named).is_ok());
}

#[test]
fn an_installed_policy_of_root_is_read_and_a_writable_folder_above_it_is_not_overlooked() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "policy.json", &minimal(), 0o644);
    let read = Policy::load(&path, Origin::Installed);
    if fs::metadata(&path).unwrap().uid() != 0 {
        // Only root can make a file of root's; anybody else's is refused.
        assert!(matches!(read, Err(PolicyError::Insecure(Insecurity::Owner))), "{read:?}");
        return;
    }
    assert_eq!(read.unwrap().serial(), 7);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let refused = Policy::load(&path, Origin::Installed);
    assert!(matches!(refused, Err(PolicyError::Insecure(Insecurity::Writable))), "{refused:?}");
    // A link from a safe place doesn't help: its target can be exchanged.
    let safe = TempDir::new().unwrap();
    let link = safe.path().join("policy.json");
    symlink(&path, &link).unwrap();
    let refused = Policy::load(&link, Origin::Installed);
    assert!(matches!(refused, Err(PolicyError::Insecure(Insecurity::Writable))), "{refused:?}");
}

#[test]
fn missing_unreadable_and_too_large_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let missing = Policy::load(&folder.path().join("none.json"), Origin::Named);
    assert!(matches!(missing, Err(PolicyError::Missing)));
    let directory = Policy::load(folder.path(), Origin::Named);
    assert!(matches!(directory, Err(PolicyError::Insecure(Insecurity::NotAFile))), "{directory:?}");
    let through_a_file = written(&folder, "file", "", 0o644).join("policy.json");
    let unreadable = Policy::load(&through_a_file, Origin::Named);
    assert!(matches!(unreadable, Err(PolicyError::Unreadable(_))), "{unreadable:?}");
    let large = " ".repeat(1024 * 1024 + 1);
    let large = Policy::load(&written(&folder, "large.json", &large, 0o644), Origin::Named);
    assert!(matches!(large, Err(PolicyError::TooLarge)));
}

#[test]
fn certificates_come_from_the_document_or_from_files_beside_it() {
    let folder = TempDir::new().unwrap();
    let inline = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    written(&folder, "ca.pem", "from the file", 0o644);
    let mut entry = provider();
    entry["trustedCertificates"] = json!([inline, "ca.pem"]);
    let text = document(&json!({ "providers": [entry] })).to_string();
    let path = written(&folder, "policy.json", &text, 0o644);
    let policy = Policy::load(&path, Origin::Named).unwrap();
    let trusted = &policy.providers.as_ref().unwrap()[0].trusted_pem;
    assert_eq!(trusted, &[inline.as_bytes().to_vec(), b"from the file".to_vec()]);

    fs::remove_file(folder.path().join("ca.pem")).unwrap();
    let incomplete = Policy::load(&path, Origin::Named);
    assert!(matches!(incomplete, Err(PolicyError::Unreadable(_))), "{incomplete:?}");
    let recalled = Policy::recall(policy.bytes().to_vec(), &path).unwrap();
    assert_eq!(recalled.providers.unwrap()[0].trusted_pem, [inline.as_bytes().to_vec()]);
}

#[test]
fn the_fingerprint_is_sha_256_of_the_bytes() {
    let folder = TempDir::new().unwrap();
    let text = r#"{"schema":1,"serial":1,"issuer":"IT"}"#;
    let policy = Policy::load(&written(&folder, "p.json", text, 0o644), Origin::Named).unwrap();
    // printf '%s' '…' | sha256sum
    assert_eq!(
        policy.fingerprint().to_string(),
        "be8e3faccfe760ce7af1d2dfc714c6cc4bdcf6d6adbcb0d568c2951b4806b87a"
    );
}
