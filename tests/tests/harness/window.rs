//! The driven window, tried on WebKit's own small browser: a failing end-to-end test should be the program's fault.
//! That browser doesn't answer when it is asked for a picture without a window manager; the program's window does.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use wardmail_tests::{DesktopSession, Keyring, Window, skip};

const PAGE: &str = "data:text/html,<meta charset=utf-8><title>page</title>\
    <input data-testid=field><button data-testid=later disabled onclick='done.textContent=field.value'>Go</button>\
    <p data-testid=done></p><p data-testid=hidden hidden>not shown</p>\
    <script>const [field, later, done] = ['field','later','done'].map(n => document.querySelector(`[data-testid=${n}]`));\
    field.oninput = () => setTimeout(() => later.disabled = false, 200)</script>";

/// The browser as a program that needs no arguments.
fn browser(session: &DesktopSession) -> Option<PathBuf> {
    let listed = Command::new("dpkg").args(["-L", "libwebkit2gtk-4.1-0"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let browser = listed.lines().find(|line| line.ends_with("/MiniBrowser"))?;
    let script = format!("#!/bin/sh\nexec {browser} --automation \"$@\"\n");
    let path = session.write_readonly("browser", script.as_bytes()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    Some(path)
}

#[tokio::test]
async fn waits_types_clicks_and_reads() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let Some(browser) = browser(&session) else {
        return skip("this system's WebKitGTK comes without its MiniBrowser");
    };
    let window = Window::open(&session, &browser, &[]).await.unwrap();
    window.driver().goto(PAGE).await.unwrap();
    window.type_into("field", "old").await.unwrap();
    window.replace("field", "n\u{e4}chste 7").await.unwrap();
    // It is enabled only after a while: the click has to wait for that.
    window.click("later").await.unwrap();
    window.says("done", "n\u{e4}chste 7").await.unwrap();
    assert_eq!(window.text("done").await.unwrap(), "n\u{e4}chste 7");
    window.has("field", "data-testid", "field").await.unwrap();
    window.gone("hidden").await.unwrap();
    assert!(window.find_within("hidden", std::time::Duration::from_millis(100)).await.is_err());
    assert!(!window.pids().unwrap().is_empty());
    window.close().await.unwrap();
}
