//! Asks the user for a file, through the desktop's own dialog.

use std::path::PathBuf;

use tauri::{AppHandle, Runtime};

/// Asks where to save a file of this name.
pub(crate) async fn save_as<R: Runtime>(app: &AppHandle<R>, name: &str) -> Option<PathBuf> {
    #[cfg(feature = "automation")]
    if let Some(answer) = answers::next() {
        return answer.into_iter().next().map(|dir| dir.join(name));
    }
    native::save_as(app, name).await
}

/// Asks which files to attach.
pub(crate) async fn pick<R: Runtime>(app: &AppHandle<R>) -> Vec<PathBuf> {
    #[cfg(feature = "automation")]
    if let Some(answer) = answers::next() {
        return answer;
    }
    native::pick(app).await
}

/// Asks for one file.
pub(crate) async fn pick_one<R: Runtime>(app: &AppHandle<R>) -> Option<PathBuf> {
    #[cfg(feature = "automation")]
    if let Some(answer) = answers::next() {
        return answer.into_iter().next();
    }
    native::pick_one(app).await
}

/// A name for a file that is made today, which doesn't meet those of other days.
pub(crate) fn dated(name: &str, ending: &str) -> String {
    format!("{name}-{}.{ending}", wardmail_engine::today())
}

/// Tells something in a window of its own, and goes on when it was read.
pub(crate) fn tell<R: Runtime>(
    app: &AppHandle<R>,
    text: &str,
    then: impl FnOnce() + Send + 'static,
) {
    use tauri_plugin_dialog::{DialogExt as _, MessageDialogKind};
    app.dialog()
        .message(text)
        .title("Wardmail")
        .kind(MessageDialogKind::Warning)
        .show(move |_| then());
}

mod native {
    use std::path::PathBuf;

    use tauri::{AppHandle, Runtime};
    use tauri_plugin_dialog::DialogExt as _;
    use tokio::sync::oneshot;

    pub(super) async fn save_as<R: Runtime>(app: &AppHandle<R>, name: &str) -> Option<PathBuf> {
        let (answer, asked) = oneshot::channel();
        app.dialog().file().set_file_name(name).save_file(move |path| {
            let _gone = answer.send(path);
        });
        asked.await.ok().flatten().and_then(|path| path.into_path().ok())
    }

    pub(super) async fn pick_one<R: Runtime>(app: &AppHandle<R>) -> Option<PathBuf> {
        let (answer, asked) = oneshot::channel();
        app.dialog().file().pick_file(move |path| {
            let _gone = answer.send(path);
        });
        asked.await.ok().flatten().and_then(|path| path.into_path().ok())
    }

    pub(super) async fn pick<R: Runtime>(app: &AppHandle<R>) -> Vec<PathBuf> {
        let (answer, asked) = oneshot::channel();
        app.dialog().file().pick_files(move |paths| {
            let _gone = answer.send(paths);
        });
        let picked = asked.await.ok().flatten().unwrap_or_default();
        picked.into_iter().filter_map(|path| path.into_path().ok()).collect()
    }
}

/// Stands in for the desktop's dialog in test builds: WebDriver can't reach native windows.
#[cfg(feature = "automation")]
mod answers {
    use std::{fs, path::PathBuf};

    /// The answer a test laid ready: one path a line (for saving: a directory).
    pub(super) fn next() -> Option<Vec<PathBuf>> {
        let file = PathBuf::from(std::env::var_os("WARDMAIL_DIALOG_ANSWER")?);
        let text = fs::read_to_string(&file).ok()?;
        Some(text.lines().filter(|line| !line.is_empty()).map(PathBuf::from).collect())
    }
}
