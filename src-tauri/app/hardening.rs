//! Keeps other programs out of this one's memory and window.

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

/// No core dumps, no reading of this process's memory by other programs of the same user.
///
/// Failing is not fatal: the mailbox is as safe on disk as before, and the log says so.
pub(crate) fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{
            DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit,
        };

        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if setrlimit(Resource::Core, none).is_err()
            || set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
        {
            tracing::warn!("core dumps could not be switched off");
        }
    }
}
