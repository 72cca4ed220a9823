//! The keys of the whole window, and the sheet that lists them.

use leptos::ev;
use leptos::prelude::*;
use wardmail_logic::shortcuts::{Action, Press, Shortcuts};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent};

use crate::dialog::Dialog;
use crate::{time, words};

/// Listens to the keys for as long as the screen that is being built is shown.
pub(crate) fn listen(perform: impl Fn(Action) + 'static) {
    let shortcuts = StoredValue::new(Shortcuts::default());
    let listener = window_event_listener(ev::keydown, move |event| {
        let key = event.key();
        let press = Press {
            key: &key,
            control: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
            typing: event.default_prevented() || takes_keys(&event),
        };
        let action = shortcuts.try_update_value(|keys| keys.press(press, time::now())).flatten();
        if let Some(action) = action {
            event.prevent_default();
            perform(action);
        }
    });
    on_cleanup(move || listener.remove());
}

/// Whether the key goes to a field, or to a dialog that is open.
fn takes_keys(event: &KeyboardEvent) -> bool {
    let field = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(
        |element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"),
    );
    field || dialog_is_open()
}

/// Whether a dialog is open, to which all keys belong.
pub(crate) fn dialog_is_open() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector("dialog[open]").ok().flatten())
        .is_some()
}

/// The list of the keys.
#[component]
pub(crate) fn CheatSheet(open: RwSignal<bool>) -> impl IntoView {
    let groups: Vec<_> = words::mailbox::KEYS
        .into_iter()
        .map(|(title, keys)| {
            let rows: Vec<_> = keys
                .iter()
                .map(|(what, keys)| {
                    let keys: Vec<_> =
                        keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect();
                    view! {
                        <div class="key-row">
                            <dt>{*what}</dt>
                            <dd>{keys}</dd>
                        </div>
                    }
                })
                .collect();
            view! {
                <section>
                    <h3>{title}</h3>
                    <dl>{rows}</dl>
                </section>
            }
        })
        .collect();
    view! {
        <Dialog
            title=words::mailbox::KEYS_TITLE
            testid="cheat-sheet"
            wide=true
            on_close=Callback::new(move |()| open.set(false))
        >
            <div class="key-groups">{groups}</div>
        </Dialog>
    }
}
