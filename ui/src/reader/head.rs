//! What stands above the text: what can be done, subject, people, the security line.

use leptos::prelude::*;
use wardmail_api::compose::DraftKind;
use wardmail_api::mail::{Person, ReaderView};
use wardmail_api::words::{Tone, security_line};

use super::tone_name;
use crate::controls::{Button, IconButton};
use crate::icons::{Icon, Name};
use crate::mailbox::mail;
use crate::{time, words};

#[component]
pub(super) fn Actions(view: ReaderView, details: RwSignal<bool>) -> impl IntoView {
    let mail = mail();
    let (id, kept) = (view.id, view.kept);
    let marks = mail.marks;
    let flagged = Signal::derive(move || marks.get().flagged);
    let answer = move |kind| Callback::new(move |()| mail.compose(kind, Some(id)));
    view! {
        <div class="actions" role="group" aria-label=words::reader::ACTIONS>
            <IconButton
                testid="reader-back"
                icon=Name::Back
                label=words::reader::BACK
                class="narrow-only"
                on_press=move |()| {
                    mail.close_reader();
                    mail.list.take_focus();
                }
            />
            <Button
                testid="reader-reply"
                icon=Name::Reply
                label=words::reader::REPLY
                on_press=answer(DraftKind::Reply)
            />
            <Button
                testid="reader-reply-all"
                icon=Name::ReplyAll
                label=words::reader::REPLY_ALL
                on_press=answer(DraftKind::ReplyAll)
            />
            <Button
                testid="reader-forward"
                icon=Name::Forward
                label=words::reader::FORWARD
                on_press=answer(DraftKind::Forward)
            />
            <span class="space"></span>
            <IconButton
                testid="reader-star"
                icon=Name::Star
                label=words::reader::STAR
                class="star"
                pressed=flagged
                on_press=move |()| mail.set_flags(id, None, Some(!flagged.get_untracked()))
            />
            <IconButton
                testid="reader-unread"
                icon=Name::Unread
                label=move || words::reader::unread(marks.get().seen)
                on_press=move |()| mail.set_flags(id, Some(!marks.get_untracked().seen), None)
            />
            <button
                type="button"
                class="button quiet"
                data-testid="reader-keep"
                aria-pressed=kept.to_string()
                on:click=move |_| mail.keep(id, !kept)
            >
                {words::keeping::KEEP}
            </button>
            <IconButton
                testid="reader-delete"
                icon=Name::Bin
                label=words::keeping::DELETE
                on_press=move |()| mail.delete(id)
            />
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
