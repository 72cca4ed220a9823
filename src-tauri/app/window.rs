//! The one window: opened, focused, and emptied at lock by ending its web process.

use tauri::{AppHandle, Emitter as _, Manager as _, Runtime, WebviewWindow, WebviewWindowBuilder};
use wardmail_api::{AppEvent, event, session::LockReason};

use crate::{engine, places::WebviewDir};

const MAIN: &str = "main";

/// Opens the window, with WebKit's files in memory and no way to leave the program's own page.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .ok_or(tauri::Error::WindowNotFound)?;
    let window = WebviewWindowBuilder::from_config(app, config)?
        .data_directory(app.state::<WebviewDir>().path().to_owned())
        .on_navigation(|url| url.scheme() == "tauri" || url.scheme() == crate::mailview::SCHEME)
        .build()?;
    watch_web_process(&window)
}

/// Brings the window to the front, when the program is started a second time.
pub(crate) fn focus<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _shown = window.unminimize().and_then(|()| window.set_focus());
    }
}

/// Passes the engine's events on, and ends the web process when the mailbox was locked.
pub(crate) fn follow_engine<R: Runtime>(app: &AppHandle<R>) {
    let mut events = engine(app).subscribe();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            match events.recv().await {
                Ok(AppEvent::Locked { reason }) => after_lock(&app, reason),
                Ok(event) => {
                    if app.emit_to(MAIN, event::EVENT, event).is_err() {
                        tracing::warn!("an event did not reach the window");
                    }
                }
                // The window asks for what it shows; a missed event only delays it.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
    });
}

fn after_lock<R: Runtime>(app: &AppHandle<R>, reason: LockReason) {
    match reason {
        LockReason::Quit => return,
        // Its process has ended already; who saw that brings the page back.
        LockReason::WindowLost => {}
        LockReason::Asked | LockReason::Idle => renew_page(app),
    }
    app.state::<WebviewDir>().empty();
}

/// Ends the process that held decrypted mail, if there still is one; the page comes up in a new one.
fn renew_page<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let ended = window.with_webview(move |webview| {
        #[cfg(target_os = "linux")]
        {
            use webkit2gtk::WebViewExt as _;
            let view = webview.inner();
            view.terminate_web_process();
            view.reload();
        }
    });
    if ended.is_err() {
        tracing::error!("the window's web process could not be ended");
    }
}

/// Locks the mailbox when the web process dies by itself: what it showed can't be trusted any more.
fn watch_web_process<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| {
        #[cfg(target_os = "linux")]
        {
            use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};
            webview.inner().connect_web_process_terminated(move |_, reason| {
                if reason != WebProcessTerminationReason::TerminatedByApi {
                    let app = app.clone();
                    tauri::async_runtime::spawn(async move {
                        engine(&app).lock(LockReason::WindowLost).await;
                        // Only now: a page that came earlier would be shown an open mailbox.
                        renew_page(&app);
                    });
                }
            });
        }
    })
}
