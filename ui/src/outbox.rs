//! The outbox: where each message is on its way, why it waits, and what can be done.

use leptos::prelude::*;
use wardmail_api::compose::{CancelOutbox, OutboxRow, OutboxState, RetryOutbox, SettleOutbox};
use wardmail_api::{ApiError, Command, ErrorCode, OutboxId};
use wardmail_logic::clock::seconds_left;

use crate::controls::{Button, Look};
use crate::icons::{Icon, Name};
use crate::mailbox::{Mail, mail};
use crate::page::{Nothing, Page, cards};
use crate::{backend, time, words};

#[component]
pub(crate) fn OutboxPlace() -> impl IntoView {
    let mail = mail();
    let on_retry = Callback::new(move |()| mail.load_outbox());
    let nothing = Nothing {
        icon: Name::Outbox,
        title: words::outbox::EMPTY,
        text: words::outbox::EMPTY_TEXT,
        testid: "outbox-empty",
    };
    let shown = cards(mail.outbox, on_retry, nothing, |row| view! { <OutboxLine row /> });
    view! {
        <Page title=words::mailbox::OUTBOX lead=words::outbox::LEAD testid="outbox">
            {shown}
        </Page>
    }
}

fn state_name(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Queued => "queued",
        OutboxState::Held => "held",
        OutboxState::Sending => "sending",
        OutboxState::Sent => "sent",
        OutboxState::Uncertain => "uncertain",
        OutboxState::Failed => "failed",
    }
}

fn state_look(state: OutboxState) -> (&'static str, Name) {
    match state {
        OutboxState::Queued => ("info", Name::Clock),
        OutboxState::Sending => ("info", Name::Send),
        OutboxState::Sent => ("safe", Name::Check),
        OutboxState::Held | OutboxState::Uncertain => ("warn", Name::Alert),
        OutboxState::Failed => ("stop", Name::Alert),
    }
}

#[component]
fn OutboxLine(row: OutboxRow) -> impl IntoView {
    let (tone, icon) = state_look(row.state);
    let state = row.state;
    let clock = mail().app.clock;
    let until = row.undo_until;
    let left = Memo::new(move |_| match state {
        OutboxState::Queued => seconds_left(until, clock.get()),
        OutboxState::Held
        | OutboxState::Sending
        | OutboxState::Sent
        | OutboxState::Uncertain
        | OutboxState::Failed => 0,
    });
    let next = row.next_attempt.map(time::in_sentence);
    let in_sent = row.in_sent;
    view! {
        <li
            class="card-row outbox-row"
            data-testid="outbox-row"
            data-id=row.id.0
            data-state=state_name(state)
            data-reason=row.reason.map(ErrorCode::slug)
        >
            <div class="card-main">
                <b>{words::outbox::to(&row.who)}</b>
                <span>{words::lists::subject(&row.subject)}</span>
                <time>{words::outbox::queued(&time::in_sentence(row.created))}</time>
                <p class="outbox-state">
                    <span class="tag" data-tone=tone>
                        <Icon name=icon />
                        {words::outbox::state(state)}
                    </span>
                    <span>
                        {move || words::outbox::explain(state, left.get(), next.as_deref(), in_sent)}
                    </span>
                </p>
                {row
                    .reason
                    .map(|code| view! { <p class="why">{code.what()} " " {code.next()}</p> })}
            </div>
            <Choices id=row.id state left />
        </li>
    }
}

#[component]
fn Choices(id: OutboxId, state: OutboxState, left: Memo<u64>) -> impl IntoView {
    let mail = mail();
    let button = |testid, label, look, act: Callback<()>| view! { <Button testid label look on_press=act /> };
    let undo = move || {
        let act = Callback::new(move |()| mail.undo_send(id));
        (left.get() > 0).then(|| button("outbox-undo", words::UNDO, Look::Plain, act))
    };
    let cancel = move || {
        let act = Callback::new(move |()| back(mail, id));
        button("outbox-cancel", words::outbox::CANCEL, Look::Plain, act)
    };
    let settle = move |arrived| Callback::new(move |()| act(mail, SettleOutbox { id, arrived }));
    let buttons = match state {
        OutboxState::Queued => view! {
            {undo}
            {move || (left.get() == 0).then(cancel)}
        }
        .into_any(),
        OutboxState::Held | OutboxState::Failed => {
            let retry = Callback::new(move |()| act(mail, RetryOutbox { id }));
            view! {
                {cancel()}
                {button("outbox-retry", words::outbox::RETRY, Look::Primary, retry)}
            }
            .into_any()
        }
        OutboxState::Uncertain => view! {
            {button("outbox-send-again", words::outbox::SEND_AGAIN, Look::Plain, settle(false))}
            {button("outbox-arrived", words::outbox::ARRIVED, Look::Primary, settle(true))}
        }
        .into_any(),
        OutboxState::Sending | OutboxState::Sent => ().into_any(),
    };
    view! { <div class="card-choices">{buttons}</div> }
}

fn act<C: Command<Output = ()> + 'static>(mail: Mail, request: C) {
    mail.scope.spawn(async move {
        say(mail, backend::call(request).await);
        mail.load_outbox();
    });
}

/// Takes a message back to the drafts, into the composer.
fn back(mail: Mail, id: OutboxId) {
    mail.take_back(CancelOutbox { id });
}

fn say(mail: Mail, answer: Result<(), ApiError>) {
    if let Err(error) = answer {
        mail.app.toasts.error(error);
    }
}
