//! After a day at the window, no secret of it is on disk where the program's user can write, in any encoding.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::Message;
use wardmail_tests::needle::{Needle, scan_writable};
use wardmail_tests::{Clinician, Gpg, Keyring, Settings, Window};

use crate::practice::{LONG, Practice, at_once, is_locked, page_of, paste};

/// Writes a text to a file in each encoding that the scanner names, with Python's own codecs.
const PLANT: &str = r#"
import base64, os, quopri, sys, urllib.parse
directory, text = sys.argv[1:]
raw = text.encode()
ways = {
    "Raw": raw,
    "Base64": base64.b64encode(b"xy" + raw + b"z"),
    "Utf16Le": text.encode("utf-16-le"),
    "Utf16Be": text.encode("utf-16-be"),
    "QuotedPrintable": quopri.encodestring(raw),
    "Hex": raw.hex().encode(),
    "Percent": urllib.parse.quote(text, safe="").encode(),
    "Json": "".join(f"\\u{ord(c):04x}" for c in text).encode(),
}
for name, content in ways.items():
    path = os.path.join(directory, f"wardmail-planted-{os.getpid()}-{name}")
    with open(path, "wb") as file:
        file.write(b"before " + content + b" after")
    os.chown(path, 65534, 65534)
    print(path)
"#;

/// What is secret, all of it different in each run.
struct Secrets {
    read: String,
    draft: String,
    sent: String,
    passphrase: String,
    password: String,
}

impl Secrets {
    fn new() -> Self {
        Self {
            read: word("read"),
            draft: word("draft"),
            sent: word("sent"),
            passphrase: word("four otters and a granite map"),
            password: word("Pw"),
        }
    }
}

/// 32 random characters after a word that people can read.
fn word(name: &str) -> String {
    let random = || std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), name);
    format!("{name} {:016x}{:016x}", random(), random())
}

#[tokio::test]
async fn no_secret_is_on_disk_after_a_day_at_the_window() {
    let secrets = Secrets::new();
    let mut settings = Settings::default();
    for user in settings.users.iter_mut().filter(|user| user.address == OWNER) {
        user.password.clone_from(&secrets.password);
    }
    let Some(practice) = Practice::with(settings, Keyring::Unlocked, at_once) else { return };
    finds_what_is_planted(&practice);

    let key = Gpg::new(&format!("Mei Chen <{OWNER}>")).unwrap();
    let armored = key.secret_key().unwrap();
    let window = practice.window().await;
    let code = work(&practice, &window, &secrets, &armored).await;
    let needles = [
        Needle::new("read", tail(&secrets.read)).unwrap(),
        Needle::new("draft", tail(&secrets.draft)).unwrap(),
        Needle::new("sent", tail(&secrets.sent)).unwrap(),
        Needle::new("passphrase", secrets.passphrase.as_bytes()).unwrap(),
        Needle::new("password", secrets.password.as_bytes()).unwrap(),
        Needle::new("recovery code", code.trim().as_bytes()).unwrap(),
        Needle::new("recovery code, bare", bare(&code).as_bytes()).unwrap(),
        Needle::new("key", &secret_of(&armored)).unwrap(),
    ];
    assert_eq!(scan_writable(&needles).unwrap(), [], "while it is open");
    window.close().await.unwrap();
    assert_eq!(scan_writable(&needles).unwrap(), [], "after it was closed");
}

/// Set-up, reading, writing, sending, locking, unlocking. Gives the recovery code.
async fn work(practice: &Practice, window: &Window, secrets: &Secrets, armored: &str) -> String {
    let clinician = Clinician::at(window);
    let code = clinician.begin_profile(&secrets.passphrase).await.unwrap();
    let owner = practice.provider.user(OWNER).unwrap();
    clinician.add_account(owner, &practice.provider).await.unwrap();
    window.click("key-import-open").await.unwrap();
    paste(window, "key-import-armored", armored).await;
    window.click("key-import-submit").await.unwrap();
    window.find_within("mailbox", LONG).await.unwrap();
    practice.exchange_certificates(window).await;

    practice.colleague_writes("sealed@hospital.example", "Sealed note", &secrets.read);
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Sealed note").await.unwrap();
    window.says("reader-text", &secrets.read).await.unwrap();
    let message = Message { to: &[COLLEAGUE], subject: "Follow-up", body: &secrets.sent };
    clinician.write(message).await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
    practice.colleague_gets(&secrets.sent);
    practice.is_sent(window).await;
    let draft = Message { to: &[COLLEAGUE], subject: "Not finished", body: &secrets.draft };
    clinician.write(draft).await.unwrap();
    let page = page_of(window);
    window.click("lock-now").await.unwrap();
    is_locked(window, page).await;
    clinician.unlock(&secrets.passphrase).await.unwrap();
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Sealed note").await.unwrap();
    code
}

/// The scanner finds what is planted, in each encoding and wherever this user can write.
fn finds_what_is_planted(practice: &Practice) {
    let text = word("n\u{e9}e=\"planted\" & more");
    let runtime = practice.session.runtime();
    let home = practice.session.home();
    let profile = home.join(".local/share/wardmail-planted");
    fs::create_dir_all(&profile).unwrap();
    let places: Vec<PathBuf> =
        vec![home, profile, runtime, "/tmp".into(), "/var/tmp".into(), "/dev/shm".into()];
    let planted: BTreeSet<PathBuf> = places.iter().flat_map(|place| plant(place, &text)).collect();
    let needle = Needle::new("planted", text.as_bytes()).unwrap();
    let hits = scan_writable(&[needle]).unwrap();
    for path in &planted {
        fs::remove_file(path).unwrap();
    }
    let found: BTreeSet<PathBuf> = hits.iter().map(|hit| hit.path.clone()).collect();
    assert_eq!(planted.len(), places.len() * 8);
    assert_eq!(found, planted);
    for hit in hits {
        let name = format!("-{:?}", hit.encoding);
        assert!(hit.path.to_string_lossy().ends_with(&name), "{hit:?}");
    }
}

fn plant(place: &Path, text: &str) -> Vec<PathBuf> {
    let done = Command::new("python3").args(["-c", PLANT]).arg(place).arg(text).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().lines().map(PathBuf::from).collect()
}

/// The random 32 bytes.
fn tail(secret: &str) -> &[u8] {
    secret.as_bytes().last_chunk::<32>().unwrap()
}

fn bare(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The primary key's secret number, without its first bytes (they may be zeros, which are not written): what stands in
/// the first packet before its checksum of two bytes (RFC 4880, 5.5.3).
fn secret_of(armored: &str) -> Vec<u8> {
    let lines = armored.lines().skip_while(|line| !line.is_empty());
    let base64: String = lines.take_while(|line| !line.starts_with(['=', '-'])).collect();
    let packets = BASE64_STANDARD.decode(base64).unwrap();
    assert_eq!(packets[0] & 0b1111_1110, 0x94, "an old-style packet of a secret key");
    let (start, length) = match packets[0] & 1 {
        0 => (2, usize::from(packets[1])),
        _ => (3, usize::from(packets[1]) << 8 | usize::from(packets[2])),
    };
    let end = start + length - 2;
    packets[end - 24..end].to_vec()
}
