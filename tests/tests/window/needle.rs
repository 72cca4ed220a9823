//! After a day at the window, no secret of it is on disk where the program's user can write, in any encoding.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::clinician::Message;
use wardmail_tests::needle::{Needle, scan_writable};
use wardmail_tests::{Clinician, Gpg, Keyring, Settings, Window, until};

use crate::mime;
use crate::practice::{LONG, Practice, at_once, is_locked, letter, page_of, paste};

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
    laid_out: String,
    file: String,
    draft: String,
    sent: String,
    attached: String,
    queued: String,
    passphrase: String,
    password: String,
}

impl Secrets {
    fn new() -> Self {
        Self {
            read: word("read"),
            laid_out: word("laid out"),
            file: word("file"),
            draft: word("draft"),
            sent: word("sent"),
            attached: word("attached"),
            queued: word("queued"),
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
    let Some(mut practice) = Practice::with(settings, Keyring::Unlocked, at_once) else { return };
    finds_what_is_planted(&practice);

    let key = Gpg::new(&format!("Mei Chen <{OWNER}>")).unwrap();
    let armored = key.secret_key().unwrap();
    let window = practice.window().await;
    let code = work(&mut practice, &window, &secrets, &armored).await;
    let needles = [
        Needle::new("read", tail(&secrets.read)).unwrap(),
        Needle::new("HTML, and what was searched for", tail(&secrets.laid_out)).unwrap(),
        Needle::new("file that came", tail(&secrets.file)).unwrap(),
        Needle::new("draft", tail(&secrets.draft)).unwrap(),
        Needle::new("sent", tail(&secrets.sent)).unwrap(),
        Needle::new("file that went", tail(&secrets.attached)).unwrap(),
        Needle::new("queued", tail(&secrets.queued)).unwrap(),
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

/// Set-up, reading text and HTML, saving a file, searching, writing, attaching, sending, queueing without a provider,
/// locking, unlocking. Gives the recovery code.
async fn work(
    practice: &mut Practice,
    window: &Window,
    secrets: &Secrets,
    armored: &str,
) -> String {
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
    reads_html_and_its_file(practice, window, secrets).await;
    searches(window, secrets).await;
    writes(practice, window, secrets).await;
    let page = page_of(window);
    clinician.lock().await.unwrap();
    is_locked(window, page).await;
    clinician.unlock(&secrets.passphrase).await.unwrap();
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Sealed note").await.unwrap();
    code
}

/// What was saved is the one copy that the owner asked for: it is taken away before anybody looks.
async fn reads_html_and_its_file(practice: &Practice, window: &Window, secrets: &Secrets) {
    let raw = laid_out(practice, secrets);
    practice.provider.deliver(COLLEAGUE, OWNER, &raw).unwrap();
    Clinician::at(window).open_message("Laid out").await.unwrap();
    let read = async || {
        let text = window.frame_text("reader-frame").await.unwrap_or_default();
        Ok(text.contains(&secrets.laid_out))
    };
    window.wait_until("the text in the frame", LONG, read).await.unwrap();
    let dir = practice.session.make_dir("saved").unwrap();
    practice.answer_dialogs(&dir);
    window.click("attachment-save").await.unwrap();
    let saved = until("the saved file", LONG, || Ok(fs::read(dir.join("plan.txt")).ok())).unwrap();
    assert_eq!(saved, secrets.file.as_bytes());
    fs::remove_dir_all(dir).unwrap();
}

/// HTML with a file beside it, sealed.
fn laid_out(practice: &Practice, secrets: &Secrets) -> Vec<u8> {
    let body = format!(
        "--b\nContent-Type: text/html; charset=utf-8\n\n<h1>Plan</h1><p>{}</p>\n\
         --b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=plan.txt\n\
         Content-Transfer-Encoding: base64\n\n{}\n--b--\n",
        secrets.laid_out,
        BASE64_STANDARD.encode(&secrets.file)
    );
    let letter = letter("laid-out@hospital.example", "Laid out", &body);
    let inside = String::from_utf8(letter.inside()).unwrap();
    let inside = inside.replace("text/plain; charset=utf-8; hp", "multipart/mixed; boundary=b; hp");
    let recipients = [OWNER, practice.colleague.fingerprint()];
    letter.sealed(&practice.colleague.encrypt_and_sign(inside.as_bytes(), &recipients).unwrap())
}

async fn searches(window: &Window, secrets: &Secrets) {
    let clinician = Clinician::at(window);
    let words = std::str::from_utf8(tail(&secrets.laid_out)).unwrap();
    clinician.search(words).await.unwrap();
    clinician.row("Laid out").await.unwrap();
    window.click("search-clear").await.unwrap();
}

/// One message goes out with a file, one waits for a provider that is down, one isn't finished.
async fn writes(practice: &mut Practice, window: &Window, secrets: &Secrets) {
    let clinician = Clinician::at(window);
    let message = Message { to: &[COLLEAGUE], subject: "Follow-up", body: &secrets.sent };
    clinician.write(message).await.unwrap();
    // Root's, so that it is no find itself.
    let file = practice.session.write_readonly("results.txt", secrets.attached.as_bytes()).unwrap();
    practice.answer_dialogs(&file);
    window.click("composer-attach").await.unwrap();
    window.has("composer-attachment", "data-name", "results.txt").await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
    let (_, opened) = practice.colleague_gets(&secrets.sent);
    let files = mime::read(&opened.content).files;
    assert_eq!(files, [("results.txt".to_owned(), secrets.attached.clone().into_bytes())]);
    practice.is_sent(window).await;

    practice.provider.stop_imap();
    practice.provider.stop_submission();
    let later = Message { to: &[COLLEAGUE], subject: "From afar", body: &secrets.queued };
    clinician.write(later).await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
    clinician.outbox_is("queued").await.unwrap();
    window.says("outbox-row", "provider").await.unwrap();
    let draft = Message { to: &[COLLEAGUE], subject: "Not finished", body: &secrets.draft };
    clinician.write(draft).await.unwrap();
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
