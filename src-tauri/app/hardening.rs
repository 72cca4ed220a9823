//! Keeps other programs out of this one's window.

use crate::StartError;

/// Variables by which WebKit or its driver takes over a window.
const AUTOMATION: &[&str] = &[
    "TAURI_WEBVIEW_AUTOMATION",
    "TAURI_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
];

/// Refuses to start when the window could be driven from outside, except in builds made for tests.
pub(crate) fn refuse_automation() -> Result<(), StartError> {
    if cfg!(feature = "automation") {
        return Ok(());
    }
    match AUTOMATION.iter().find(|name| std::env::var_os(name).is_some()) {
        Some(name) => Err(StartError::Automated(name)),
        None => Ok(()),
    }
}
