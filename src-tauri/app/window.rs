//! The one window: opened, focused, closed, and given up at lock.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tauri::{AppHandle, Emitter as _, Manager as _, Runtime, WebviewWindow, WebviewWindowBuilder};
use wardmail_api::{AppEvent, event, session::LockReason};

use crate::{
    engine,
    places::WebviewDir,
    renewal::{AfterLock, NextStart},
};

const MAIN: &str = "main";

/// How long the page may take to save what is being written when the window is closed.
const FAREWELL: Duration = Duration::from_secs(3);

/// Whether the page was asked to close and has not answered: whoever closes the window again means it.
#[derive(Debug, Default)]
pub(crate) struct CloseAsked(AtomicBool);

/// Opens the window as it lay before a lock, with WebKit's files in memory and no way to leave the program's own page.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, before: Option<AfterLock>) -> tauri::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .ok_or(tauri::Error::WindowNotFound)?;
    let mut builder = WebviewWindowBuilder::from_config(app, config)?
        .data_directory(app.state::<WebviewDir>().path().to_owned())
        .on_navigation(|url| url.scheme() == "tauri" || url.scheme() == crate::mailview::SCHEME);
    if let Some(AfterLock { size, maximized, .. }) = before {
        if let Some((width, height)) = size {
            builder = builder.inner_size(width.into(), height.into());
        }
        builder = builder.maximized(maximized);
    }
    watch_web_process(&builder.build()?)
}

/// Brings the window to the front, when the program is started a second time.
pub(crate) fn focus<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _shown = window.unminimize().and_then(|()| window.set_focus());
    }
}

/// Closes the program. While the mailbox is open the page is asked first: it saves what is being written, and asks the
/// owner if messages wait in the undo window.
pub(crate) fn close<R: Runtime>(app: &AppHandle<R>) {
    if app.state::<CloseAsked>().0.swap(true, Ordering::SeqCst) {
        app.exit(0);
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let engine = engine(&app);
        if !engine.is_unlocked().await {
            app.exit(0);
            return;
        }
        let waiting = engine.in_undo_window().await;
        let told = app.emit_to(MAIN, event::EVENT, AppEvent::CloseAsked { waiting });
        if told.is_err() || waiting == 0 {
            // A page that does not answer keeps nobody.
            tokio::time::sleep(FAREWELL).await;
            if app.state::<CloseAsked>().0.load(Ordering::SeqCst) {
                app.exit(0);
            }
        }
    });
}

/// What the page answers when it was asked.
pub(crate) fn answer_close<R: Runtime>(app: &AppHandle<R>, close: bool) {
    app.state::<CloseAsked>().0.store(close, Ordering::SeqCst);
    if close {
        app.exit(0);
    }
}

/// Passes the engine's events on, and gives the window up when the mailbox was locked.
pub(crate) fn follow_engine<R: Runtime>(app: &AppHandle<R>) {
    let mut events = engine(app).subscribe();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        use tokio::sync::broadcast::error::RecvError;
        loop {
            match events.recv().await {
                Ok(AppEvent::Locked { reason }) => after_lock(&app, reason).await,
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

/// Nothing that was decrypted may stay in memory, in whatever library's buffers: the program starts anew.
async fn after_lock<R: Runtime>(app: &AppHandle<R>, reason: LockReason) {
    if reason == LockReason::Quit {
        return;
    }
    let last = engine(app).last_lock().await;
    let (size, maximized) = crate::renewal::shape(app);
    app.state::<NextStart>().ask(app, AfterLock { last, size, maximized });
}

/// Shows the page again after its process has died while nothing was open.
fn renew_page<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let ended = window.with_webview(move |webview| {
        #[cfg(target_os = "linux")]
        {
            use webkit2gtk::WebViewExt as _;
            webview.inner().reload();
        }
    });
    if ended.is_err() {
        tracing::error!("the window's page could not be shown again");
    }
}

/// Locks the mailbox when the web process dies by itself: what it showed can't be trusted any more.
fn watch_web_process<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    window.with_webview(move |webview| {
        #[cfg(target_os = "linux")]
        {
            use webkit2gtk::WebViewExt as _;
            webview.inner().connect_web_process_terminated(move |_, _| {
                let app = app.clone();
                tauri::async_runtime::spawn(async move {
                    let engine = engine(&app);
                    if engine.is_unlocked().await {
                        // The program starts anew after that.
                        engine.lock(LockReason::WindowLost).await;
                    } else {
                        renew_page(&app);
                    }
                });
            });
        }
    })
}
