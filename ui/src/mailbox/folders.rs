//! The places: folders with their counts, drafts, outbox, and the pages.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::compose::{DraftKind, OutboxState};
use wardmail_api::mail::{FolderRole, FolderView};
use web_sys::HtmlElement;

use super::{Mail, Place, mail};
use crate::dialog::{focus, focused};
use crate::icons::{Icon, Name};
use crate::words;

#[component]
pub(super) fn Folders() -> impl IntoView {
    let mail = mail();
    let of = move |wanted: fn(FolderRole) -> bool| {
        let those = move || {
            mail.folders.with(|folders| {
                let all = folders.ready().into_iter().flatten();
                all.filter(|folder| wanted(folder.role)).cloned().collect::<Vec<_>>()
            })
        };
        view! {
            <For each=those key=|folder| folder.id let:folder>
                <FolderLink folder />
            </For>
        }
    };
    let has_others = move || {
        mail.folders.with(|f| f.ready().is_some_and(|all| all.iter().any(|f| is_other(f.role))))
    };
    let first = NodeRef::<html::Button>::new();
    follow_menu(mail, first);
    view! {
        <div class="scrim" aria-hidden="true" on:click=move |_| mail.menu.set(false)></div>
        <nav class="places" data-testid="folders" aria-label=words::mailbox::PLACES>
            <button
                node_ref=first
                type="button"
                class="button primary new-message"
                data-testid="new-message"
                on:click=move |_| mail.compose(DraftKind::New, None)
            >
                <Icon name=Name::Pen />
                {words::mailbox::NEW_MESSAGE}
            </button>
            {of(|role| role == FolderRole::Inbox)}
            <DraftsLink />
            <OutboxLink />
            {of(|role| role == FolderRole::Sent)}
            {of(|role| role == FolderRole::Archive)}
            {of(|role| role == FolderRole::Junk)}
            {of(|role| role == FolderRole::Trash)}
            {move || has_others().then(|| view! { <h2>{words::mailbox::FOLDERS}</h2> })}
            {of(is_other)}
            <h2>{words::mailbox::RECORDS}</h2>
            <PlaceLink
                place=Place::People
                testid="place-people"
                icon=Name::People
                label=words::mailbox::PEOPLE
            />
            <PlaceLink
                place=Place::Audit
                testid="place-audit"
                icon=Name::Audit
                label=words::mailbox::AUDIT
            />
            <PlaceLink
                place=Place::Settings
                testid="place-settings"
                icon=Name::Settings
                label=words::mailbox::SETTINGS
            />
        </nav>
    }
}

/// Where the places lie over the rest, the focus goes there when they open, and back when they close.
fn follow_menu(mail: Mail, first: NodeRef<html::Button>) {
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move |was_open: Option<bool>| {
        let open = mail.menu.get();
        if open {
            before.set_value(focused());
            if let Some(first) = first.get_untracked() {
                // Once it is shown: what is hidden can't take it.
                request_animation_frame(move || focus(&first));
            }
        } else if was_open == Some(true)
            && let Some(element) = before.try_update_value(Option::take).flatten()
        {
            focus(&element);
        }
        open
    });
}

fn is_other(role: FolderRole) -> bool {
    matches!(role, FolderRole::Other | FolderRole::Drafts)
}

fn folder_icon(role: FolderRole) -> Name {
    match role {
        FolderRole::Inbox => Name::Inbox,
        FolderRole::Sent => Name::Sent,
        FolderRole::Archive => Name::Archive,
        FolderRole::Junk => Name::Junk,
        FolderRole::Trash => Name::Bin,
        FolderRole::Drafts | FolderRole::Other => Name::Folder,
    }
}

fn folder_testid(folder: &FolderView) -> String {
    match folder.role {
        FolderRole::Inbox => "folder-inbox".to_owned(),
        FolderRole::Sent => "folder-sent".to_owned(),
        FolderRole::Archive => "folder-archive".to_owned(),
        FolderRole::Junk => "folder-junk".to_owned(),
        FolderRole::Trash => "folder-trash".to_owned(),
        FolderRole::Drafts | FolderRole::Other => format!("folder-{}", folder.id.0),
    }
}

#[component]
fn FolderLink(folder: FolderView) -> impl IntoView {
    let mail = mail();
    let here = Place::Folder(folder.id);
    let current = here.clone();
    let id = folder.id;
    // A count that changes must not take the focus from the button: only the count is drawn anew.
    let counts = Memo::new(move |_| {
        mail.folders.with(|folders| {
            let folder = folders.ready()?.iter().find(|folder| folder.id == id)?;
            Some((folder.unread, folder.total))
        })
    });
    let unread = move || counts.get().map_or(0, |(unread, _)| unread);
    view! {
        <button
            type="button"
            class="place"
            data-testid=folder_testid(&folder)
            data-unread=unread
            data-total=move || counts.get().map_or(0, |(_, total)| total)
            aria-current=move || is_here(mail, &current)
            on:click=move |_| mail.go(here.clone())
        >
            <Icon name=folder_icon(folder.role) />
            <span class="place-name">{words::mailbox::folder(folder.role, &folder.name)}</span>
            {move || {
                (unread() > 0)
                    .then(|| {
                        view! {
                            <b class="count">
                                {words::grouped(unread())}
                                <span class="unseen">{words::mailbox::UNREAD_AFTER}</span>
                            </b>
                        }
                    })
            }}
        </button>
    }
}

fn is_here(mail: Mail, place: &Place) -> Option<&'static str> {
    mail.place.with(|now| now.as_ref() == Some(place)).then_some("page")
}

#[component]
fn PlaceLink(
    place: Place,
    testid: &'static str,
    icon: Name,
    label: &'static str,
    #[prop(optional, into)] count: Signal<u32>,
    #[prop(optional, into)] note: Signal<Option<String>>,
) -> impl IntoView {
    let mail = mail();
    let current = place.clone();
    view! {
        <button
            type="button"
            class="place"
            data-testid=testid
            data-count=move || count.get()
            aria-current=move || is_here(mail, &current)
            on:click=move |_| mail.go(place.clone())
        >
            <Icon name=icon />
            <span class="place-name">{label}</span>
            {move || {
                note.get()
                    .or_else(|| Some(count.get()).filter(|n| *n > 0).map(words::grouped))
                    .map(|text| view! { <span class="count quiet">{text}</span> })
            }}
        </button>
    }
}

#[component]
fn DraftsLink() -> impl IntoView {
    let mail = mail();
    let count = Signal::derive(move || {
        mail.drafts.with(|drafts| drafts.ready().map_or(0, |all| length(all.len())))
    });
    view! {
        <PlaceLink
            place=Place::Drafts
            testid="place-drafts"
            icon=Name::Draft
            label=words::mailbox::DRAFTS
            count
        />
    }
}

#[component]
fn OutboxLink() -> impl IntoView {
    let mail = mail();
    let number = move |wanted: fn(OutboxState) -> bool| {
        mail.outbox.with(|outbox| {
            outbox.ready().map_or(0, |all| length(all.iter().filter(|r| wanted(r.state)).count()))
        })
    };
    let waiting = move || {
        number(|s| matches!(s, OutboxState::Queued | OutboxState::Sending | OutboxState::Held))
    };
    let stuck = move || {
        number(|s| matches!(s, OutboxState::Held | OutboxState::Uncertain | OutboxState::Failed))
    };
    let count = Signal::derive(waiting);
    let note = Signal::derive(move || {
        Some(stuck()).filter(|number| *number > 0).map(words::mailbox::held)
    });
    view! {
        <PlaceLink
            place=Place::Outbox
            testid="place-outbox"
            icon=Name::Outbox
            label=words::mailbox::OUTBOX
            count
            note
        />
    }
}

fn length(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
