//! The shell: one window, its commands, the frame that shows mail, and nothing else.
//!
//! It knows Tauri and WebKit, so that the engine needn't. No decision about mail, keys or policy
//! is taken here: a command passes its request to the engine's door and the answer back.

mod clipboard;
mod commands;
mod dialogs;
mod hardening;
mod mailview;
mod places;
mod renewal;
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
    /// The program could not be started again after the mailbox was locked; it is locked all the same.
    #[error(
        "Your mailbox is locked. Wardmail could not start again by itself; start it from the menu."
    )]
    Anew(#[source] std::io::Error),
    /// The engine did not start.
    #[error(transparent)]
    Engine(#[from] wardmail_engine::StartError),
    /// The window system failed.
    #[error("Wardmail could not open its window. Is there a graphical session?")]
    Window(#[from] tauri::Error),
}

/// Runs the program until its window is closed. `private` says whether its memory is closed to other programs.
pub fn main(private: bool) -> ExitCode {
    match start(private) {
        Ok(code) => code,
        Err(error) => {
            say(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(private: bool) -> Result<ExitCode, StartError> {
    let _fail_points = wardmail_engine::fail_points();
    hardening::refuse_automation()?;
    wardmail_engine::keep_panics_quiet();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            "warn,wardmail=info,async_imap=off,imap_proto=off,lettre=off,rustls=off,zbus=off",
        )
        .init();
    if !private {
        // The mailbox is as safe on disk as before.
        tracing::warn!("other programs of this user may read this one's memory");
    }
    let program = std::env::current_exe().map_err(StartError::Anew)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("wardmail")
        .build()
        .map_err(StartError::Runtime)?;
    tauri::async_runtime::set(runtime.handle().clone());
    let profile = places::profile_dir();
    // A program that has the profile already is brought to the front here, and this one ends.
    let app = build(&places::instance_name(&profile))?;
    let before = renewal::told();
    let options = Options {
        locked_before: before.map(|before| before.last),
        ..Options::from_environment(profile)
    };
    let started = {
        let _entered = runtime.enter();
        Engine::start(options)
    };
    let engine = match started {
        Ok(engine) => engine,
        Err(error) => return Ok(refuse(app, error)),
    };
    app.manage(Arc::clone(&engine));
    app.manage(places::WebviewDir::prepare().map_err(StartError::NoRuntimeDir)?);
    let next = renewal::NextStart::default();
    app.manage(next.clone());
    let code = run(app, before);
    runtime.block_on(engine.lock(LockReason::Quit));
    runtime.block_on(engine.stop());
    drop(engine);
    match next.take() {
        Some(after) => Err(StartError::Anew(renewal::execute(&program, after))),
        None => Ok(code),
    }
}

fn build(instance: &str) -> tauri::Result<tauri::App> {
    let one_per_profile = tauri_plugin_single_instance::Builder::new()
        .callback(|app, _arguments, _dir| window::focus(app))
        .dbus_id(instance)
        .build();
    commands::register(tauri::Builder::default())
        .plugin(one_per_profile)
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(mailview::SCHEME, mailview::serve)
        .manage(window::CloseAsked::default())
        .build(context())
}

#[expect(
    clippy::exit,
    reason = "the context macro expands to a call of it when an asset is broken"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Shows the window until it is closed, or given up at lock.
fn run(app: tauri::App, before: Option<renewal::AfterLock>) -> ExitCode {
    let code = app.run_return(move |app, event| {
        if let RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } = event
        {
            api.prevent_close();
            window::close(app);
        } else if matches!(event, RunEvent::ExitRequested { .. }) {
            // Locking ends the window too.
            clipboard::clear();
        } else if matches!(event, RunEvent::Ready) {
            match window::open(app, before) {
                Ok(()) => {
                    clipboard::watch(app);
                    window::follow_engine(app);
                }
                Err(error) => {
                    say(&StartError::Window(error));
                    app.exit(1);
                }
            }
        }
    });
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Says in a window of its own why the program does not start: nobody sees the standard error of a program that was
/// started from a menu.
fn refuse(app: tauri::App, error: wardmail_engine::StartError) -> ExitCode {
    let error = StartError::Engine(error);
    say(&error);
    let text = error.to_string();
    app.run_return(move |app, event| {
        if matches!(event, RunEvent::Ready) {
            let ending = app.clone();
            dialogs::tell(app, &text, move || ending.exit(1));
        }
    });
    ExitCode::FAILURE
}

fn say(error: &StartError) {
    let _written = writeln!(std::io::stderr(), "{error}");
}

/// The engine behind the window.
fn engine<R: tauri::Runtime>(app: &tauri::AppHandle<R>) -> Arc<Engine> {
    Arc::clone(&app.state::<Arc<Engine>>())
}
