//! What was copied out of the window: gone after the time that policy and owner give it, and at lock.
//!
//! The page's own library puts it there, in this process. Only what is still this program's is taken back: whatever
//! another program copied since then stays. What a clipboard manager has read meanwhile can't be taken back.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use gtk::{gdk, glib, prelude::ObjectExt as _};
use tauri::{AppHandle, Runtime};

use crate::engine;

/// The clipboard, and the selection that the middle button pastes.
const SELECTIONS: [gdk::Atom; 2] = [gdk::SELECTION_CLIPBOARD, gdk::SELECTION_PRIMARY];

thread_local! {
    /// Whether each of them is this program's; known on the window's thread.
    static OURS: [Cell<bool>; 2] = const { [Cell::new(false), Cell::new(false)] };
}

/// Begins to watch; to be called on the window's thread.
pub(crate) fn watch<R: Runtime>(app: &AppHandle<R>) {
    for (index, selection) in SELECTIONS.iter().enumerate() {
        // Each copy makes the one before it late.
        let copies = Arc::<AtomicU64>::default();
        let app = app.clone();
        gtk::Clipboard::get(selection).connect_local("owner-change", false, move |values| {
            let ours = values.get(1).is_none_or(is_ours);
            OURS.with(|all| all.iter().skip(index).take(1).for_each(|slot| slot.set(ours)));
            let copy = copies.fetch_add(1, Ordering::SeqCst) + 1;
            if ours {
                tauri::async_runtime::spawn(clear_later(app.clone(), Arc::clone(&copies), copy));
            }
            None
        });
    }
}

/// Whether the new owner is a window of this program. Where the display doesn't name owners (Wayland) it may be: there
/// GDK itself takes back nothing but its own.
fn is_ours(event: &glib::Value) -> bool {
    let event = event.get::<gdk::Event>().ok();
    let Some(change) = event.and_then(|event| event.downcast::<gdk::EventOwnerChange>().ok())
    else {
        return true;
    };
    change.owner().is_none_or(|owner| owner.window_type() != gdk::WindowType::Foreign)
}

/// Clears after the time that holds now, unless something else was copied meanwhile.
async fn clear_later<R: Runtime>(app: AppHandle<R>, copies: Arc<AtomicU64>, copy: u64) {
    tokio::time::sleep(engine(&app).clipboard_time().await).await;
    if copies.load(Ordering::SeqCst) == copy && app.run_on_main_thread(clear).is_err() {
        tracing::warn!("the clipboard could not be cleared");
    }
}

/// Takes back what is this program's; to be called on the window's thread.
pub(crate) fn clear() {
    OURS.with(|all| {
        for (selection, ours) in SELECTIONS.iter().zip(all) {
            if ours.take() {
                gtk::Clipboard::get(selection).clear();
            }
        }
    });
    // Said to the display now: what follows may end the program.
    if let Some(display) = gdk::Display::default() {
        display.flush();
    }
}
