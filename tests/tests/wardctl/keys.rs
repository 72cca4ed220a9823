//! Keys over the years: a correspondent's that was renewed, and the owner's old ones.

use serde_json::Value;
use wardmail_tests::{Gpg, Provider};

use crate::desk::{Desk, MEI, PRIYA, SAM, correspondents, gpg, inbox, letter};

/// Takes somebody's certificate; gives the fingerprint.
fn take_certificate<'g>(desk: &Desk, of: &'g Gpg) -> &'g str {
    let theirs = desk.file("theirs.asc", of.certificate().unwrap().as_bytes());
    desk.run(&["cert", "import", theirs.to_str().unwrap()]).ok();
    of.fingerprint()
}

/// What a key that is brought is answered with.
fn bring(desk: &Desk, key: &Gpg) -> Value {
    let file = desk.file("key.asc", key.secret_key().unwrap().as_bytes());
    desk.run(&["key", "import", file.to_str().unwrap()]).ok()
}

/// The fingerprint of the key that signs.
fn signer(desk: &Desk) -> String {
    let keys = desk.run(&["key", "list"]).ok();
    let signing: Vec<_> =
        keys.as_array().unwrap().iter().filter(|key| key["isDefault"] == true).collect();
    assert_eq!(signing.len(), 1, "{keys}");
    signing[0]["fingerprint"].as_str().unwrap().replace(' ', "")
}

#[test]
fn a_renewed_key_is_used_once_it_was_compared() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::of(MEI, &provider) else { return };
    let before = Gpg::of_the_past(&format!("Priya Raman <{PRIYA}>")).unwrap();
    let after = gpg("Priya Raman", PRIYA);
    let old = take_certificate(&desk, &before);
    desk.run(&["cert", "trust", old, "verified"]).ok();
    let send = || desk.send(PRIYA, "Scheduling", "One tarragon.\n", &[]);
    send().fails(93, "recipient_key_unusable");

    // The new one isn't taken by itself: whoever waits for the end of a key could put another in its place.
    let new = take_certificate(&desk, &after);
    send().fails(106, "recipient_key_changed");
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    desk.run(&["cert", "trust", new, "verified"]).ok();
    assert_eq!(send().ok()["state"], "sent");
    after.import(&desk.certificate()).unwrap();
    let opened = after.open(&inbox(&provider, PRIYA, 1)[0].raw).unwrap();
    assert!(opened.text().contains("One tarragon."));
}

#[test]
fn an_old_key_opens_old_mail_and_only_a_chosen_one_signs() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let made = signer(&desk);

    // Mail of years ago, for a key that has ended since.
    let past = Gpg::of_the_past(&format!("Mei Chen <{MEI}>")).unwrap();
    let raw = letter("Old letter", "The word is lovage.\r\n", "old@hospital.example");
    provider.deliver(PRIYA, MEI, &past.seal(&raw, &[past.fingerprint()]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.row("inbox", "[...]")["mark"], "keyMissing");
    let brought = bring(&desk, &past);
    assert_eq!((&brought["isDefault"], &brought["unfit"]), (&false.into(), &"ended".into()));
    assert_eq!(desk.show("inbox", "Old letter")["text"], "The word is lovage.\n");
    desk.run(&["key", "use", past.fingerprint()]).fails(113, "key_not_for_signing");

    // Somebody else's mailbox: its key opens mail, and never signs.
    let shared = gpg("Samuel Okafor", SAM);
    assert_eq!(bring(&desk, &shared)["unfit"], "otherAddress");
    desk.run(&["key", "use", shared.fingerprint()]).fails(113, "key_not_for_signing");
    desk.run(&["key", "use", &"0".repeat(40)]).fails(80, "not_found");

    // A second one that could sign does so when it is told to, and not before.
    let second = gpg("Mei Chen", MEI);
    let brought = bring(&desk, &second);
    assert_eq!((&brought["isDefault"], &brought["unfit"]), (&false.into(), &Value::Null));
    assert_eq!(signer(&desk), made);
    let signed_by = |number: usize| {
        assert_eq!(desk.send(PRIYA, "Hello", "One sorrel.\n", &[]).ok()["state"], "sent");
        let held = inbox(&provider, PRIYA, number);
        priya.open(&held.last().unwrap().raw).unwrap().signer
    };
    assert_eq!(signed_by(1), Some(made));
    let recorded = desk.audited().len();
    desk.run(&["key", "use", second.fingerprint()]).ok();
    let audited = desk.audited();
    let new = &audited[..audited.len() - recorded];
    assert!(new.iter().any(|line| line.contains("own key")), "{new:?}");
    assert_eq!(signer(&desk), second.fingerprint());
    priya.import(&desk.certificate()).unwrap();
    assert_eq!(signed_by(2).as_deref(), Some(second.fingerprint()));
}
