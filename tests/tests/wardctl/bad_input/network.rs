//! Servers that are not what they should be, or not there.

use std::time::Duration;

use wardmail_tests::{Certificate, Gpg, Provider, Relay, Settings, until_true};

use crate::desk::{Desk, MEI, PRIYA, correspondents, letter, noise, policy, provider_never_saw};

fn provider_with(certificate: Certificate) -> Provider {
    Provider::with(Settings { certificate, ..Settings::default() }).unwrap()
}

#[test]
fn a_server_that_proves_nothing_gets_no_password() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    for (kind, code, slug) in [
        (Certificate::SelfSigned, 64, "tls_untrusted"),
        (Certificate::WrongHost, 65, "tls_wrong_host"),
        (Certificate::Expired, 66, "tls_expired"),
    ] {
        let provider = provider_with(kind);
        desk.session.install_policy(&policy(&provider)).unwrap();
        desk.add_account(MEI, &provider).fails(code, slug);
        assert!(desk.run(&["account", "list"]).ok().as_array().unwrap().is_empty());
        provider_never_saw(&provider, MEI_LOGIN);
    }
}

/// What Dovecot's log would say of a login.
const MEI_LOGIN: &str = "user=<mei.chen@clinic.example>";

#[test]
fn an_account_is_kept_only_if_every_step_works() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::new() else { return };
    let user = provider.user(MEI).unwrap().clone();
    let (imap, smtp) = (provider.imaps_port(), provider.submissions_port());
    let mut policy = policy(&provider);
    desk.session.install_policy(&policy).unwrap();
    desk.create().ok();
    desk.try_account(MEI, "wrong", provider.host(), imap, smtp).fails(68, "auth_rejected");
    desk.try_account("not an address", &user.password, provider.host(), imap, smtp)
        .fails(91, "recipient_invalid");
    // Not the provider of the policy: nobody even connects.
    desk.try_account(MEI, &user.password, "127.0.0.1", imap, smtp)
        .fails(54, "provider_not_covered");
    let mut covers = |host: &str, imap: u16| {
        policy["providers"][0]["imap"] = serde_json::json!({ "host": host, "port": imap });
        policy["providers"][0]["smtp"] = serde_json::json!({ "host": host, "port": smtp });
        desk.session.install_policy(&policy).unwrap();
    };
    // A port where nobody listens, a name that nobody has.
    covers("localhost", 9);
    desk.try_account(MEI, &user.password, "localhost", 9, smtp).fails(61, "connection_refused");
    covers("no-such-host.invalid", imap);
    desk.try_account(MEI, &user.password, "no-such-host.invalid", imap, smtp)
        .fails(60, "host_not_found");
    assert!(desk.run(&["account", "list"]).ok().as_array().unwrap().is_empty());
    covers("localhost", imap);
    desk.add_account(MEI, &provider).ok();
    assert_eq!(desk.run(&["account", "list"]).ok()[0]["covered"], true);
}

#[test]
fn a_password_that_was_changed_is_said_and_nothing_is_lost() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    provider
        .deliver(PRIYA, MEI, &letter("Kept", "Kept.\r\n", "kept@hospital.example").plain())
        .unwrap();
    desk.run(&["sync"]).ok();
    let users = provider.dir().join("users");
    let known = std::fs::read_to_string(&users).unwrap();
    std::fs::write(&users, known.replace("{PLAIN}Pw-mei", "{PLAIN}changed-Pw-mei")).unwrap();
    // Dovecot looks at the file once a second at most.
    let old = &provider.user(MEI).unwrap().password;
    let refused = || Ok(provider.doveadm(&["auth", "test", MEI, old]).is_err());
    until_true("Dovecot to have read it", Duration::from_secs(30), refused).unwrap();
    desk.run(&["sync"]).fails(68, "auth_rejected");
    let tried = desk.send(PRIYA, "Waiting", "One turmeric.\n", &[]);
    assert_eq!((tried.code, &tried.lines[0]["state"]), (68, &"queued".into()), "{tried:?}");
    assert_eq!(desk.show("inbox", "Kept")["text"], "Kept.\n");
    // With the new password it goes on, and what waited goes out.
    let password = format!("changed-{}", provider.user(MEI).unwrap().password);
    let (imap, smtp) = (provider.imaps_port(), provider.submissions_port());
    desk.try_account(MEI, &password, provider.host(), imap, smtp).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.outbox()[0]["state"], "sent");
    assert_eq!(desk.list("inbox").len(), 1);
}

#[test]
fn a_server_that_goes_in_the_middle_loses_and_doubles_nothing() {
    const COUNT: usize = 12;
    let provider = Provider::start().unwrap();
    let relay = Relay::to(provider.imaps_port()).unwrap();
    let Some(desk) = Desk::new() else { return };
    let mut policy = policy(&provider);
    policy["providers"][0]["imap"]["port"] = relay.port().into();
    desk.session.install_policy(&policy).unwrap();
    desk.create().ok();
    let user = provider.user(MEI).unwrap();
    let smtp = provider.submissions_port();
    desk.try_account(MEI, &user.password, "localhost", relay.port(), smtp).ok();
    desk.run(&["key", "generate"]).ok();
    let priya = Gpg::new("Priya Raman <priya.raman@hospital.example>").unwrap();
    desk.exchange_certificates(&priya);
    desk.run(&["sync"]).ok();
    for number in 0..COUNT {
        let body = format!("{}\r\n", priya.encrypt_and_sign(&noise(20_000), &[MEI]).unwrap());
        let (subject, id) = (format!("Long {number}"), format!("long-{number}@hospital.example"));
        let raw = priya.seal(&letter(&subject, &body, &id), &[MEI]).unwrap();
        provider.deliver(PRIYA, MEI, &raw).unwrap();
    }
    let size: usize = provider.messages(MEI, "INBOX").unwrap().iter().map(|m| m.raw.len()).sum();
    for part in [0.05, 0.3, 0.6, 0.9] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a part of a size"
        )]
        relay.cut_after((size as f64 * part) as u64);
        desk.run(&["sync"]).fails(62, "offline");
        relay.cut();
        let rows = desk.list("inbox");
        assert!(rows.len() <= COUNT, "{rows:?}");
        // Heads whose bodies did not come are found all the same.
        let found = desk.run(&["search", "from:priya", "--limit", "200"]).ok();
        assert_eq!(found["rows"].as_array().unwrap().len(), rows.len());
    }
    desk.run(&["sync"]).ok();
    let rows = desk.list("inbox");
    assert_eq!(rows.len(), COUNT);
    assert!(rows.iter().all(|row| row["mark"] == "sealed"), "{rows:?}");
    for number in 0..COUNT {
        desk.row("inbox", &format!("Long {number}"));
    }
    assert_eq!(desk.run(&["search", "is:sealed"]).ok()["total"], COUNT);
}
