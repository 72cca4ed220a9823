//! Dovecot and Postfix, asked by curl.

use std::fs;
use std::process::{Command, Output};
use std::time::Duration;

use wardmail_tests::{Certificate, Provider, Relay, Settings};

const MEI: &str = "mei.chen@clinic.example";
const DANA: &str = "dana.ortiz@clinic.example";
const LIMIT: Duration = Duration::from_secs(30);

fn message(subject: &str) -> Vec<u8> {
    format!(
        "From: Mei Chen <{MEI}>\r\nTo: Dana Ortiz <{DANA}>\r\nSubject: {subject}\r\nMessage-ID: <{subject}@clinic.example>\r\n\
         \r\nline one\r\n.a dot\r\nFrom here\r\nn\u{e4}chste\r\n"
    )
    .into_bytes()
}

fn curl(provider: &Provider, url: &str, user: &str, password: &str, more: &[&str]) -> Output {
    let mut command = Command::new("curl");
    command.args(["-sS", "--max-time", "20", "--cacert"]).arg(provider.dir().join("ca.pem"));
    command.args(["-u", &format!("{user}:{password}"), "--url", url]).args(more).output().unwrap()
}

fn submit(
    provider: &Provider,
    port: u16,
    scheme: &str,
    from: &str,
    to: &str,
    raw: &[u8],
) -> Output {
    let file = provider.dir().join("submitted.eml");
    fs::write(&file, raw).unwrap();
    let user = provider.user(MEI).unwrap();
    let url = format!("{scheme}://localhost:{port}");
    let path = file.to_str().unwrap();
    let more = ["--ssl-reqd", "--mail-from", from, "--mail-rcpt", to, "--upload-file", path];
    curl(provider, &url, &user.address, &user.password, &more)
}

#[test]
fn takes_a_submission_and_delivers_it_whole() {
    let provider = Provider::start().unwrap();
    for (port, scheme) in
        [(provider.submissions_port(), "smtps"), (provider.starttls_port(), "smtp")]
    {
        let sent = submit(&provider, port, scheme, MEI, DANA, &message(scheme));
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
        let id = format!("<{scheme}@clinic.example>");
        let stored =
            provider.wait_for(DANA, "INBOX", LIMIT, |stored| stored.text().contains(&id)).unwrap();
        let whole = message(scheme);
        let (_, body) = stored
            .text()
            .split_once("\r\n\r\n")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert!(String::from_utf8(whole).unwrap().ends_with(&body), "{body:?}");
        assert!(body.starts_with("line one\r\n.a dot\r\nFrom here\r\n"), "{body:?}");
    }
    let dana = provider.user(DANA).unwrap();
    let url = format!("imaps://localhost:{}/INBOX;MAILINDEX=1", provider.imaps_port());
    let fetched = curl(&provider, &url, DANA, &dana.password, &[]);
    assert!(String::from_utf8_lossy(&fetched.stdout).contains("Subject: smtps\r\n"));
    assert_eq!(
        provider.message_ids(DANA, "INBOX").unwrap(),
        ["<smtps@clinic.example>", "<smtp@clinic.example>"]
    );
}

#[test]
fn refuses_what_a_real_provider_refuses() {
    let provider = Provider::start().unwrap();
    let port = provider.submissions_port();
    // The only way out of this provider is an error.
    let stranger =
        submit(&provider, port, "smtps", MEI, "nobody@elsewhere.example", &message("out"));
    assert!(String::from_utf8_lossy(&stranger.stderr).contains("RCPT failed"), "{stranger:?}");
    let unknown =
        submit(&provider, port, "smtps", MEI, "unknown@clinic.example", &message("unknown"));
    assert!(!unknown.status.success());
    let forged = submit(&provider, port, "smtps", DANA, DANA, &message("forged"));
    assert!(!forged.status.success());
    let url = format!("imaps://localhost:{}/", provider.imaps_port());
    let wrong = curl(&provider, &url, MEI, "not the password", &[]);
    assert_eq!(wrong.status.code(), Some(67), "{}", String::from_utf8_lossy(&wrong.stderr));
}

#[test]
fn has_the_special_folders_and_counts_what_another_client_does() {
    let provider = Provider::start().unwrap();
    let mei = provider.user(MEI).unwrap();
    let url = format!("imaps://localhost:{}/", provider.imaps_port());
    let listed =
        curl(&provider, &url, MEI, &mei.password, &["-X", "LIST (SPECIAL-USE) \"\" \"*\""]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for (name, mark) in [
        ("Drafts", "\\Drafts"),
        ("Sent", "\\Sent"),
        ("Archive", "\\Archive"),
        ("Junk", "\\Junk"),
        ("Trash", "\\Trash"),
    ] {
        assert!(
            listed.lines().any(|line| line.contains(mark) && line.trim().ends_with(name)),
            "{name}: {listed}"
        );
    }
    provider.save(MEI, "Sent", &message("saved")).unwrap();
    let saved = provider.messages(MEI, "Sent").unwrap();
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].raw, message("saved"));
    provider.expunge(MEI, "Sent", saved[0].uid).unwrap();
    assert_eq!(provider.count(MEI, "Sent").unwrap(), 0);
}

#[test]
fn imports_thousands_in_order() {
    let provider = Provider::start().unwrap();
    provider.import(MEI, (0..10_000).map(|number| message(&format!("m{number:05}")))).unwrap();
    let ids = provider.message_ids(MEI, "INBOX").unwrap();
    assert_eq!(ids.len(), 10_000);
    assert!(ids.is_sorted());
    provider.deliver(DANA, MEI, &message("one more")).unwrap();
    assert_eq!(provider.count(MEI, "INBOX").unwrap(), 10_001);
}

#[test]
fn goes_down_and_comes_back_with_its_mail() {
    let mut provider = Provider::start().unwrap();
    provider.deliver(DANA, MEI, &message("kept")).unwrap();
    provider.stop_imap();
    provider.stop_submission();
    let mei = provider.user(MEI).unwrap().clone();
    let url = format!("imaps://localhost:{}/", provider.imaps_port());
    assert_eq!(
        curl(&provider, &url, MEI, &mei.password, &[]).status.code(),
        Some(7),
        "IMAP still answers"
    );
    let refused =
        submit(&provider, provider.submissions_port(), "smtps", MEI, DANA, &message("early"));
    assert_eq!(refused.status.code(), Some(7), "submission still answers");
    provider.start_imap().unwrap();
    provider.start_submission().unwrap();
    assert!(curl(&provider, &url, MEI, &mei.password, &[]).status.success());
    assert_eq!(provider.message_ids(MEI, "INBOX").unwrap(), ["<kept@clinic.example>"]);
    assert!(
        submit(&provider, provider.submissions_port(), "smtps", MEI, DANA, &message("late"))
            .status
            .success()
    );
    provider
        .wait_for(DANA, "INBOX", LIMIT, |stored| stored.text().contains("<late@clinic.example>"))
        .unwrap();
}

#[test]
fn shows_bad_certificates_that_a_client_refuses() {
    for certificate in [Certificate::SelfSigned, Certificate::WrongHost, Certificate::Expired] {
        let provider = Provider::with(Settings { certificate, ..Settings::default() }).unwrap();
        let mei = provider.user(MEI).unwrap();
        let url = format!("imaps://localhost:{}/", provider.imaps_port());
        let refused = curl(&provider, &url, MEI, &mei.password, &[]);
        assert_eq!(
            refused.status.code(),
            Some(60),
            "{certificate:?}: {}",
            String::from_utf8_lossy(&refused.stderr)
        );
    }
}

#[test]
fn a_relay_can_be_cut_in_the_middle() {
    let provider = Provider::start().unwrap();
    let mei = provider.user(MEI).unwrap();
    provider
        .deliver(DANA, MEI, &[message("big").as_slice(), &b"x\r\n".repeat(100_000)].concat())
        .unwrap();
    let relay = Relay::to(provider.imaps_port()).unwrap();
    let url = format!("imaps://localhost:{}/INBOX;MAILINDEX=1", relay.port());
    let whole = curl(&provider, &url, MEI, &mei.password, &[]);
    assert!(whole.status.success() && whole.stdout.len() > 300_000);
    relay.cut_after(50_000);
    let cut = curl(&provider, &url, MEI, &mei.password, &[]);
    assert!(!cut.status.success() && cut.stdout.len() < 50_000);
    relay.cut();
    assert!(curl(&provider, &url, MEI, &mei.password, &[]).status.success());
}
