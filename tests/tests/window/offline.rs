//! The provider is down: everything but the wire works, and what waits goes out by itself when it is back.

use thirtyfour::prelude::*;
use wardmail_tests::clinic::COLLEAGUE;
use wardmail_tests::clinician::Message;
use wardmail_tests::{Clinician, Window};

use crate::practice::{LONG, Practice, at_once};

const KEPT: &str = "The creatinine is stable at 0.9, so the dose may stay.";
const WRITTEN: &str = "Written on a ship, without any connection.";

#[tokio::test]
async fn works_without_the_provider_and_sends_when_it_is_back() {
    let Some(mut practice) = Practice::open(at_once) else { return };
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    practice.colleague_writes("kept@hospital.example", "Laboratory", KEPT);
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.row("Laboratory").await.unwrap();
    window.has("status-connection", "data-online", "true").await.unwrap();

    practice.provider.stop_imap();
    practice.provider.stop_submission();
    is_offline(&window).await;
    clinician.open_message("Laboratory").await.unwrap();
    window.says("reader-text", KEPT).await.unwrap();
    clinician.search("creatinine").await.unwrap();
    clinician.row("Laboratory").await.unwrap();
    window.click("search-clear").await.unwrap();
    let message = Message { to: &[COLLEAGUE], subject: "From afar", body: WRITTEN };
    clinician.write(message).await.unwrap();
    clinician.plan_is(COLLEAGUE, "sealed").await.unwrap();
    clinician.send().await.unwrap();
    clinician.outbox_is("queued").await.unwrap();
    window.says("outbox-row", "provider").await.unwrap();

    practice.provider.start_imap().unwrap();
    practice.provider.start_submission().unwrap();
    // Nobody touches the window from here on.
    let (stored, opened) = practice.colleague_gets(WRITTEN);
    assert!(opened.signer.is_some() && !stored.text().contains("From afar"));
    is_sent_by_itself(&window).await;
    window.has("status-connection", "data-online", "true").await.unwrap();
    window.close().await.unwrap();
}

async fn is_offline(window: &Window) {
    let offline = async || {
        let online = window.attribute("status-connection", "data-online").await?;
        Ok(online.as_deref() == Some("false"))
    };
    window.wait_until("the window to say that it is offline", LONG, offline).await.unwrap();
}

async fn is_sent_by_itself(window: &Window) {
    let sent = async || {
        let css = "[data-testid=outbox-row][data-state=sent]";
        Ok(window.driver().find(By::Css(css)).await.is_ok())
    };
    window.wait_until("the outbox to say that it was sent", LONG, sent).await.unwrap();
}
