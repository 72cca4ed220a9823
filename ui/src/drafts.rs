//! The drafts.

use leptos::prelude::*;
use wardmail_api::DraftId;
use wardmail_api::compose::{DiscardDraft, DraftRow};

use crate::controls::IconButton;
use crate::icons::Name;
use crate::mailbox::{Mail, mail};
use crate::page::{Nothing, Page, cards};
use crate::{backend, time, words};

#[component]
pub(crate) fn DraftsPlace() -> impl IntoView {
    let mail = mail();
    let on_retry = Callback::new(move |()| mail.load_drafts());
    let nothing = Nothing {
        icon: Name::Draft,
        title: words::outbox::NO_DRAFTS,
        text: words::outbox::NO_DRAFTS_TEXT,
        testid: "drafts-empty",
    };
    let shown = cards(mail.drafts, on_retry, nothing, |draft| view! { <DraftLine draft /> });
    view! {
        <Page title=words::mailbox::DRAFTS lead=words::outbox::DRAFTS_LEAD testid="drafts">
            {shown}
        </Page>
    }
}

#[component]
fn DraftLine(draft: DraftRow) -> impl IntoView {
    let mail = mail();
    let DraftRow { id, who, subject, updated } = draft;
    let label = words::outbox::discard(&words::lists::subject(&subject));
    view! {
        <li class="card-row" data-testid="draft-row" data-id=id.0>
            <button
                type="button"
                class="card-main"
                data-testid="draft-open"
                on:click=move |_| mail.open_draft(id)
            >
                <b>{words::outbox::to(&who)}</b>
                <span>{words::lists::subject(&subject)}</span>
                <time>{words::outbox::saved(&time::in_sentence(updated))}</time>
            </button>
            <IconButton
                testid="draft-discard"
                icon=Name::Bin
                label
                on_press=move |()| discard(mail, id)
            />
        </li>
    }
}

fn discard(mail: Mail, id: DraftId) {
    mail.scope.spawn(async move {
        match backend::call(DiscardDraft { id }).await {
            Ok(()) => {
                let shown = mail
                    .composing
                    .with_untracked(|draft| draft.as_ref().is_some_and(|draft| draft.id == id));
                if shown {
                    mail.composing.set(None);
                }
                mail.app.toasts.info(words::compose::DISCARDED);
            }
            Err(error) => mail.app.toasts.error(error),
        }
        mail.load_drafts();
    });
}
