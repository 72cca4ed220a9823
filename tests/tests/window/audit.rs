//! The audit log and the incident kit as the owner uses them: filtered, checked, taken out, and a report on paper.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::Key;
use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::Message;
use wardmail_tests::{Clinician, results_dir};

use crate::practice::{Practice, at_once};

/// What the rows tell of, asked in one go: they are drawn anew meanwhile.
const KINDS: &str =
    "return [...document.querySelectorAll('[data-testid=audit-row]')].map(row => row.dataset.kind)";

#[tokio::test]
async fn the_log_is_filtered_checked_and_taken_out_and_an_incident_described() {
    let office = |policy: &mut Value| {
        at_once(policy);
        policy["audit"] = json!({ "anchorMail": "frontdesk@clinic.example" });
    };
    let Some(practice) = Practice::open(office) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    let message = Message { to: &[COLLEAGUE], subject: "Scheduling", body: "The word is juniper." };
    clinician.write(message).await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
    practice.is_sent(&window).await;

    clinician.go_to("place-audit").await.unwrap();
    window.has("audit-intact", "data-intact", "true").await.unwrap();
    // The compliance office has no certificate here: that is said, and why.
    window.says("audit-outside", "waits to be mailed to frontdesk@clinic.example").await.unwrap();
    window.says("audit-outside", "There is no key for this person").await.unwrap();
    let all = window.all("audit-row").await.unwrap().len();
    // The order of the choices is that of the words: 3 is "Sending".
    window.choose("audit-about", "3").await.unwrap();
    let only_sending = async || {
        let kinds: Vec<String> = window.driver().execute(KINDS, Vec::new()).await?.convert()?;
        Ok(!kinds.is_empty() && kinds.iter().all(|kind| kind.starts_with("send")))
    };
    window
        .wait_until("only sending to be listed", crate::practice::LONG, only_sending)
        .await
        .unwrap();
    assert!(window.all("audit-row").await.unwrap().len() < all);
    window.type_into("audit-text", "no entry says this").await.unwrap();
    window.find("audit-empty").await.unwrap();
    // By the keyboard alone.
    window.find("audit-verify").await.unwrap().send_keys(Key::Enter + "").await.unwrap();
    window.has("audit-verdict", "data-intact", "true").await.unwrap();
    window.screenshot(&results_dir().join("audit-log.png")).await.unwrap();

    let files = practice.session.make_dir("taken-out").unwrap();
    practice.answer_dialogs(&files);
    window.click("audit-export").await.unwrap();
    let log = files.join("wardmail-audit.jsonl");
    let exported = async || Ok(log.exists());
    window.wait_until("the log to be exported", crate::practice::LONG, exported).await.unwrap();

    window.click("incident-wrong").await.unwrap();
    let option = || thirtyfour::By::Css("[data-testid=incident-message] option:nth-child(2)");
    let offered = async || Ok(window.driver().find(option()).await.is_ok());
    window.wait_until("messages to choose from", crate::practice::LONG, offered).await.unwrap();
    let first = window.driver().find(option()).await.unwrap();
    let value = first.attr("value").await.unwrap().unwrap();
    window.choose("incident-message", &value).await.unwrap();
    window.type_into("incident-recipient", COLLEAGUE).await.unwrap();
    // Between the server's yes to the copy in Sent and its coming back nothing here has the text.
    let described = async || {
        window.click("incident-describe").await?;
        Ok(window.find_within("incident-facts", Duration::from_secs(3)).await.is_ok())
    };
    window.wait_until("the facts", crate::practice::LONG, described).await.unwrap();
    window.says("incident-facts", "the wrong person").await.unwrap();
    window.says("incident-facts", "It does not decide").await.unwrap();
    window.screenshot(&results_dir().join("incident.png")).await.unwrap();
    window.click("incident-save").await.unwrap();
    let report = files.join("incident-report.pdf");
    let saved = async || Ok(report.exists() && report.with_extension("json").exists());
    window.wait_until("the report to be saved", crate::practice::LONG, saved).await.unwrap();
    let drawn = Command::new("pdftoppm")
        .args(["-png", "-r", "80"])
        .arg(&report)
        .arg(results_dir().join("incident-report"))
        .status()
        .unwrap();
    assert!(drawn.success());

    // And the other question: where the computer is gone.
    window.click("incident-close").await.unwrap();
    window.click("incident-lost").await.unwrap();
    window.type_into("incident-last-seen", "2026-11-20 17:30").await.unwrap();
    window.type_into("incident-individuals", "500").await.unwrap();
    window.click("incident-describe").await.unwrap();
    window.says("incident-facts", "a lost computer").await.unwrap();
    window.says("incident-facts", "It does not decide").await.unwrap();
    window.screenshot(&results_dir().join("incident-lost.png")).await.unwrap();
    window.close().await.unwrap();
}
