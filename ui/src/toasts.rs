//! Short notices at the edge of the window, read out politely.

use std::sync::Arc;

use leptos::prelude::*;
use wardmail_api::{ApiError, UnixMs};
use wardmail_logic::clock::seconds_left;

use crate::controls::IconButton;
use crate::icons::{Icon, Name};
use crate::scope::Scope;
use crate::{time, words};

/// Milliseconds for which a notice stays that needs no answer.
const STAY: f64 = 6_000.0;

/// How a notice is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is done.
    Done,
    /// A fact.
    Info,
    /// It did not work.
    Stop,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Info => "info",
            Self::Stop => "stop",
        }
    }
}

/// A button on a notice.
#[derive(Clone)]
struct Button {
    label: &'static str,
    /// Until when it can be pressed.
    until: UnixMs,
    /// Not a `Callback`: that one would go with the screen that it was made in, before it is pressed.
    act: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Clone)]
struct Toast {
    id: u32,
    kind: Kind,
    text: String,
    button: Option<Button>,
}

/// The notices that are shown.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    /// The one that somebody points at, or has the focus in: it stays.
    held: StoredValue<Option<u32>>,
    next: StoredValue<u32>,
    scope: Scope,
}

impl Toasts {
    pub(crate) fn new() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            held: StoredValue::new(None),
            next: StoredValue::new(0),
            scope: Scope::here(),
        }
    }

    /// Says that something is done.
    pub(crate) fn done(self, text: impl Into<String>) {
        self.show(Kind::Done, text.into(), None, STAY);
    }

    /// Says a fact.
    pub(crate) fn info(self, text: impl Into<String>) {
        self.show(Kind::Info, text.into(), None, STAY);
    }

    /// Says what went wrong and what to do.
    pub(crate) fn error(self, error: ApiError) {
        self.show(Kind::Stop, error.to_string(), None, STAY * 2.0);
    }

    /// Says that something is done and offers to undo it until then.
    pub(crate) fn undoable(
        self,
        text: impl Into<String>,
        until: UnixMs,
        act: impl Fn() + Send + Sync + 'static,
    ) {
        let act = Arc::new(act);
        let button = Button { label: words::UNDO, until, act };
        #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
        let stay = (seconds_left(until, time::now_unix()) as f64) * 1_000.0;
        self.show(Kind::Done, text.into(), Some(button), stay.max(STAY));
    }

    /// Takes every notice away: they may speak of mail.
    pub(crate) fn clear(self) {
        self.shown.set(Vec::new());
    }

    fn show(self, kind: Kind, text: String, button: Option<Button>, stay: f64) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.shown.update(|shown| {
            // The same notice twice says no more than once.
            shown.retain(|toast| toast.text != text);
            shown.push(Toast { id, kind, text, button });
        });
        self.close_after(stay, id);
    }

    fn close_after(self, stay: f64, id: u32) {
        self.scope.after(stay, move || {
            if self.held.get_value() == Some(id) {
                self.close_after(STAY, id);
            } else {
                self.close(id);
            }
        });
    }

    /// What is read out: the newest of those that are errors, or of the others.
    fn newest(self, errors: bool) -> Option<String> {
        self.shown.with(|shown| {
            let mut those = shown.iter().filter(|toast| (toast.kind == Kind::Stop) == errors);
            those.next_back().map(|toast| toast.text.clone())
        })
    }

    fn close(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Draws the notices, and has each read out once: what counts down in them would be read every second.
#[component]
pub(crate) fn ToastStack(toasts: Toasts, clock: ReadSignal<UnixMs>) -> impl IntoView {
    view! {
        <div class="toasts">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <ToastCard toast toasts clock />
            </For>
        </div>
        <p class="unseen" role="status">
            {move || toasts.newest(false)}
        </p>
        <p class="unseen" role="alert">
            {move || toasts.newest(true)}
        </p>
    }
}

#[component]
fn ToastCard(toast: Toast, toasts: Toasts, clock: ReadSignal<UnixMs>) -> impl IntoView {
    let Toast { id, kind, text, button } = toast;
    let icon = match kind {
        Kind::Done => Name::Check,
        Kind::Info => Name::Info,
        Kind::Stop => Name::Alert,
    };
    let hold = move |held: bool| toasts.held.set_value(held.then_some(id));
    view! {
        <div
            class="toast"
            data-testid="toast"
            data-kind=kind.name()
            on:pointerenter=move |_| hold(true)
            on:pointerleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <Icon name=icon />
            <span class="toast-text">{text}</span>
            {button.map(|button| view! { <ToastAction id button toasts clock /> })}
            <IconButton
                testid="toast-close"
                icon=Name::Close
                label=words::CLOSE
                on_press=move |()| toasts.close(id)
            />
        </div>
    }
}

#[component]
fn ToastAction(
    id: u32,
    button: Button,
    toasts: Toasts,
    clock: ReadSignal<UnixMs>,
) -> impl IntoView {
    let Button { label, until, act } = button;
    let left = Memo::new(move |_| seconds_left(until, clock.get()));
    view! {
        <button
            type="button"
            class="toast-action"
            class:hidden=move || left.get() == 0
            data-testid="toast-action"
            aria-label=label
            on:click=move |_| {
                toasts.close(id);
                act();
            }
        >
            {move || words::with_seconds(label, left.get())}
        </button>
    }
}
