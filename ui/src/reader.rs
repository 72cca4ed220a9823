//! The reader: a message with what is known about who can read it and who wrote it.

mod attachments;
mod body;
mod details;
mod head;
mod keeping;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::mail::{ReaderView, Warning};
use wardmail_api::words::{Tone, warning_sentence};

use crate::controls::{Empty, Loading, Note, Remote, Retry};
use crate::dialog::focus;
use crate::icons::{Icon, Name};
use crate::mailbox::mail;
use crate::{time, words};

/// The pane.
#[component]
pub(crate) fn Reader() -> impl IntoView {
    let mail = mail();
    let state = move || match (mail.open.get(), mail.reader.with(state_name)) {
        (None, _) => "none",
        (Some(_), state) => state,
    };
    let shown = move || match mail.open.get() {
        None => view! {
            <Empty
                icon=Name::Unread
                title=words::reader::NOTHING_OPEN
                text=words::reader::NOTHING_OPEN_TEXT
                testid="reader-empty"
            />
        }
        .into_any(),
        Some(id) => mail.reader.with(|reader| match reader {
            Remote::Loading => view! { <Loading testid="reader-loading" /> }.into_any(),
            Remote::Failed(error) => {
                let on_retry = Callback::new(move |()| mail.open_message(id));
                view! { <Retry error=*error testid="reader-retry" on_retry /> }.into_any()
            }
            Remote::Ready(view) => view! { <Message view=view.clone() /> }.into_any(),
        }),
    };
    let pane = NodeRef::<html::Main>::new();
    Effect::new(move |_| {
        if mail.open.get().is_some()
            && let Some(pane) = pane.get()
        {
            request_animation_frame(move || {
                if covers_list() {
                    focus(&pane);
                }
            });
        }
    });
    view! {
        <main
            node_ref=pane
            class="reader"
            tabindex="-1"
            data-testid="reader"
            data-state=state
            data-id=move || mail.open.get().map(|id| id.0)
        >
            {shown}
        </main>
    }
}

/// Whether only one pane is shown at a time: then the row that had the focus is out of sight.
fn covers_list() -> bool {
    web_sys::window()
        .and_then(|window| window.document()?.query_selector(".list-pane").ok().flatten())
        .is_some_and(|list| list.client_width() == 0)
}

fn state_name(reader: &Remote<ReaderView>) -> &'static str {
    match reader {
        Remote::Loading => "loading",
        Remote::Ready(_) => "ready",
        Remote::Failed(_) => "failed",
    }
}

/// The name of a tone, as the style sheets know it.
pub(crate) fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Safe => "safe",
        Tone::Neutral => "neutral",
        Tone::Warn => "warn",
        Tone::Stop => "stop",
    }
}

#[component]
fn Message(view: ReaderView) -> impl IntoView {
    let details = RwSignal::new(false);
    let security = view.security.clone();
    let (id, expires) = (view.id, view.expires.is_some());
    let warnings: Vec<_> = view
        .warnings
        .iter()
        .map(|warning| view! { <WarningNote warning=*warning blocked=view.blocked /> })
        .collect();
    let thread = view.thread.clone();
    view! {
        <article class="message">
            <head::Actions view=view.clone() details />
            <head::Heading view=view.clone() />
            <head::SecurityLine view=view.clone() />
            {move || {
                details
                    .get()
                    .then(|| {
                        view! {
                            <details::Technical security=security.clone() />
                            <keeping::ExpiryChoice id is_set=expires />
                        }
                    })
            }}
            <keeping::Stays view=view.clone() />
            {warnings}
            <keeping::MaybeVoid view=view.clone() />
            <attachments::Attachments id=view.id files=view.attachments.clone() />
            {(!thread.is_empty()).then(|| view! { <Thread rows=thread /> })}
        </article>
    }
}

#[component]
fn WarningNote(warning: Warning, blocked: u32) -> impl IntoView {
    let (tone, icon) = match warning {
        Warning::RemoteContentBlocked | Warning::Truncated => ("neutral", Name::Info),
        Warning::MisleadingLink
        | Warning::SenderDiffers
        | Warning::NameLooksLikeAddress
        | Warning::SeveralSenders => ("stop", Name::Alert),
        Warning::ReplyToDiffers
        | Warning::Malformed
        | Warning::ProtectedPartNotOpened
        | Warning::SmimeNotChecked => ("warn", Name::Alert),
    };
    let text = if warning == Warning::RemoteContentBlocked && blocked > 0 {
        words::reader::with_blocked(warning_sentence(warning), blocked)
    } else {
        warning_sentence(warning).to_owned()
    };
    view! {
        <div data-testid="reader-warning" data-warning=words::reader::warning_name(warning)>
            <Note tone icon>
                <span>{text}</span>
            </Note>
        </div>
    }
}

/// The other messages of the thread.
#[component]
fn Thread(rows: Vec<wardmail_api::mail::MessageRow>) -> impl IntoView {
    let mail = mail();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let id = row.id;
            view! {
                <li>
                    <button
                        type="button"
                        class="thread-message"
                        data-testid="thread-message"
                        data-id=id.0
                        on:click=move |_| mail.open_message(id)
                    >
                        <b>{words::lists::who(&row.who)}</b>
                        <span class="thread-text">{row.snippet}</span>
                        <time>{time::in_list(row.date)}</time>
                    </button>
                </li>
            }
        })
        .collect();
    view! {
        <section class="thread" data-testid="reader-thread">
            <h2>
                <Icon name=Name::Inbox />
                {words::reader::THREAD}
            </h2>
            <ul>{rows}</ul>
        </section>
    }
}
