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
    next: StoredValue<u32>,
    scope: Scope,
}

impl Toasts {
    pub(crate) fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0), scope: Scope::here() }
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
        self.scope.after(stay, move || self.close(id));
    }

    fn close(self, id: u32) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Draws the notices.
#[component]
pub(crate) fn ToastStack(toasts: Toasts, clock: ReadSignal<UnixMs>) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <ToastCard toast toasts clock />
            </For>
        </div>
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
    view! {
        <div class="toast" data-testid="toast" data-kind=kind.name()>
            <Icon name=icon />
            <span class="toast-text">{text}</span>
            {button
                .map(|button| {
                    let left = move || seconds_left(button.until, clock.get());
                    view! {
                        <button
                            type="button"
                            class="toast-action"
                            class:hidden=move || left() == 0
                            data-testid="toast-action"
                            on:click=move |_| {
                                toasts.close(id);
                                (button.act)();
                            }
                        >
                            {move || words::with_seconds(button.label, left())}
                        </button>
                    }
                })}
            <IconButton
                testid="toast-close"
                icon=Name::Close
                label=words::CLOSE
                on_press=move |()| toasts.close(id)
            />
        </div>
    }
}
