//! The window's contents: starts the program in the page.
//!
//! Everything here draws, listens and asks; what it decides is in `wardmail_logic`, what is true
//! is in the engine behind `backend`. It keeps nothing: no storage, no cache, no cookie. All that
//! holds mail lives in signals that belong to the unlocked screen and go with it.

#![cfg_attr(
    target_family = "wasm",
    expect(unreachable_pub, reason = "#[component] declares its builders with `pub`"),
    expect(
        clippy::needless_pass_by_value,
        reason = "a component owns what it is given, whether it gives it on or not"
    ),
    allow(
        clippy::large_types_passed_by_value,
        reason = "handles of signals, which closures must own; whether they are large depends on the profile"
    )
)]

#[cfg(target_family = "wasm")]
mod again;
#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
mod audit;
#[cfg(target_family = "wasm")]
mod backend;
#[cfg(target_family = "wasm")]
mod compose;
#[cfg(target_family = "wasm")]
mod controls;
#[cfg(target_family = "wasm")]
mod dialog;
#[cfg(target_family = "wasm")]
mod drafts;
#[cfg(target_family = "wasm")]
mod failure;
#[cfg(target_family = "wasm")]
mod icons;
#[cfg(target_family = "wasm")]
mod incident;
#[cfg(target_family = "wasm")]
mod keyboard;
#[cfg(target_family = "wasm")]
mod list;
#[cfg(target_family = "wasm")]
mod locking;
#[cfg(target_family = "wasm")]
mod mailbox;
#[cfg(target_family = "wasm")]
mod notices;
#[cfg(target_family = "wasm")]
mod outbox;
#[cfg(target_family = "wasm")]
mod page;
#[cfg(target_family = "wasm")]
mod passphrase;
#[cfg(target_family = "wasm")]
mod people;
#[cfg(target_family = "wasm")]
mod reader;
#[cfg(target_family = "wasm")]
mod scope;
#[cfg(target_family = "wasm")]
mod settings;
#[cfg(target_family = "wasm")]
mod setup;
#[cfg(target_family = "wasm")]
mod time;
#[cfg(target_family = "wasm")]
mod toasts;
#[cfg(target_family = "wasm")]
mod touch;
#[cfg(target_family = "wasm")]
mod unlock;
#[cfg(target_family = "wasm")]
mod words;

#[cfg(target_family = "wasm")]
fn main() {
    failure::watch();
    leptos::mount::mount_to_body(app::Root);
}

/// There is no page to fill outside of a web view.
#[cfg(not(target_family = "wasm"))]
fn main() {}
