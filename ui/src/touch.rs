//! The security key's part of a form: its PIN, and the wait for its touch. Nothing of it is shown for a mailbox without one.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::CancelTouch;

use crate::app::app;
use crate::controls::{Button, SecretField};
use crate::scope::Scope;
use crate::{backend, words};

/// What was typed, unless nothing was.
pub(crate) fn pin(value: RwSignal<String>) -> Option<Secret> {
    let typed = value.get_untracked();
    (!typed.is_empty()).then(|| Secret::new(typed))
}

/// The PIN, where the key of this mailbox asks for it.
#[component]
pub(crate) fn PinField(value: RwSignal<String>, testid: &'static str) -> impl IntoView {
    let app = app();
    let asks =
        Memo::new(move |_| app.status().is_some_and(|status| status.security_key.asks_for_pin));
    move || asks.get().then(|| view! { <SecretField label=words::unlock::KEY_PIN testid value /> })
}

/// Asks for the touch while `busy`, with a way out of the wait.
#[component]
pub(crate) fn TouchNote(
    busy: RwSignal<bool>,
    /// Asked for by a mailbox that has no key yet: it is being added.
    #[prop(optional)]
    adding: bool,
) -> impl IntoView {
    let (app, scope) = (app(), Scope::here());
    let present =
        Memo::new(move |_| app.status().is_some_and(|status| status.security_key.present));
    let cancel = Callback::new(move |()| {
        scope.spawn(async move {
            // The wait that ends says what became of it.
            backend::call(CancelTouch {}).await.ok();
        });
    });
    let shown = move || {
        busy.get().then(|| {
            let text =
                if present.get() { words::unlock::TOUCH } else { words::unlock::TOUCH_TWICE };
            view! {
                <p class="fact">{text}</p>
                <Button testid="touch-cancel" label=words::unlock::TOUCH_CANCEL on_press=cancel />
            }
        })
    };
    // What is read out must be there before it says something.
    move || {
        (present.get() || adding)
            .then(|| view! { <div role="status" data-testid="touch">{shown}</div> })
    }
}
