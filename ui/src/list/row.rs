//! One row: who, what about, the first words, and how it is protected.

use leptos::prelude::*;
use wardmail_api::mail::{MessageRow, RowMark};
use wardmail_logic::window::ROW_HEIGHT;

use crate::icons::{Icon, Name};
use crate::mailbox::mail;
use crate::{time, words};

#[component]
pub(super) fn RowLine(index: u32, count: Memo<u32>) -> impl IntoView {
    let mail = mail();
    let list = mail.list;
    let row = Memo::new(move |_| list.listing.with(|listing| listing.row(index).cloned()));
    let selected =
        move || row.with(|row| row.as_ref().is_some_and(|row| mail.open.get() == Some(row.id)));
    let open = move |_| {
        if let Some(id) = row.with_untracked(|row| row.as_ref().map(|row| row.id)) {
            list.focused.set(index);
            mail.open_message(id);
        }
    };
    let top = format!("translateY({}px)", u64::from(index) * u64::from(ROW_HEIGHT));
    let of = move |part: fn(&MessageRow) -> String| move || row.with(|row| row.as_ref().map(part));
    view! {
        <div
            class="row"
            class:read=move || row.with(|row| row.as_ref().is_some_and(|row| row.seen))
            role="option"
            style:transform=top
            tabindex=move || if list.focused.get() == index { "0" } else { "-1" }
            aria-selected=move || selected().to_string()
            aria-posinset=index + 1
            aria-setsize=move || count.get()
            data-testid="message-row"
            data-index=index
            data-id=of(|row| row.id.0.to_string())
            data-mark=of(|row| mark_name(row.mark).to_owned())
            data-seen=of(|row| row.seen.to_string())
            data-flagged=of(|row| row.flagged.to_string())
            data-kept=of(|row| row.kept.to_string())
            on:click=open
        >
            {move || match row.get() {
                Some(row) => view! { <RowText row /> }.into_any(),
                None => view! { <Placeholder /> }.into_any(),
            }}
        </div>
    }
}

fn mark_name(mark: RowMark) -> &'static str {
    match mark {
        RowMark::Plain => "plain",
        RowMark::Signed => "signed",
        RowMark::Sealed => "sealed",
        RowMark::KeyMissing => "keyMissing",
        RowMark::Broken => "broken",
        RowMark::NotFetched => "notFetched",
    }
}

/// The tone of a mark; mail in the clear has none.
fn mark_tone(mark: RowMark) -> Option<&'static str> {
    match mark {
        RowMark::Plain => None,
        RowMark::Signed | RowMark::NotFetched => Some("info"),
        RowMark::Sealed => Some("safe"),
        RowMark::KeyMissing => Some("warn"),
        RowMark::Broken => Some("stop"),
    }
}

#[component]
fn RowText(row: MessageRow) -> impl IntoView {
    let subject = words::lists::subject(&row.subject);
    view! {
        <span class="dot" aria-hidden="true"></span>
        {(!row.seen).then(|| view! { <span class="unseen">{words::lists::UNREAD}</span> })}
        <span class="who" data-testid="row-who">{words::lists::who(&row.who)}</span>
        <span class="marks">
            {row
                .flagged
                .then(|| mark_icon(Name::Star, "starred", words::lists::STARRED))}
            {row
                .answered
                .then(|| mark_icon(Name::Reply, "", words::lists::ANSWERED))}
            {row
                .kept
                .then(|| mark_icon(Name::Lock, "", words::keeping::KEPT))}
            {row
                .expires
                .map(|_| mark_icon(Name::Clock, "", words::keeping::EXPIRY))}
            {row
                .has_attachments
                .then(|| mark_icon(Name::Attach, "", words::lists::WITH_FILES))}
            <time data-testid="row-date">{time::in_list(row.date)}</time>
        </span>
        <span class="subject" data-testid="row-subject">{subject}</span>
        <span class="snippet">
            {mark_tone(row.mark)
                .map(|tone| {
                    view! {
                        <span class="tag" data-tone=tone>{words::lists::mark(row.mark)}</span>
                    }
                })}
            {if row.void {
                view! {
                    <span class="tag" data-tone="warn" data-testid="row-void">
                        {words::keeping::VOID}
                    </span>
                }
                    .into_any()
            } else {
                view! { <span data-testid="row-snippet">{row.snippet}</span> }.into_any()
            }}
        </span>
    }
}

fn mark_icon(name: Name, class: &'static str, label: &'static str) -> impl IntoView {
    view! {
        <span class=format!("mark {class}") title=label>
            <Icon name />
            <span class="unseen">{label}</span>
        </span>
    }
}

/// A row that is on its way.
#[component]
fn Placeholder() -> impl IntoView {
    view! {
        <span class="bone short" aria-hidden="true"></span>
        <span class="bone" aria-hidden="true"></span>
        <span class="bone long" aria-hidden="true"></span>
    }
}
