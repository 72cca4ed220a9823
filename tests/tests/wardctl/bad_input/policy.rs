//! Policies that are missing, broken or narrower, and agreements that are not there or have ended.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use wardmail_tests::Provider;

use crate::desk::{
    DANA, Desk, MEI, PRIYA, correspondents, gpg, inbox, letter, policy, provider_never_saw,
};

/// Mail can be read and found, and nothing goes out, with this code; then it can again.
fn closed_for_sending(desk: &Desk, code: i32, slug: &str) {
    assert_eq!(desk.show("inbox", "Consult")["text"], "The word is sumac.\n");
    assert_eq!(desk.run(&["search", "sumac"]).ok()["rows"].as_array().unwrap().len(), 1);
    desk.send(PRIYA, "Scheduling", "One anise.\n", &[]).fails(code, slug);
    desk.send(PRIYA, "Scheduling", "One anise.\n", &["--queue-only"]).fails(code, slug);
    assert_eq!(desk.run(&["profile", "status"]).ok()["policy"]["trouble"], slug);
}

#[test]
fn a_policy_that_cannot_be_used_closes_sending_and_nothing_else() {
    let provider = Provider::start().unwrap();
    let Some((desk, priya)) = correspondents(&provider) else { return };
    let raw = letter("Consult", "The word is sumac.\r\n", "c1@hospital.example");
    provider.deliver(PRIYA, MEI, &priya.seal(&raw, &[MEI]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    desk.send(PRIYA, "Queued before", "One caraway.\n", &["--queue-only"]).ok();

    desk.session.install_policy_text("{ this is no policy").unwrap();
    closed_for_sending(&desk, 52, "policy_invalid");
    let mut wrong = policy(&provider);
    wrong["lock"] = json!({ "idleSeconds": "soon" });
    desk.session.install_policy(&wrong).unwrap();
    closed_for_sending(&desk, 52, "policy_invalid");
    desk.session.install_policy(&policy(&provider)).unwrap();
    let file = desk.session.home().parent().unwrap().join("etc/wardmail/policies/policy.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    closed_for_sending(&desk, 51, "policy_unreadable");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    closed_for_sending(&desk, 51, "policy_unreadable");
    // Who was managed stays so when the policy is taken away: one named by hand, or the owner's word, is no way out.
    desk.session.remove_policy().unwrap();
    closed_for_sending(&desk, 50, "policy_missing");
    let mut desk = desk;
    desk.name_policy(Some(&policy(&provider)));
    closed_for_sending(&desk, 50, "policy_missing");
    desk.name_policy(None);
    attest(&desk, None).ok();
    closed_for_sending(&desk, 50, "policy_missing");

    // Reading goes on under the last policy that held: new mail too. What was queued is held.
    let raw = letter("Later", "Later.\r\n", "c2@hospital.example").plain();
    provider.deliver(PRIYA, MEI, &raw).unwrap();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.show("inbox", "Later")["text"], "Later.\n");
    let row = desk.outbox().remove(0);
    assert_eq!((&row["state"], &row["reason"]), (&"held".into(), &"policy_missing".into()));
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);

    // Once the policy is there again it goes by itself.
    desk.session.install_policy(&policy(&provider)).unwrap();
    desk.run(&["sync"]).ok();
    inbox(&provider, PRIYA, 1);
    desk.send(PRIYA, "Scheduling", "One anise.\n", &[]).ok();
    inbox(&provider, PRIYA, 2);
    provider_never_saw(&provider, "anise");
}

fn attest(desk: &Desk, expires: Option<&str>) -> crate::desk::Answer {
    let fixed = ["provider", "attest", "--provider", "Own Mail", "--imap-host", "localhost"];
    let more = ["--smtp-host", "localhost", "--signed", "2026-01-15"];
    let end: &[&str] = &expires.map(|day| vec!["--expires", day]).unwrap_or_default();
    desk.run(&[&fixed, &more[..], end].concat())
}

#[test]
fn without_a_policy_nothing_is_sent_until_the_owner_recorded_the_agreement() {
    let provider = Provider::start().unwrap();
    let Some(desk) = Desk::new() else { return };
    // With no policy only the system's authorities count, so the provider's has to be one of them.
    desk.session.trust_as_the_system(provider.authority().pem()).unwrap();
    desk.create().ok();
    assert_eq!(desk.add_account(MEI, &provider).ok()["covered"], false);
    desk.run(&["key", "generate"]).ok();
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    assert_eq!(desk.run(&["profile", "status"]).ok()["nextStep"], "provider");
    desk.send(PRIYA, "Scheduling", "One dill.\n", &[]).fails(53, "provider_not_attested");
    attest(&desk, Some("2026-02-15")).ok();
    desk.send(PRIYA, "Scheduling", "One dill.\n", &[]).fails(55, "baa_expired");
    attest(&desk, Some("not a day")).fails(110, "invalid_request");
    assert!(desk.outbox().is_empty());
    attest(&desk, None).ok();
    assert_eq!(desk.run(&["profile", "status"]).ok()["nextStep"], Value::Null);
    assert_eq!(desk.send(PRIYA, "Scheduling", "One dill.\n", &[]).ok()["state"], "sent");
    assert!(priya.open(&inbox(&provider, PRIYA, 1).remove(0).raw).is_ok());
    // The strict defaults hold.
    desk.send(PRIYA, "About SSN 536-22-8145", "One dill.\n", &[]).fails(98, "reason_needed");
    desk.send(DANA, "Scheduling", "One dill.\n", &[]).fails(92, "recipient_key_missing");
    provider_never_saw(&provider, "dill");
}

#[test]
fn nothing_goes_through_a_provider_that_no_agreement_covers() {
    let provider = Provider::start().unwrap();
    let Some((desk, _priya)) = correspondents(&provider) else { return };
    let good = policy(&provider);
    desk.run(&["sync"]).ok();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut policy = good.clone();
        change(&mut policy["providers"][0]);
        desk.session.install_policy(&policy).unwrap();
    };
    let stopped = |code: i32, slug: &str| {
        desk.send(PRIYA, "Scheduling", "One fennel.\n", &[]).fails(code, slug);
        desk.run(&["sync"]).fails(code, slug);
        desk.run(&["list"]).ok();
    };
    changed(&|entry| entry["imap"]["host"] = "imap.elsewhere.example".into());
    stopped(54, "provider_not_covered");
    changed(&|entry| entry["services"] = json!(["imap"]));
    stopped(54, "provider_not_covered");
    changed(&|entry| entry["expires"] = "2026-02-15".into());
    stopped(55, "baa_expired");
    assert_eq!(desk.run(&["account", "list"]).ok()[0]["covered"], false);
    // A message that was queued while the agreement held does not go out after its end.
    desk.session.install_policy(&good).unwrap();
    desk.send(PRIYA, "Scheduling", "One fennel.\n", &["--queue-only"]).ok();
    changed(&|entry| entry["expires"] = "2026-02-15".into());
    desk.run(&["sync"]).fails(55, "baa_expired");
    let row = desk.outbox().remove(0);
    assert_eq!((&row["state"], &row["reason"]), (&"held".into(), &"baa_expired".into()));
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    provider_never_saw(&provider, "fennel");
    desk.session.install_policy(&good).unwrap();
    desk.run(&["sync"]).ok();
    inbox(&provider, PRIYA, 1);
}

#[test]
fn a_policy_named_by_hand_only_tightens() {
    let provider = Provider::start().unwrap();
    let Some((mut desk, _priya)) = correspondents(&provider) else { return };
    let subject = "About SSN 536-22-8145";
    let good = policy(&provider);
    let named = |desk: &mut Desk, change: &dyn Fn(&mut Value)| {
        let mut policy = good.clone();
        change(&mut policy);
        desk.name_policy(Some(&policy));
    };
    named(&mut desk, &|policy| policy["phi"] = json!({ "subjectAction": "off" }));
    desk.send(PRIYA, subject, "One clove.\n", &[]).fails(98, "reason_needed");
    named(&mut desk, &|policy| policy["phi"] = json!({ "subjectAction": "block" }));
    desk.send(PRIYA, subject, "One clove.\n", &["--reason", "urgent"]).fails(99, "subject_blocked");
    named(&mut desk, &|policy| policy["providers"] = json!([]));
    desk.send(PRIYA, "Scheduling", "One clove.\n", &[]).fails(54, "provider_not_covered");
    named(&mut desk, &|policy| policy["providers"][0]["expires"] = "2026-02-15".into());
    desk.send(PRIYA, "Scheduling", "One clove.\n", &[]).fails(55, "baa_expired");
    named(&mut desk, &|policy| policy["schema"] = 99.into());
    desk.send(PRIYA, "Scheduling", "One clove.\n", &[]).fails(52, "policy_invalid");
    // It brings no provider in that the installed one doesn't have.
    let mut without = good.clone();
    without["providers"] = json!([]);
    desk.session.install_policy(&without).unwrap();
    named(&mut desk, &|_| {});
    desk.send(PRIYA, "Scheduling", "One clove.\n", &[]).fails(54, "provider_not_covered");
    assert_eq!(provider.count(PRIYA, "INBOX").unwrap(), 0);
    provider_never_saw(&provider, "clove");
}
