//! The commands that need no profile, on the built program. Messages and keys are made by `gpg`, so that what is read
//! was written by somebody else.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const PRIYA: &str = "Priya Raman <priya.raman@hospital.example>";
const MEI: &str = "Mei Chen <mei.chen@clinic.example>";

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wardctl"))
        .args(arguments)
        .env_remove("WARDMAIL_POLICY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap();
    done
}

fn json_of(arguments: &[&str], input: &[u8]) -> Value {
    let done = run(&[&["--json"], arguments].concat(), input);
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], input: &[u8], code: i32, slug: &str) -> Value {
    let done = run(&[&["--json"], arguments].concat(), input);
    assert_eq!(done.status.code(), Some(code), "{done:?}");
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(said["error"]["code"], slug, "{said}");
    said["error"].clone()
}

/// Two people with gpg.
struct People {
    home: tempfile::TempDir,
}

impl People {
    /// None where there is no gpg, unless that has to be.
    fn new() -> Option<Self> {
        if Command::new("gpg").arg("--version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "gpg is missing");
            return None;
        }
        let people = Self { home: tempfile::tempdir().unwrap() };
        for who in [PRIYA, MEI] {
            people.gpg(&["--quick-generate-key", who, "future-default", "default", "2y"], b"");
        }
        Some(people)
    }

    fn gpg(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("gpg")
            .arg("--homedir")
            .arg(self.home.path())
            .args(["--batch", "--no-tty", "--quiet", "--yes", "--trust-model", "always"])
            .args(["--pinentry-mode", "loopback", "--passphrase", ""])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        done.stdout
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Priya's certificate and Mei's secret key, as files.
    fn keys(&self) -> (PathBuf, PathBuf) {
        let certificate = self.gpg(&["--armor", "--export", PRIYA], b"");
        let key = self.gpg(&["--armor", "--export-secret-keys", MEI], b"");
        (self.file("priya.asc", &certificate), self.file("mei.asc", &key))
    }

    /// A message of Priya's to Mei, with this inside.
    fn sealed(&self, inside: &str) -> PathBuf {
        let seal = ["--armor", "--sign", "--encrypt", "--local-user", PRIYA, "--recipient", MEI];
        let armored = String::from_utf8(self.gpg(&seal, inside.as_bytes())).unwrap();
        let message = format!(
            "From: {PRIYA}\r\nTo: {MEI}\r\nSubject: [...]\r\nDate: Sat, 21 Nov 2026 09:30:00 -0500\r\n\
             Message-ID: <1@hospital.example>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n\
             --b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n\
             --b\r\nContent-Type: application/octet-stream\r\n\r\n{}\r\n--b--\r\n",
            armored.replace('\n', "\r\n")
        );
        self.file("sealed.eml", message.as_bytes())
    }
}

impl Drop for People {
    fn drop(&mut self) {
        let mut kill = Command::new("gpgconf");
        drop(kill.arg("--homedir").arg(self.home.path()).args(["--kill", "all"]).output());
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const INSIDE: &str = "From: Priya Raman <priya.raman@hospital.example>\r\nTo: Mei Chen <mei.chen@clinic.example>\r\n\
    Subject: The real subject\r\nHP-Outer: Subject: [...]\r\n\
    Content-Type: text/html; charset=utf-8; hp=\"cipher\"\r\n\r\n\
    <p>Hello <b>there</b><script>alert(1)</script><img src=\"http://tracker.example/p.png\"></p>\r\n";

#[test]
fn a_sealed_message_is_inspected_with_the_keys_that_are_given() {
    let Some(people) = People::new() else { return };
    let (certificate, key) = people.keys();
    let sealed = people.sealed(INSIDE);
    let inspect = ["message", "inspect", text(&sealed)];
    let with_both = [&inspect[..], &["--key", text(&key), "--cert", text(&certificate)]].concat();
    let seen = json_of(&with_both, b"");
    assert_eq!(seen["subject"], "The real subject");
    assert_eq!(
        seen["from"],
        json!({ "name": "Priya Raman", "address": "priya.raman@hospital.example" })
    );
    assert_eq!(seen["date"], "2026-11-21T14:30:00Z");
    let security = &seen["security"];
    assert_eq!(security["encryption"], "whole");
    assert_eq!(security["signature"], "valid");
    assert_eq!(security["from_matches_signer"], true);
    assert_eq!(security["headers"], "encrypted");
    let listed = people.gpg(&["--with-colons", "--list-keys", PRIYA], b"");
    let listed = String::from_utf8(listed).unwrap();
    let fingerprint = listed.lines().find_map(|l| l.strip_prefix("fpr:::::::::")).unwrap();
    assert_eq!(security["signers"], json!([fingerprint.trim_end_matches(':')]));
    assert_eq!(seen["text"].as_str().unwrap().trim(), "Hello there");
    let html = seen["html"].as_str().unwrap();
    assert!(html.contains("<b>there</b>") && !html.contains("script>alert"), "{html}");
    assert!(!html.contains("tracker.example"), "{html}");
    assert_eq!(seen["blocked"], 1);
    assert!(seen["warnings"].to_string().contains("remoteContentBlocked"), "{seen}");

    // Without the certificate it is read and not believed; without the key it is not read.
    let unknown = json_of(&[&inspect[..], &["--key", text(&key)]].concat(), b"");
    assert_eq!(unknown["security"]["signature"], "unknown");
    assert_eq!(unknown["text"].as_str().unwrap().trim(), "Hello there");
    let closed = json_of(&inspect, b"");
    assert_eq!(closed["security"]["unreadable"], "keyMissing");
    assert_eq!((closed["text"].clone(), closed["html"].clone()), ("".into(), Value::Null));
    // From standard input it is the same.
    let raw = std::fs::read(&sealed).unwrap();
    assert_eq!(json_of(&["message", "inspect", "-"], &raw), closed);
}

#[test]
fn one_changed_byte_shows_nothing_of_the_message() {
    let Some(people) = People::new() else { return };
    let (certificate, key) = people.keys();
    let sealed = people.sealed(INSIDE);
    let whole = std::fs::read_to_string(&sealed).unwrap();
    // A character of the armor's last full line: inside the integrity check, whatever the algorithm.
    let at = whole.find("-----END PGP").unwrap() - 40;
    let other = if whole.as_bytes()[at] == b'A' { "B" } else { "A" };
    let changed = format!("{}{other}{}", &whole[..at], &whole[at + 1..]);
    let changed = people.file("changed.eml", changed.as_bytes());
    let seen = json_of(
        &["message", "inspect", text(&changed), "--key", text(&key), "--cert", text(&certificate)],
        b"",
    );
    assert_eq!(seen["security"]["unreadable"], "damaged", "{seen}");
    assert_eq!((seen["text"].clone(), seen["html"].clone()), ("".into(), Value::Null));
    assert_eq!(seen["subject"], "[...]");
}

#[test]
fn a_signature_that_nobody_checked_is_not_called_none() {
    let signed = "From: priya.raman@hospital.example\r\nSubject: Case meeting\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nMonday at nine.\r\n\
        --b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCABgkqhkiG9w0BBwE=\r\n--b--\r\n";
    let seen = json_of(&["message", "inspect", "-"], signed.as_bytes());
    assert_eq!(seen["security"]["signature"], "unknown");
    assert_eq!(seen["security"]["signers"], json!([]));
    assert_eq!(seen["warnings"], json!(["smimeNotChecked"]));
    assert_eq!(seen["text"], "Monday at nine.");
}

#[test]
fn keys_and_files_that_are_none_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let junk = folder.path().join("junk");
    std::fs::write(&junk, "no key").unwrap();
    let mail = folder.path().join("plain.eml");
    std::fs::write(&mail, "Subject: plain\r\n\r\nText.\r\n").unwrap();
    let inspect = ["message", "inspect", text(&mail)];
    assert_eq!(json_of(&inspect, b"")["text"], "Text.\n");
    fails(&[&inspect[..], &["--key", text(&junk)]].concat(), b"", 104, "key_unusable");
    fails(&[&inspect[..], &["--cert", text(&junk)]].concat(), b"", 105, "certificate_unreadable");
    fails(&["message", "inspect", "/nowhere/at/all"], b"", 87, "file_not_found");
}

#[test]
fn html_is_made_safe() {
    let page = b"<p onclick=x()>Hi<script>bad()</script><a href='javascript:bad()'>y</a><img src=https://t.example/x></p>";
    let safe = json_of(&["html", "sanitize", "-"], page);
    let html = safe["html"].as_str().unwrap();
    for bad in ["script", "onclick", "javascript", "t.example"] {
        assert!(!html.contains(bad), "{html}");
    }
    assert!(html.contains("Hi"));
    assert_eq!(safe["blocked"], 1);
}

/// What Python's own counting of code points would say of the places.
fn spoken(line: &str, finding: &Value) -> String {
    let place = |name: &str| usize::try_from(finding[name].as_u64().unwrap()).unwrap();
    line.chars().skip(place("start")).take(place("end") - place("start")).collect()
}

#[test]
fn each_line_is_scanned_with_places_in_code_points() {
    let lines = [
        "Lunch on Friday",
        "\u{1f468}\u{200d}\u{2695}\u{fe0f} n\u{e4}chste: SSN 536-22-8145",
        "",
        "Scheduling",
    ];
    let done = run(&["phi", "scan", "--lines"], format!("{}\n", lines.join("\n")).as_bytes());
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stdout).unwrap();
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), lines.len());
    let verdicts: Vec<_> = said.iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["clean", "phi", "clean", "clean"]);
    let finding = &said[1]["findings"][0];
    assert_eq!(spoken(lines[1], finding), "536-22-8145");
    assert_eq!(finding["category"], "ssn");
    assert!(finding["rule"].is_string() && finding["reason"].as_str().unwrap().ends_with('.'));
    assert!(!said[1].to_string().contains("536-22"), "the words themselves are not repeated");
    assert!(said[1]["score"].as_f64().unwrap() > said[0]["score"].as_f64().unwrap());
}

#[test]
fn lines_that_are_no_text_or_endless_are_scanned_as_far_as_they_are_looked_at() {
    let mut input = b"caf\xe9 \xff\xfe SSN 536-22-8145\r\n".to_vec();
    input.extend(std::iter::repeat_n(b'x', 10 << 20));
    input.extend(b"\nMRN 00482913");
    let done = run(&["phi", "scan", "--lines"], &input);
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stdout).unwrap();
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), 3);
    assert_eq!((&said[0]["verdict"], &said[0]["truncated"]), (&json!("phi"), &json!(false)));
    assert_eq!((&said[1]["verdict"], &said[1]["truncated"]), (&json!("clean"), &json!(true)));
    assert_eq!(said[2]["findings"][0]["category"], "mrn");
    let whole = run(&["phi", "scan", "--kind", "body"], &input);
    let whole: Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!((&whole["verdict"], &whole["truncated"]), (&json!("phi"), &json!(true)));
}

#[test]
fn an_explanation_weighs_every_candidate_and_names_the_better_channel() {
    let done = run(&["phi", "explain"], b"Lunch with Dana; Tyrell's suboxone refill");
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.starts_with("PHI (score "), "{said}");
    assert!(said.contains("name.special") && said.contains("42 CFR Part 2"), "{said}");
    assert!(said.contains("portal instead of e-mail") && said.contains("  weighed "), "{said}");
    assert!(said.contains("  model +") && said.contains("adds from"), "{said}");
    assert!(!said.contains("Tyrell") && !said.contains("Dana"), "{said}");
    let said = json_of(&["phi", "explain"], b"Tyrell's suboxone refill");
    assert_eq!(said["scan"]["special"], json!(["substance_use"]));
    assert!(said["considered"][0]["certainty"].is_number() && said["threshold"].is_number());
    assert!(said["model"]["words"][0]["weight"].is_number(), "{said}");
}

#[test]
fn the_detector_is_measured_on_labelled_lines() {
    let folder = tempfile::tempdir().unwrap();
    let labelled = folder.path().join("lines.tsv");
    std::fs::write(&labelled, "phi\tssn\tSSN 536-22-8145\nclean\t\tLunch on Friday\n").unwrap();
    let report = json_of(&["phi", "evaluate", text(&labelled)], b"");
    assert_eq!(report["confusion"]["true_positive"], 1);
    assert_eq!(report["confusion"]["true_negative"], 1);
    let f1 = &report["f1"];
    assert_eq!((f1["value"].as_f64(), f1["high"].as_f64()), (Some(1.0), Some(1.0)));
    // Wilson's lower bound of 1 of 1 is 0.2065, and 2s/(1+s) of it this.
    assert!((f1["low"].as_f64().unwrap() - 0.3423).abs() < 0.0001, "{report}");
    std::fs::write(&labelled, "phi\tname\tNobody here\nclean\t\tLunch\n").unwrap();
    let done = run(&["phi", "evaluate", text(&labelled)], b"");
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("recall") && said.contains("false-alarm rate"), "{said}");
    assert!(said.contains("F1                   0.0000  [0.0000, "), "with its interval: {said}");
    assert!(said.contains("missed line     1  name"), "the misses are listed: {said}");
    assert!(!said.contains("Nobody"), "by their lines, not their words: {said}");
    std::fs::write(&labelled, "perhaps\tssn\tx\n").unwrap();
    let wrong = fails(&["phi", "evaluate", text(&labelled)], b"", 110, "invalid_request");
    assert!(wrong["at"].as_str().unwrap().contains('1'), "which line: {wrong}");
}

#[test]
fn a_policy_is_checked_and_its_first_mistake_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    let mut policy = json!({
        "schema": 1, "serial": 7, "issuer": "Clinic IT", "providers": [],
        "lock": { "idleSeconds": { "value": 120, "locked": true } },
    });
    std::fs::write(&file, policy.to_string()).unwrap();
    let report = json_of(&["policy", "validate", text(&file)], b"");
    assert_eq!(
        (report["serial"].clone(), report["issuer"].clone()),
        (7.into(), "Clinic IT".into())
    );
    let settings = report["settings"].as_array().unwrap();
    let idle = settings.iter().find(|row| row["key"] == "lock.idleSeconds").unwrap();
    assert_eq!((idle["value"].clone(), idle["locked"].clone()), ("120".into(), true.into()));

    policy["lock"] = json!({ "idleSeconds": "soon" });
    std::fs::write(&file, policy.to_string()).unwrap();
    let wrong = fails(&["policy", "validate", text(&file)], b"", 52, "policy_invalid");
    assert!(wrong["at"].as_str().unwrap().contains("lock.idleSeconds"), "{wrong}");
    std::fs::write(&file, "{\n  \"schema\": 1,,\n}").unwrap();
    let wrong = fails(&["policy", "validate", text(&file)], b"", 52, "policy_invalid");
    assert!(wrong["at"].as_str().unwrap().contains("line 2"), "{wrong}");
    fails(&["policy", "validate", "/nowhere/at/all"], b"", 50, "policy_missing");
    // Named beside what is installed here, if anything is.
    std::fs::write(&file, "no policy").unwrap();
    let effective = json_of(&["policy", "effective", "--policy", text(&file)], b"");
    assert_ne!(effective["closed"], json!([]));
}

#[test]
fn a_profile_that_was_managed_is_closed_where_its_policy_is_gone() {
    if Path::new("/etc/wardmail/policies/policy.json").exists() {
        return;
    }
    let profile = tempfile::tempdir().unwrap();
    let effective = ["policy", "effective", "--profile", text(profile.path())];
    assert_eq!(json_of(&effective, b"")["closed"], json!([]));
    std::fs::write(profile.path().join("managed"), b"").unwrap();
    assert_eq!(json_of(&effective, b"")["closed"], json!(["PolicyMissing"]));
    assert_eq!(json_of(&["policy", "effective"], b"")["closed"], json!([]), "of no profile");
    let nobody = ["policy", "effective", "--profile", "/nowhere/at/all"];
    fails(&nobody, b"", 30, "profile_missing");
}

#[test]
fn exit_codes_are_listed_once_and_for_all() {
    let codes = json_of(&["exit-codes"], b"");
    let codes = codes.as_array().unwrap();
    let number = |slug: &str| codes.iter().find(|one| one[1] == slug).map(|one| one[0].clone());
    assert_eq!(number("ok"), Some(0.into()));
    assert_eq!(number("usage"), Some(2.into()));
    assert_eq!(number("profile_in_use"), Some(32.into()));
    assert_eq!(number("audit_not_intact"), Some(9.into()));
    // And the page that IT reads says the same.
    let page = include_str!("../../../../docs/wardctl.md");
    for one in codes {
        let row = format!("| {} | `{}` |", one[0], one[1].as_str().unwrap());
        assert!(page.contains(&row), "docs/wardctl.md lacks {row}");
    }
    let (_, listed) = page.split_once("## Exit codes").unwrap();
    assert_eq!(listed.matches("| `").count(), codes.len(), "and no other");
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_two() {
    for arguments in [&["nonsense"][..], &["list"], &["--profile", "/tmp", "send"]] {
        assert_eq!(run(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
    let profile = tempfile::tempdir().unwrap();
    let closed = ["--profile", text(profile.path()), "--passphrase-fd", "97", "list"];
    let done = run(&closed, b"");
    assert_eq!(done.status.code(), Some(30), "no mailbox there comes first: {done:?}");
}

/// A document of the crate that reads them, as another program wrote it.
fn document(name: &str) -> PathBuf {
    std::path::absolute("../extract/tests/data").unwrap().join(name)
}

#[test]
fn a_file_is_scanned_by_what_is_in_it() {
    let scanned = |name: &str| {
        let path = document(name);
        json_of(&["phi", "scan", "--kind", "file", path.to_str().unwrap()], b"")
    };
    for name in ["census.xlsx", "census.xls", "letter.docx", "letter.pdf"] {
        let found = scanned(name);
        assert_eq!(found["verdict"], "phi", "{name}: {found}");
        let findings = found["findings"].as_array().unwrap();
        let strong = |f: &&Value| f["category"] == "mrn" && f["strength"] == "strong";
        assert!(findings.iter().any(|f| strong(&f)), "{name}: {found}");
        assert_eq!(found["unread"], json!([]), "{name}");
    }
    let locked = scanned("locked.pdf");
    assert_eq!(locked["verdict"], "clean");
    assert_eq!(locked["unread"], json!([{ "part": "locked.pdf", "why": "encrypted" }]));
    // From standard input the bytes alone tell what it is.
    let bytes = std::fs::read(document("census.xlsx")).unwrap();
    assert_eq!(json_of(&["phi", "scan", "--kind", "file"], &bytes)["verdict"], "phi");
}

#[test]
fn a_rule_that_cannot_be_used_is_named_with_its_line_and_the_rest_holds() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.json");
    let text = "{\"rules\": [\n  {\"id\": \"back\", \"pattern\": \"(a)\\\\1\"},\n  {\"id\": \"our-mrn\", \"pattern\": \"ZQ[0-9]{6}\", \"category\": \"mrn\", \"action\": \"block\"}\n]}";
    std::fs::write(&rules, text).unwrap();
    let done = run(&["phi", "scan", "--rules", rules.to_str().unwrap()], b"About ZQ123456");
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.starts_with("site rule back in line 2:"), "{said}");
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(found["findings"][0]["rule"], "our-mrn");
}
