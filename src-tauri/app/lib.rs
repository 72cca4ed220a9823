//! The shell: one window, its commands, the frame that shows mail, and nothing else.
//!
//! It knows Tauri and WebKit, so that the engine needn't. No decision about mail, keys or policy
//! is taken here: a command passes its request to the engine's door and the answer back.

mod commands;
mod dialogs;
mod hardening;
mod mailview;
mod places;
mod window;

use std::{io::Write as _, process::ExitCode, sync::Arc};

use tauri::{Manager as _, RunEvent, WindowEvent};
use wardmail_api::session::LockReason;
use wardmail_engine::{Engine, Options};

/// Why the program did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Somebody set the variables that let another program drive the window.
    #[error(
        "Wardmail does not start while {0} is set, because another program could then read your mail. Unset it and start again."
    )]
    Automated(&'static str),
    /// There is no place in memory for the window's files.
    #[error(
        "Wardmail found no private place in memory for its window ($XDG_RUNTIME_DIR). Log in again, or ask IT."
    )]
    NoRuntimeDir(#[source] std::io::Error),
    /// The asynchronous runtime did not start.
    #[error("Wardmail could not start its workers. Close other programs and try again.")]
    Runtime(#[source] std::io::Error),
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] wardmail_engine::StartError),
    /// The window system failed.
    #[error("Wardmail could not open its window. Is there a graphical session?")]
    Window(#[from] tauri::Error),
}

/// Runs the program until its window is closed.
pub fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            // Before there is a window, standard error is the only place to say why.
            let _written = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode, StartError> {
    let _fail_points = wardmail_engine::fail_points();
    hardening::refuse_automation()?;
    hardening::keep_memory_private();
    wardmail_engine::keep_panics_quiet();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            "warn,wardmail=info,async_imap=off,imap_proto=off,lettre=off,rustls=off,zbus=off",
        )
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("wardmail")
        .build()
        .map_err(StartError::Runtime)?;
    tauri::async_runtime::set(runtime.handle().clone());
    let options = Options::from_environment(places::profile_dir());
    let engine = {
        let _entered = runtime.enter();
        Engine::start(options)?
    };
    let webview_dir = places::WebviewDir::prepare().map_err(StartError::NoRuntimeDir)?;
    let app = build(Arc::clone(&engine), webview_dir)?;
    Ok(run(app, &runtime, &engine))
}

fn build(engine: Arc<Engine>, webview_dir: places::WebviewDir) -> tauri::Result<tauri::App> {
    commands::register(tauri::Builder::default())
        .plugin(tauri_plugin_single_instance::init(|app, _args, _dir| window::focus(app)))
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(mailview::SCHEME, mailview::serve)
        .manage(engine)
        .manage(webview_dir)
        .setup(|app| {
            window::open(app.handle())?;
            window::follow_engine(app.handle());
            Ok(())
        })
        .build(context())
}

#[expect(
    clippy::exit,
    reason = "the context macro expands to a call of it when an asset is broken"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn run(app: tauri::App, runtime: &tokio::runtime::Runtime, engine: &Arc<Engine>) -> ExitCode {
    let code = app.run_return(|app, event| {
        if let RunEvent::WindowEvent { event: WindowEvent::CloseRequested { .. }, .. } = event {
            app.exit(0);
        }
    });
    runtime.block_on(engine.lock(LockReason::Quit));
    runtime.block_on(engine.stop());
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The engine behind the window.
fn engine<R: tauri::Runtime>(app: &tauri::AppHandle<R>) -> Arc<Engine> {
    Arc::clone(&app.state::<Arc<Engine>>())
}
