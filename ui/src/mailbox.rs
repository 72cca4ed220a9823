//! The unlocked window: top bar, places, list, reader, composer, status line.

mod folders;
mod starting;
mod status;
mod store;
mod top;

use leptos::prelude::*;
use wardmail_api::MessageId;
use wardmail_api::compose::DraftKind;
use wardmail_api::mail::FolderRole;
use wardmail_logic::shortcuts::{Action, Place as Key};

use crate::again::AgainDialog;
use crate::audit::AuditPlace;
use crate::compose::{Composer, UnsavedDialog};
use crate::drafts::DraftsPlace;
use crate::keyboard;
use crate::list::ListPane;
use crate::locking::{LeavingDialog, LockGuard, LockSoonBanner};
use crate::notices::Notices;
use crate::outbox::OutboxPlace;
use crate::people::PeoplePlace;
use crate::reader::Reader;
use crate::settings::SettingsPlace;
use crate::toasts::ToastStack;

pub(crate) use self::status::provider_line;
pub(crate) use self::store::{Mail, Place, Sync, mail};

/// Which part of the middle a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Middle {
    Starting,
    Messages,
    Drafts,
    Outbox,
    People,
    Audit,
    Settings,
}

impl Middle {
    fn of(place: Option<&Place>) -> Self {
        match place {
            None => Self::Starting,
            Some(Place::Folder(_) | Place::Search(_)) => Self::Messages,
            Some(Place::Drafts) => Self::Drafts,
            Some(Place::Outbox) => Self::Outbox,
            Some(Place::People) => Self::People,
            Some(Place::Audit) => Self::Audit,
            Some(Place::Settings) => Self::Settings,
        }
    }
}

fn place_name(place: Option<&Place>) -> &'static str {
    match place {
        None => "starting",
        Some(Place::Folder(_)) => "folder",
        Some(Place::Search(_)) => "search",
        Some(Place::Drafts) => "drafts",
        Some(Place::Outbox) => "outbox",
        Some(Place::People) => "people",
        Some(Place::Audit) => "audit",
        Some(Place::Settings) => "settings",
    }
}

/// The unlocked window.
#[component]
pub(crate) fn Mailbox() -> impl IntoView {
    let mail = Mail::start();
    let guard = LockGuard::start(mail);
    keyboard::listen(move |action| perform(mail, guard, action));
    let middle = Memo::new(move |_| mail.place.with(|place| Middle::of(place.as_ref())));
    let shown = move || match middle.get() {
        Middle::Starting => view! { <starting::Starting /> }.into_any(),
        Middle::Messages => view! {
            <ListPane />
            <Reader />
        }
        .into_any(),
        Middle::Drafts => view! { <DraftsPlace /> }.into_any(),
        Middle::Outbox => view! { <OutboxPlace /> }.into_any(),
        Middle::People => view! { <PeoplePlace /> }.into_any(),
        Middle::Audit => view! { <AuditPlace /> }.into_any(),
        Middle::Settings => view! { <SettingsPlace /> }.into_any(),
    };
    view! {
        <div
            class="app"
            class:reading=move || mail.open.with(Option::is_some)
            class:menu-open=move || mail.menu.get()
            data-testid="mailbox"
            data-place=move || mail.place.with(|place| place_name(place.as_ref()))
        >
            <top::TopBar guard />
            <LockSoonBanner guard />
            <Notices />
            <folders::Folders />
            <ToastStack toasts=mail.app.toasts clock=mail.app.clock />
            {shown}
            {move || mail.composing.get().map(|draft| view! { <Composer draft /> })}
            <status::StatusLine />
        </div>
        <LeavingDialog guard />
        <UnsavedDialog mail />
        <AgainDialog />
        {move || mail.help.get().then(|| view! { <keyboard::CheatSheet open=mail.help /> })}
    }
}

/// Does what a key asks for.
fn perform(mail: Mail, guard: LockGuard, action: Action) {
    match action {
        Action::Next => mail.list.move_focus(1),
        Action::Previous => mail.list.move_focus(-1),
        Action::Open => {
            if let Some(id) = mail.list.focused_id() {
                mail.open_message(id);
            }
        }
        Action::Back => back(mail),
        Action::Reply => answer(mail, DraftKind::Reply),
        Action::ReplyAll => answer(mail, DraftKind::ReplyAll),
        Action::Forward => answer(mail, DraftKind::Forward),
        Action::Compose => mail.compose(DraftKind::New, None),
        Action::Search => top::focus_search(),
        Action::Unread => {
            if let Some((id, seen, _)) = current(mail) {
                mail.set_flags(id, Some(!seen), None);
            }
        }
        Action::Star => {
            if let Some((id, _, flagged)) = current(mail) {
                mail.set_flags(id, None, Some(!flagged));
            }
        }
        Action::Delete => {
            if let Some((id, ..)) = current(mail) {
                mail.delete(id);
            }
        }
        Action::Sync => mail.sync_now(),
        Action::Lock => guard.lock(),
        Action::Help => mail.help.set(true),
        Action::Go(place) => go(mail, place),
    }
}

fn back(mail: Mail) {
    if mail.menu.get_untracked() {
        mail.menu.set(false);
    } else {
        mail.close_reader();
        mail.list.take_focus();
    }
}

fn answer(mail: Mail, kind: DraftKind) {
    if let Some(id) = mail.open.get_untracked() {
        mail.compose(kind, Some(id));
    }
}

/// The message that is read, or the one that has the focus in the list.
fn current(mail: Mail) -> Option<(MessageId, bool, bool)> {
    let marks = mail.marks.get_untracked();
    mail.open
        .get_untracked()
        .map(|id| (id, marks.seen, marks.flagged))
        .or_else(|| mail.list.focused_row().map(|row| (row.id, row.seen, row.flagged)))
}

fn go(mail: Mail, place: Key) {
    match place {
        Key::Inbox => mail.go_to_role(FolderRole::Inbox),
        Key::Sent => mail.go_to_role(FolderRole::Sent),
        Key::Drafts => mail.go(Place::Drafts),
        Key::Outbox => mail.go(Place::Outbox),
        Key::People => mail.go(Place::People),
        Key::Audit => mail.go(Place::Audit),
        Key::Settings => mail.go(Place::Settings),
    }
}
