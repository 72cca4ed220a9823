//! Locking and closing while messages can still be undone: they are sent first, left queued, or one stays.

use leptos::prelude::*;
use wardmail_api::OutboxId;
use wardmail_api::compose::{ListOutbox, RetryOutbox};
use wardmail_logic::leaving::{Sending, sending, under_way};

use super::LockGuard;
use crate::controls::{Button, Look, Remote};
use crate::dialog::Dialog;
use crate::{backend, words};

/// How one leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Lock,
    Close,
}

/// How far leaving is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// What shall become of the messages?
    Asked,
    /// These are sent first.
    Sending(Vec<OutboxId>),
    /// Not all of them could be sent.
    SomeLeft,
}

/// Somebody is about to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaving {
    count: u32,
    way: Way,
    step: Step,
}

impl Leaving {
    pub(super) fn new(count: u32, way: Way) -> Self {
        Self { count, way, step: Step::Asked }
    }
}

impl LockGuard {
    fn step(self, step: Step) {
        self.leaving.update(|leaving| {
            if let Some(leaving) = leaving {
                leaving.step = step;
            }
        });
    }

    /// Goes back to the mailbox. What is being sent goes on.
    fn stay(self) {
        if self.leaving.with_untracked(|l| l.as_ref().is_some_and(|l| l.way == Way::Close)) {
            self.keep_open();
        }
        self.leaving.set(None);
    }

    /// Leaves, whatever waits.
    fn leave(self) {
        match self.leaving.with_untracked(|leaving| leaving.as_ref().map(|leaving| leaving.way)) {
            Some(Way::Close) => self.close_window(),
            // What was being written was saved, or given up, when it was asked for.
            Some(Way::Lock) => self.lock_now(true),
            None => {}
        }
    }

    /// Sends what waits, without its time to undo.
    fn send_first(self) {
        self.step(Step::Sending(Vec::new()));
        let mail = self.mail;
        mail.scope.spawn(async move {
            let Ok(outbox) = backend::call(ListOutbox {}).await else {
                return self.step(Step::SomeLeft);
            };
            let these = under_way(&outbox);
            if these.is_empty() {
                return self.leave();
            }
            for id in these.iter().copied() {
                // Refused for one that is going out already. What came of it, the outbox tells.
                let _told = backend::call(RetryOutbox { id }).await;
            }
            self.step(Step::Sending(these));
            mail.load_outbox();
        });
    }

    /// Leaves as soon as the provider took what is sent first.
    fn follow(self) {
        let outbox = self.mail.outbox;
        Effect::new(move |_| {
            let Some(Step::Sending(these)) =
                self.leaving.with(|leaving| leaving.as_ref().map(|leaving| leaving.step.clone()))
            else {
                return;
            };
            let far = outbox.with(|outbox| match outbox {
                Remote::Ready(rows) if !these.is_empty() => sending(rows, &these),
                Remote::Ready(_) | Remote::Loading => Sending::UnderWay,
                Remote::Failed(_) => Sending::SomeLeft,
            });
            match far {
                Sending::UnderWay => {}
                Sending::AllTaken => self.leave(),
                Sending::SomeLeft => self.step(Step::SomeLeft),
            }
        });
    }
}

/// Asks what to do with messages that can still be undone.
#[component]
pub(crate) fn LeavingDialog(guard: LockGuard) -> impl IntoView {
    guard.follow();
    let open = Memo::new(move |_| {
        guard.leaving.with(|leaving| leaving.as_ref().map(|leaving| (leaving.count, leaving.way)))
    });
    let stay = Callback::new(move |()| guard.stay());
    move || {
        open.get().map(|(count, way)| {
            view! {
                <Dialog title=words::leaving::TITLE testid="lock-waiting" on_close=stay>
                    <Question guard count way />
                </Dialog>
            }
        })
    }
}

#[component]
fn Question(guard: LockGuard, count: u32, way: Way) -> impl IntoView {
    let step = Memo::new(move |_| {
        guard.leaving.with(|leaving| leaving.as_ref().map(|leaving| leaving.step.clone()))
    });
    let text = move || match step.get() {
        None | Some(Step::Asked) => words::leaving::question(count, way),
        Some(Step::Sending(_)) => words::leaving::sending(way),
        Some(Step::SomeLeft) => words::leaving::SOME_LEFT.to_owned(),
    };
    let is_sending = move || matches!(step.get(), Some(Step::Sending(_)));
    view! {
        <p role="status">
            {move || is_sending().then(|| view! { <span class="spinner" aria-hidden="true"></span> " " })}
            {text}
        </p>
        <div class="form-end">
            <Button
                testid="lock-waiting-stay"
                label=words::CANCEL
                on_press=move |()| guard.stay()
            />
            <Button
                testid="lock-waiting-lock"
                label=words::leaving::leave_queued(way)
                disabled=Signal::derive(is_sending)
                on_press=move |()| guard.leave()
            />
            <Button
                testid="lock-waiting-send"
                label=words::leaving::send_first(way)
                look=Look::Primary
                disabled=Signal::derive(move || step.get() != Some(Step::Asked))
                on_press=move |()| guard.send_first()
            />
        </div>
    }
}
