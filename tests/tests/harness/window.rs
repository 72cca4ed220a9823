//! The driven window, tried on WebKit's own small browser: a failing end-to-end test should be the program's fault.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use wardmail_tests::{DesktopSession, Keyring, Window, results_dir, skip};

const PAGE: &str = "data:text/html,<meta charset=utf-8><title>page</title>\
    <input data-testid=field><button data-testid=later disabled onclick='done.textContent=field.value'>Go</button>\
    <p data-testid=done></p><p data-testid=hidden hidden>not shown</p>\
    <script>const [field, later, done] = ['field','later','done'].map(n => document.querySelector(`[data-testid=${n}]`));\
    field.oninput = () => setTimeout(() => later.disabled = false, 200)</script>";

/// The browser as a program that needs no arguments.
fn browser(session: &DesktopSession) -> Option<PathBuf> {
    browser_after(session, "")
}

/// As [`browser`], after something that a shell does first.
fn browser_after(session: &DesktopSession, first: &str) -> Option<PathBuf> {
    let listed = Command::new("dpkg").args(["-L", "libwebkit2gtk-4.1-0"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let browser = listed.lines().find(|line| line.ends_with("/MiniBrowser"))?;
    let script = format!("#!/bin/sh\n{first}\nexec {browser} --automation \"$@\"\n");
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
    let picture = session.home().join("picture.png");
    window.screenshot(&picture).await.unwrap();
    assert!(fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    window.close().await.unwrap();
}

#[tokio::test]
async fn leaves_a_picture_when_a_test_gives_up() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let Some(browser) = browser(&session) else {
        return skip("this system's WebKitGTK comes without its MiniBrowser");
    };
    let window = Window::open(&session, &browser, &[]).await.unwrap();
    window.driver().goto(PAGE).await.unwrap();
    drop(window);
    let kept = results_dir().join("window-leaves_a_picture_when_a_test_gives_up");
    assert!(fs::read(kept.join("window.png")).unwrap().starts_with(b"\x89PNG"));
    assert!(kept.join("window.log").exists());
    fs::remove_dir_all(kept).unwrap();
}

/// Takes the port that the driver has chosen for the program, the first time.
const TAKE: &str = r#"
mkdir "$HOME/first" && mkfifo "$HOME/taken" && {
    python3 -c '
import os, socket
host, port = os.environ["WEBKIT_INSPECTOR_SERVER"].split(":")
server = socket.create_server((host, int(port)))
open(os.environ["HOME"] + "/taken", "w").close()
while True:
    server.accept()[0].close()
' &
    read -r _ < "$HOME/taken"
}
"#;

#[tokio::test]
async fn a_program_that_finds_its_port_taken_is_started_once_more() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let Some(browser) = browser_after(&session, TAKE) else {
        return skip("this system's WebKitGTK comes without its MiniBrowser");
    };
    let window = Window::open(&session, &browser, &[]).await.unwrap();
    assert!(session.home().join("taken").exists());
    window.driver().goto(PAGE).await.unwrap();
    window.find("field").await.unwrap();
    window.close().await.unwrap();
}
