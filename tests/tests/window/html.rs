//! HTML from a stranger: its text is shown, nothing of it runs or loads, its file is saved where the user says, and of
//! another it is said that it did not arrive whole.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use thirtyfour::prelude::*;
use wardmail_tests::clinic::{COLLEAGUE, OWNER};
use wardmail_tests::{Clinician, Window, until};

use crate::practice::{LONG, Practice};

const TITLE: &str = "Wardmail";

/// Everything by which HTML reaches out, aimed at a port on this machine that somebody listens on.
fn hostile(port: u16) -> Vec<u8> {
    let at = format!("http://127.0.0.1:{port}");
    format!(
        "From: Newsletter <news@hospital.example>\r\nTo: Mei Chen <{OWNER}>\r\nSubject: Open house\r\n\
Date: Sat, 21 Nov 2026 09:30:00 -0500\r\nMessage-ID: <hostile@hospital.example>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<html><head><title>taken over</title><meta http-equiv=refresh content='0;url={at}/refresh'>\
<base href='{at}/'><link rel=stylesheet href='{at}/style.css'><link rel=dns-prefetch href='{at}'>\
<link rel=preconnect href='{at}'><style>@import url({at}/import.css); body {{ background: url({at}/back.png) }}</style>\
<script>parent.document.title = 'taken over'; fetch('{at}/fetch')</script></head>\
<body onload=\"top.document.title='taken over'\" background='{at}/body.png'>\
<p>The open house is on Friday.</p><img src='{at}/pixel.png' onerror=\"new Image().src='{at}/error'\">\
<img srcset='{at}/set.png 2x'><picture><source srcset='{at}/source.png'></picture>\
<div style=\"background-image: url('{at}/div.png')\">Bring your family.</div>\
<iframe src='{at}/frame'></iframe><object data='{at}/object'></object><embed src='{at}/embed'>\
<video poster='{at}/poster.png' src='{at}/video'></video><audio autoplay src='{at}/audio'></audio>\
<form action='{at}/form'><input name=password><button>Log in</button></form>\
<svg><image href='{at}/svg.png'/><script>fetch('{at}/svg')</script></svg>\
<a href='{at}/phish'>https://bank.example/login</a><a href='javascript:fetch(1)'>More</a></body></html>\r\n\
--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"../../../etc/programme.bin\"\r\n\
Content-Transfer-Encoding: base64\r\n\r\nAAEC/wpQcm9ncmFtbWUK\r\n\
--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=cut.pdf\r\n\
Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc\r\n--b--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn nothing_of_a_hostile_message_runs_or_loads() {
    let Some(practice) = Practice::open(|_| ()) else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let raw = hostile(listener.local_addr().unwrap().port());
    practice.provider.deliver(COLLEAGUE, OWNER, &raw).unwrap();
    let window = practice.window().await;
    practice.set_up(&window).await;
    let clinician = Clinician::at(&window);
    clinician.go_to("folder-inbox").await.unwrap();
    clinician.open_message("Open house").await.unwrap();

    shows_its_text(&window).await;
    assert_eq!(window.driver().title().await.unwrap(), TITLE);
    warns(&window).await;
    saves_its_file(&practice, &window).await;
    // What would have connected by now has had the time of everything above.
    let called = listener.accept().map(|(_, from)| from);
    assert!(called.is_err(), "something of the message has called {called:?}");
    // The listener is heard at all.
    std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    until("the test's own call", LONG, || Ok(listener.accept().ok())).unwrap();
    window.close().await.unwrap();
}

async fn shows_its_text(window: &Window) {
    let read = async || {
        let text = window.frame_text("reader-frame").await.unwrap_or_default();
        Ok(text.contains("The open house is on Friday.") && text.contains("Bring your family."))
    };
    window.wait_until("the message's text", LONG, read).await.unwrap();
    window.find("reader-frame").await.unwrap().enter_frame().await.unwrap();
    for active in [
        "script",
        "form",
        "input",
        "iframe",
        "object",
        "embed",
        "video",
        "meta[http-equiv=refresh]",
        "base",
    ] {
        let found = window.driver().find_all(By::Css(active)).await.unwrap();
        assert!(found.is_empty(), "{active} is in the frame");
    }
    window.driver().enter_default_frame().await.unwrap();
    assert_eq!(window.attribute("reader-frame", "sandbox").await.unwrap().as_deref(), Some(""));
}

async fn warns(window: &Window) {
    for (warning, words) in [
        ("remoteContentBlocked", "were not loaded"),
        ("misleadingLink", "A link leads to a different site than it says."),
    ] {
        let css = format!("[data-testid=reader-warning][data-warning={warning}]");
        let said = window.find_css(&css).await.unwrap().text().await.unwrap();
        assert!(said.contains(words), "{said}");
    }
    window.has("reader-security", "data-tone", "neutral").await.unwrap();
}

async fn saves_its_file(practice: &Practice, window: &Window) {
    let dir = practice.session.make_dir("saved").unwrap();
    practice.answer_dialogs(&dir);
    window.has("reader-attachment", "data-name", "programme.bin").await.unwrap();
    let damaged = window.all("attachment-damaged").await.unwrap();
    assert_eq!(damaged.len(), 1, "the second alone");
    window.says("attachment-damaged", "This file arrived damaged or incomplete.").await.unwrap();
    let second = window.find_css(".file.damaged[data-name=\"cut.pdf\"]").await.unwrap();
    assert!(second.text().await.unwrap().contains("Ask the sender to send it again."));
    window.click("attachment-save").await.unwrap();
    let file = dir.join("programme.bin");
    let saved = until("the saved file", LONG, || Ok(std::fs::read(&file).ok())).unwrap();
    window.has("toast", "data-kind", "done").await.unwrap();
    assert_eq!(saved, b"\x00\x01\x02\xff\nProgramme\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}
