//! What is kept of a window whose test failed: its picture and the logs.
//!
//! It is asked for while a test unwinds, where nothing can be awaited: so this speaks HTTP to the driver itself.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::results_dir;
use crate::report::note;

/// Saves what can be saved, under the name of the test.
pub(super) fn keep(window: Option<(u16, String)>, logs: &Path) {
    let test = std::thread::current().name().unwrap_or("window").replace("::", "-");
    let dir = results_dir().join(test);
    if let Err(error) = fs::create_dir_all(&dir) {
        note(&format!("{} can't be made: {error}", dir.display()));
        return;
    }
    if let Some((port, session)) = window {
        match picture(port, &session).and_then(|png| Ok(fs::write(dir.join("window.png"), png)?)) {
            Ok(()) => note(&format!("what the window showed is in {}", dir.display())),
            Err(error) => note(&format!("there is no picture of the window: {error:#}")),
        }
    }
    for entry in fs::read_dir(logs).into_iter().flatten().flatten() {
        if let Err(error) = fs::copy(entry.path(), dir.join(entry.file_name())) {
            note(&format!("a log can't be kept: {error}"));
        }
    }
}

fn picture(port: u16, session: &str) -> Result<Vec<u8>> {
    let mut driver = TcpStream::connect(("127.0.0.1", port))?;
    driver.set_read_timeout(Some(Duration::from_secs(10)))?;
    let path = format!("/session/{session}/screenshot");
    write!(driver, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    driver.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("the driver doesn't speak HTTP")?;
    let body: serde_json::Value = serde_json::from_str(body.trim())?;
    let picture = body
        .get("value")
        .and_then(serde_json::Value::as_str)
        .context("the driver gave no picture")?;
    Ok(BASE64_STANDARD.decode(picture)?)
}
