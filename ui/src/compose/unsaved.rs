//! Somebody is about to leave a draft whose last words could not be saved. They are asked: nothing that was typed goes
//! without a word.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ErrorCode;

use crate::controls::{Button, ErrorNote, Look};
use crate::dialog::{Dialog, focus, unique};
use crate::mailbox::Mail;
use crate::words;

/// What would take the draft off the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// The composer closes, or shows another draft.
    Draft,
    Lock,
    Window,
}

/// What waits for the answer.
#[derive(Clone)]
pub(crate) struct Unsaved {
    code: ErrorCode,
    leaving: Leaving,
    go: Arc<dyn Fn() + Send + Sync>,
}

impl Unsaved {
    /// Remembers why it could not be saved, and what happens if the words are given up.
    pub(crate) fn new(
        code: ErrorCode,
        leaving: Leaving,
        go: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { code, leaving, go: Arc::new(go) }
    }
}

/// The question, while something waits for it.
#[component]
pub(crate) fn UnsavedDialog(mail: Mail) -> impl IntoView {
    move || mail.unsaved.get().map(|unsaved| view! { <Ask mail unsaved /> })
}

#[component]
fn Ask(mail: Mail, unsaved: Unsaved) -> impl IntoView {
    let Unsaved { code, leaving, go } = unsaved;
    let keep = move || mail.unsaved.set(None);
    let leave = move |()| {
        mail.unsaved.set(None);
        go();
    };
    let (why, lost) = (unique("unsaved"), unique("unsaved"));
    // It is read out with the button that has the focus: what is asked comes before any answer.
    let described = format!("{why} {lost}");
    view! {
        <Dialog
            title=words::leaving::UNSAVED
            testid="unsaved"
            on_close=Callback::new(move |()| keep())
        >
            <div id=why>
                <ErrorNote error=code.into() />
            </div>
            <p id=lost>{words::leaving::unsaved(leaving)}</p>
            <div class="form-end">
                <Button
                    testid="unsaved-leave"
                    label=words::leaving::leave_unsaved(leaving)
                    look=Look::Danger
                    on_press=leave
                />
                <Keep described on_press=Callback::new(move |()| keep()) />
            </div>
        </Dialog>
    }
}

/// The safe answer. It has the focus as soon as the dialog is shown, so that a key pressed in haste loses nothing.
#[component]
fn Keep(described: String, on_press: Callback<()>) -> impl IntoView {
    let node = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = node.get() {
            focus(&button);
        }
    });
    view! {
        <button
            node_ref=node
            type="button"
            class="button primary"
            data-testid="unsaved-keep"
            aria-describedby=described
            on:click=move |_| on_press.run(())
        >
            {words::leaving::KEEP_WRITING}
        </button>
    }
}
