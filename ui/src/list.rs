//! The list of messages: what it holds, what it asks for, what has the focus.

mod pane;
mod row;

use leptos::prelude::*;
use wardmail_api::mail::{Filter, ListMessages, MessageRow, SearchMessages};
use wardmail_api::{ApiError, FolderId, MessageId};
use wardmail_logic::found::{Ask, Found, Listing};
use wardmail_logic::rows::Rows;
use wardmail_logic::window::PAGE;

use crate::backend;
use crate::scope::Scope;

pub(crate) use self::pane::ListPane;

/// Where the rows come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Folder(FolderId, Filter),
    Search(String),
}

/// The list of messages.
#[derive(Clone, Copy)]
pub(crate) struct List {
    scope: Scope,
    pub(crate) source: RwSignal<Option<Source>>,
    pub(crate) filter: RwSignal<Filter>,
    listing: RwSignal<Listing>,
    /// The row that has the focus, or would get it.
    focused: RwSignal<u32>,
    /// Counts the sources: an answer for an older one is dropped.
    generation: StoredValue<u32>,
    /// Counts the reasons to ask again.
    wanted: RwSignal<u32>,
    /// Counts the wishes to give the focused row the keyboard's focus.
    focus_wanted: RwSignal<u32>,
    failed: RwSignal<Option<ApiError>>,
}

impl List {
    pub(crate) fn new(scope: Scope) -> Self {
        Self {
            scope,
            source: RwSignal::new(None),
            filter: RwSignal::new(Filter::All),
            listing: RwSignal::new(Listing::Folder(Rows::default())),
            focused: RwSignal::new(0),
            generation: StoredValue::new(0),
            wanted: RwSignal::new(0),
            focus_wanted: RwSignal::new(0),
            failed: RwSignal::new(None),
        }
    }

    /// Shows the rows of another source, from the top.
    pub(crate) fn show(self, source: Source) {
        self.generation.update_value(|generation| *generation = generation.wrapping_add(1));
        self.listing.set(match &source {
            Source::Folder(..) => Listing::Folder(Rows::default()),
            Source::Search(_) => Listing::Search(Found::default()),
        });
        self.focused.set(0);
        self.failed.set(None);
        self.source.set(Some(source));
        self.ask_again();
    }

    /// Rows of a folder have changed: they are asked for anew if they are shown.
    pub(crate) fn changed(self, folder: FolderId) {
        let shown = self
            .source
            .with_untracked(|source| matches!(source, Some(Source::Folder(f, _)) if *f == folder));
        if shown {
            self.listing.update(|listing| {
                if let Listing::Folder(rows) = listing {
                    rows.refresh();
                }
            });
            self.ask_again();
        }
    }

    /// Changes the row of a message.
    pub(crate) fn patch(self, id: MessageId, change: impl Fn(&mut MessageRow)) {
        self.listing.update(|listing| listing.patch(id, change));
    }

    /// The row that has the focus.
    pub(crate) fn focused_row(self) -> Option<MessageRow> {
        let index = self.focused.get_untracked();
        self.listing.with_untracked(|listing| listing.row(index).cloned())
    }

    /// The message that has the focus.
    pub(crate) fn focused_id(self) -> Option<MessageId> {
        self.focused_row().map(|row| row.id)
    }

    /// Moves the focus by so many rows.
    pub(crate) fn move_focus(self, by: i64) {
        let at = i64::from(self.focused.get_untracked()).saturating_add(by).max(0);
        self.focus_row(u32::try_from(at).unwrap_or(u32::MAX));
    }

    /// Gives a row the focus; the last one if there are fewer.
    fn focus_row(self, index: u32) {
        let total = self.listing.with_untracked(Listing::total).unwrap_or(0);
        if total > 0 {
            self.focused.set(index.min(total - 1));
            self.take_focus();
        }
    }

    /// Gives the row that had the focus the keyboard's focus.
    pub(crate) fn take_focus(self) {
        self.focus_wanted.update(|wanted| *wanted = wanted.wrapping_add(1));
    }

    fn ask_again(self) {
        self.wanted.update(|wanted| *wanted = wanted.wrapping_add(1));
    }

    /// Asks for what is needed to draw these rows.
    fn ask(self, drawn: &std::ops::Range<u32>) {
        let asks =
            self.listing.try_update_untracked(|listing| listing.ask(drawn)).unwrap_or_default();
        let Some(source) = self.source.get_untracked() else { return };
        for ask in asks {
            self.fetch(source.clone(), ask, drawn.start / PAGE);
        }
    }

    fn fetch(self, source: Source, ask: Ask, seen: u32) {
        let generation = self.generation.get_value();
        self.scope.spawn(async move {
            let answer = answer(source, ask).await;
            if self.generation.get_value() != generation {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.failed.set(None);
                    self.put(answer, seen);
                    self.ask_again();
                }
                Err(error) => {
                    self.failed.set(Some(error));
                    self.listing.update_untracked(|listing| listing.give_up(ask));
                }
            }
        });
    }

    /// Takes rows in; the focus stays on its message where that one moves.
    fn put(self, answer: Answer, seen: u32) {
        let id = self.focused_id();
        self.listing.update(|listing| match (listing, answer) {
            (Listing::Folder(rows), Answer::Page(page)) => rows.put(page, seen),
            (Listing::Search(found), Answer::Found(page)) => found.put(page),
            (Listing::Folder(_), Answer::Found(_)) | (Listing::Search(_), Answer::Page(_)) => {}
        });
        let moved = id.and_then(|id| self.listing.with_untracked(|l| l.position(id)));
        if let Some(index) = moved.filter(|index| *index != self.focused.get_untracked()) {
            self.focused.set(index);
        }
    }
}

enum Answer {
    Page(wardmail_api::mail::MessagePage),
    Found(wardmail_api::mail::SearchPage),
}

async fn answer(source: Source, ask: Ask) -> Result<Answer, ApiError> {
    match (source, ask) {
        (Source::Folder(folder, filter), Ask::Page(page)) => {
            let request = ListMessages { folder, filter, offset: page * PAGE, limit: PAGE };
            backend::call(request).await.map(Answer::Page)
        }
        (Source::Search(query), Ask::After(before)) => {
            let request = SearchMessages { query, before, limit: PAGE };
            backend::call(request).await.map(Answer::Found)
        }
        // The listing was made for its source: it never asks for what that one can't answer.
        (Source::Folder(..), Ask::After(_)) | (Source::Search(_), Ask::Page(_)) => {
            Err(wardmail_api::ErrorCode::Internal.into())
        }
    }
}
