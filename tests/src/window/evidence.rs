//! What is kept of a window whose test failed: its picture and the logs.

use std::fs;
use std::path::Path;

use super::results_dir;
use crate::report::note;
use crate::session::picture;

/// Saves what can be saved, under the name of the test.
pub(super) fn keep(display: &str, logs: &Path) {
    let test = std::thread::current().name().unwrap_or("window").replace("::", "-");
    let dir = results_dir().join(test);
    if let Err(error) = fs::create_dir_all(&dir) {
        note(&format!("{} can't be made: {error}", dir.display()));
        return;
    }
    match picture(display, &dir.join("window.png")) {
        Ok(()) => note(&format!("what the window showed is in {}", dir.display())),
        Err(error) => note(&format!("there is no picture of the window: {error:#}")),
    }
    for entry in fs::read_dir(logs).into_iter().flatten().flatten() {
        if let Err(error) = fs::copy(entry.path(), dir.join(entry.file_name())) {
            note(&format!("a log can't be kept: {error}"));
        }
    }
}
