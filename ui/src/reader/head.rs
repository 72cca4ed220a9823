//! What stands above the text: what can be done, subject, people, the security line.

use leptos::prelude::*;
use wardmail_api::compose::DraftKind;
use wardmail_api::mail::{Person, ReaderView};
use wardmail_api::words::{Tone, security_line};

use super::tone_name;
use crate::icons::{Icon, Name};
use crate::mailbox::mail;
use crate::{time, words};

#[component]
pub(super) fn Actions(view: ReaderView, details: RwSignal<bool>) -> impl IntoView {
    let mail = mail();
    let id = view.id;
    let marks = mail.marks;
    let answer = move |kind| move |_| mail.compose(kind, Some(id));
    view! {
        <div class="actions" role="toolbar" aria-label=words::reader::ACTIONS>
            <button
                type="button"
                class="icon-button narrow-only"
                data-testid="reader-back"
                aria-label=words::reader::BACK
                on:click=move |_| {
                    mail.close_reader();
                    mail.list.take_focus();
                }
            >
                <Icon name=Name::Back />
            </button>
            <button
                type="button"
                class="button"
                data-testid="reader-reply"
                on:click=answer(DraftKind::Reply)
            >
                <Icon name=Name::Reply />
                {words::reader::REPLY}
            </button>
            <button
                type="button"
                class="button"
                data-testid="reader-reply-all"
                on:click=answer(DraftKind::ReplyAll)
            >
                <Icon name=Name::ReplyAll />
                {words::reader::REPLY_ALL}
            </button>
            <button
                type="button"
                class="button"
                data-testid="reader-forward"
                on:click=answer(DraftKind::Forward)
            >
                <Icon name=Name::Forward />
                {words::reader::FORWARD}
            </button>
            <span class="space"></span>
            <button
                type="button"
                class="icon-button"
                class:starred=move || marks.get().flagged
                data-testid="reader-star"
                aria-label=words::reader::STAR
                title=words::reader::STAR
                aria-pressed=move || marks.get().flagged.to_string()
                on:click=move |_| mail.set_flags(id, None, Some(!marks.get_untracked().flagged))
            >
                <Icon name=Name::Star />
            </button>
            <button
                type="button"
                class="icon-button"
                data-testid="reader-unread"
                aria-label=move || words::reader::unread(marks.get().seen)
                title=move || words::reader::unread(marks.get().seen)
                on:click=move |_| mail.set_flags(id, Some(!marks.get_untracked().seen), None)
            >
                <Icon name=Name::Unread />
            </button>
            <button
                type="button"
                class="button quiet"
                data-testid="reader-details"
                aria-expanded=move || details.get().to_string()
                on:click=move |_| details.update(|open| *open = !*open)
            >
                {words::reader::DETAILS}
            </button>
        </div>
    }
}

#[component]
pub(super) fn Heading(view: ReaderView) -> impl IntoView {
    let ReaderView { subject, from, to, cc, date, .. } = view;
    let name = words::reader::name(&from);
    let address = (name != from.address).then(|| from.address.clone());
    view! {
        <h1 data-testid="reader-subject">{words::lists::subject(&subject)}</h1>
        <div class="people">
            <span class="avatar" aria-hidden="true">{words::reader::initials(&name)}</span>
            <div>
                <div data-testid="reader-from">
                    <b>{name}</b>
                    " "
                    {address.map(|address| view! { <span class="address">{address}</span> })}
                </div>
                <div class="recipients">
                    <span data-testid="reader-to">{recipients(&to, &cc)}</span>
                    " · "
                    <time data-testid="reader-date">{time::in_full(date)}</time>
                </div>
            </div>
        </div>
    }
}

fn recipients(to: &[Person], cc: &[Person]) -> String {
    let names =
        |people: &[Person]| people.iter().map(words::reader::name).collect::<Vec<_>>().join(", ");
    words::reader::recipients(&names(to), &names(cc))
}

/// Who can read it, and who wrote it: in the words that `wardctl` says too.
#[component]
pub(super) fn SecurityLine(view: ReaderView) -> impl IntoView {
    let line = security_line(&view.security, &words::reader::name(&view.from));
    let icon = match line.tone {
        Tone::Safe => Name::Seal,
        Tone::Neutral => Name::Eye,
        Tone::Warn | Tone::Stop => Name::Alert,
    };
    view! {
        <div class="note seal" data-testid="reader-security" data-tone=tone_name(line.tone)>
            <Icon name=icon />
            <div class="note-text">
                <b>{line.headline}</b>
                <span>{line.detail}</span>
            </div>
        </div>
    }
}
