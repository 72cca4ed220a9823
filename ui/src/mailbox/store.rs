//! What the unlocked window shows: all of it belongs to that screen, and goes when it goes.

use leptos::prelude::*;
use wardmail_api::compose::{
    DraftKind, DraftRow, DraftView, ListDrafts, ListOutbox, NewDraft, OpenDraft, OutboxRow,
    UndoSend,
};
use wardmail_api::keeping::{DeleteMessages, KeepMessages, SetExpiry, UndoDelete};
use wardmail_api::mail::{
    Filter, FolderRole, FolderView, ListFolders, OpenMessage, ReaderView, SetFlags, SyncNow,
};
use wardmail_api::settings::{GetSettings, SettingsView};
use wardmail_api::{
    ApiError, AppEvent, Command, DraftId, ErrorCode, FolderId, MessageId, OutboxId, UnixMs,
};

use crate::again::{self, Wanted};
use crate::app::{App, app};
use crate::backend;
use crate::compose::{Checking, Editor, Leaving, Unsaved};
use crate::controls::Remote;
use crate::list::{List, Source};
use crate::scope::Scope;
use crate::words;

/// Drafts that were changed within so many milliseconds before an unlock are opened again.
const REOPEN_WITHIN: UnixMs = 12 * 60 * 60 * 1_000;

/// Milliseconds in which changes are gathered: a first synchronising tells of hundreds.
const BURST: f64 = 200.0;

/// What the middle of the window shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Folder(FolderId),
    Search(String),
    Drafts,
    Outbox,
    People,
    Audit,
    Settings,
}

/// How far synchronising is, as the engine told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sync {
    Unknown,
    Running { done: u32, total: u32 },
    UpToDate,
    Offline(ErrorCode),
}

/// The marks of the open message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) seen: bool,
    pub(crate) flagged: bool,
}

/// What the unlocked window shows.
#[derive(Clone, Copy)]
pub(crate) struct Mail {
    pub(crate) app: App,
    pub(crate) scope: Scope,
    pub(crate) place: RwSignal<Option<Place>>,
    pub(crate) folders: RwSignal<Remote<Vec<FolderView>>>,
    pub(crate) list: List,
    pub(crate) open: RwSignal<Option<MessageId>>,
    pub(crate) reader: RwSignal<Remote<ReaderView>>,
    /// The marks of the open message. Apart from it, so that a star doesn't load its frame anew.
    pub(crate) marks: RwSignal<Marks>,
    pub(crate) drafts: RwSignal<Remote<Vec<DraftRow>>>,
    pub(crate) outbox: RwSignal<Remote<Vec<OutboxRow>>>,
    pub(crate) settings: RwSignal<Remote<SettingsView>>,
    pub(crate) sync: RwSignal<Sync>,
    /// The draft that the composer shows.
    pub(crate) composing: RwSignal<Option<DraftView>>,
    /// The composer's state, while it is shown.
    pub(crate) editor: RwSignal<Option<Editor>>,
    /// What waits for the owner to give up words that could not be saved.
    pub(crate) unsaved: RwSignal<Option<Unsaved>>,
    /// The folders are shown over the rest: only where the window is narrow.
    pub(crate) menu: RwSignal<bool>,
    pub(crate) help: RwSignal<bool>,
    /// What waits for the passphrase to be given once more.
    pub(crate) again: RwSignal<Option<Wanted>>,
    /// Folders of which the engine said that they changed; nothing for the list of folders itself.
    changed: StoredValue<Vec<Option<FolderId>>>,
}

/// What the unlocked window shows, from within it. It is always there: [`Mail::start`] provides it before anything of
/// that window is drawn.
pub(crate) fn mail() -> Mail {
    expect_context()
}

impl Mail {
    /// Begins with nothing, and asks for what is shown first.
    pub(super) fn start() -> Self {
        let scope = Scope::here();
        let mail = Self {
            app: app(),
            scope,
            place: RwSignal::new(None),
            folders: RwSignal::new(Remote::Loading),
            list: List::new(scope),
            open: RwSignal::new(None),
            reader: RwSignal::new(Remote::Loading),
            marks: RwSignal::new(Marks::default()),
            drafts: RwSignal::new(Remote::Loading),
            outbox: RwSignal::new(Remote::Loading),
            settings: RwSignal::new(Remote::Loading),
            sync: RwSignal::new(Sync::Unknown),
            composing: RwSignal::new(None),
            editor: RwSignal::new(None),
            unsaved: RwSignal::new(None),
            menu: RwSignal::new(false),
            help: RwSignal::new(false),
            again: RwSignal::new(None),
            changed: StoredValue::new(Vec::new()),
        };
        provide_context(mail);
        mail.app.on_event(move |event| mail.on_event(event));
        mail.load_folders();
        mail.load_outbox();
        mail.load_settings();
        mail.load_drafts();
        if mail.app.take_locked_before().is_some() {
            mail.reopen_draft();
        }
        mail
    }

    fn on_event(self, event: AppEvent) {
        match event {
            AppEvent::FoldersChanged => self.refresh_soon(None),
            AppEvent::FolderChanged { folder } => self.refresh_soon(Some(folder)),
            AppEvent::OutboxChanged { .. } => self.load_outbox(),
            AppEvent::Syncing { done, total } => self.sync.set(Sync::Running { done, total }),
            AppEvent::Synced => {
                self.sync.set(Sync::UpToDate);
                self.load_settings();
                self.refresh_reader_if_waiting();
            }
            AppEvent::Offline { reason } => {
                self.sync.set(Sync::Offline(reason));
                self.load_settings();
            }
            AppEvent::PolicyChanged => {
                self.load_settings();
                self.replan();
            }
            AppEvent::CheckingFile { draft, attachment, done, total } => {
                if let Some(editor) = self.editor_of(draft) {
                    editor.checking.set(Some(Checking { attachment, done, total }));
                }
            }
            AppEvent::FileChecked { draft } => {
                if let Some(editor) = self.editor_of(draft) {
                    editor.replan();
                }
            }
            // The draft is saved before the mailbox goes; what is shown goes with the screen.
            AppEvent::LockSoon { .. } => self.save_draft(),
            AppEvent::Locked { .. }
            | AppEvent::CloseAsked { .. }
            | AppEvent::BackingUp { .. }
            | AppEvent::Restoring { .. } => {}
        }
    }

    /// The composer, if it shows this draft.
    fn editor_of(self, draft: DraftId) -> Option<Editor> {
        self.editor.get_untracked().filter(|editor| editor.is_of(draft))
    }

    /// Asks anew for what has changed, once for a burst of changes.
    fn refresh_soon(self, folder: Option<FolderId>) {
        let waits = self.changed.try_update_value(|changed| {
            let waits = !changed.is_empty();
            if !changed.contains(&folder) {
                changed.push(folder);
            }
            waits
        });
        if waits == Some(false) {
            self.scope.after(BURST, move || {
                let changed = self.changed.try_update_value(std::mem::take).unwrap_or_default();
                for folder in changed.into_iter().flatten() {
                    self.list.changed(folder);
                }
                self.load_folders();
                self.refresh_reader_if_waiting();
            });
        }
    }

    pub(crate) fn load_folders(self) {
        self.scope.spawn(async move {
            let answer = backend::call(ListFolders {}).await;
            if answer.is_err() && self.folders.with_untracked(|f| f.ready().is_some()) {
                return;
            }
            self.folders.set(answer.into());
            if self.place.with_untracked(Option::is_none)
                && let Some(inbox) = self.folder_of(FolderRole::Inbox)
            {
                self.go(Place::Folder(inbox));
            }
        });
    }

    pub(crate) fn load_outbox(self) {
        self.scope.spawn(async move {
            self.outbox.set(backend::call(ListOutbox {}).await.into());
        });
    }

    pub(crate) fn load_drafts(self) {
        self.scope.spawn(async move {
            self.drafts.set(backend::call(ListDrafts {}).await.into());
        });
    }

    pub(crate) fn load_settings(self) {
        self.scope.spawn(async move {
            self.settings.set(backend::call(GetSettings {}).await.into());
        });
    }

    /// The folder with this role.
    pub(crate) fn folder_of(self, role: FolderRole) -> Option<FolderId> {
        self.folders.with_untracked(|folders| {
            folders.ready()?.iter().find(|folder| folder.role == role).map(|folder| folder.id)
        })
    }

    /// Shows a place.
    pub(crate) fn go(self, place: Place) {
        self.menu.set(false);
        match &place {
            Place::Folder(folder) => self.list.show(Source::Folder(*folder, self.filter())),
            Place::Search(query) => self.list.show(Source::Search(query.clone())),
            Place::Drafts => self.load_drafts(),
            Place::Outbox => self.load_outbox(),
            Place::Settings => self.load_settings(),
            Place::People | Place::Audit => {}
        }
        self.close_reader();
        self.place.set(Some(place));
    }

    /// Shows the folder with this role, if there is one.
    pub(crate) fn go_to_role(self, role: FolderRole) {
        if let Some(folder) = self.folder_of(role) {
            self.go(Place::Folder(folder));
        }
    }

    fn filter(self) -> Filter {
        self.list.filter.get_untracked()
    }

    /// Changes what is listed of the folder.
    pub(crate) fn set_filter(self, filter: Filter) {
        self.list.filter.set(filter);
        if let Some(Place::Folder(folder)) = self.place.get_untracked() {
            self.list.show(Source::Folder(folder, filter));
        }
    }

    /// Opens a message in the reader.
    pub(crate) fn open_message(self, id: MessageId) {
        self.open.set(Some(id));
        self.reader.set(Remote::Loading);
        self.load_reader(id);
    }

    fn load_reader(self, id: MessageId) {
        self.scope.spawn(async move {
            let answer = backend::call(OpenMessage { id }).await;
            // Another one may have been opened meanwhile.
            if self.open.get_untracked() != Some(id) {
                return;
            }
            let unread = answer.as_ref().is_ok_and(|view| !view.seen && !view.body_missing);
            if let Ok(view) = &answer {
                self.marks.set(Marks { seen: view.seen, flagged: view.flagged });
            }
            self.reader.set(answer.into());
            if unread {
                self.set_flags(id, Some(true), None);
            }
        });
    }

    /// A message whose text was missing may be here now.
    fn refresh_reader_if_waiting(self) {
        let waiting =
            self.reader.with_untracked(|reader| reader.ready().is_some_and(|r| r.body_missing));
        if let Some(id) = self.open.get_untracked().filter(|_| waiting) {
            self.load_reader(id);
        }
    }

    pub(crate) fn close_reader(self) {
        self.open.set(None);
        self.reader.set(Remote::Loading);
    }

    /// Marks a message as read or starred, at once here and then in the mailbox.
    pub(crate) fn set_flags(self, id: MessageId, seen: Option<bool>, flagged: Option<bool>) {
        self.show_flags(id, seen, flagged);
        self.scope.spawn(async move {
            if let Err(error) = backend::call(SetFlags { ids: vec![id], seen, flagged }).await {
                self.show_flags(id, seen.map(|seen| !seen), flagged.map(|flagged| !flagged));
                self.app.toasts.error(error);
            } else {
                self.load_folders();
            }
        });
    }

    fn show_flags(self, id: MessageId, seen: Option<bool>, flagged: Option<bool>) {
        self.list.patch(id, move |row| {
            row.seen = seen.unwrap_or(row.seen);
            row.flagged = flagged.unwrap_or(row.flagged);
        });
        if self.open.get_untracked() == Some(id) {
            self.marks.update(|marks| {
                marks.seen = seen.unwrap_or(marks.seen);
                marks.flagged = flagged.unwrap_or(marks.flagged);
            });
        }
    }

    /// Deletes a message from this computer, and offers to take that back.
    pub(crate) fn delete(self, id: MessageId) {
        self.scope.spawn(async move {
            match backend::call(DeleteMessages { ids: vec![id] }).await {
                Ok(deleted) => {
                    if self.open.get_untracked() == Some(id) {
                        self.close_reader();
                    }
                    self.list_again();
                    self.list.take_focus();
                    let undo = move || self.undo_delete(id);
                    self.app.toasts.undoable(words::keeping::DELETED, deleted.until, undo);
                }
                Err(error) if again::is_needed(error) => {
                    self.again.set(Some(Wanted::new(move || self.delete(id))));
                }
                Err(error) => self.app.toasts.error(error),
            }
        });
    }

    fn undo_delete(self, id: MessageId) {
        self.scope.spawn(async move {
            if let Err(error) = backend::call(UndoDelete { ids: vec![id] }).await {
                self.app.toasts.error(error);
            }
            self.list_again();
        });
    }

    /// Asks for what is listed anew; a folder's rows come by themselves.
    fn list_again(self) {
        if let Some(Place::Search(query)) = self.place.get_untracked() {
            self.list.show(Source::Search(query));
        }
    }

    /// Keeps a message from being deleted, or lets it.
    pub(crate) fn keep(self, id: MessageId, keep: bool) {
        self.scope.spawn(async move {
            let kept = backend::call(KeepMessages { ids: vec![id], keep }).await;
            self.changed_keeping(id, kept);
        });
    }

    /// Sets in how many days a message goes by itself.
    pub(crate) fn set_expiry(self, id: MessageId, days: Option<u32>) {
        self.scope.spawn(async move {
            let set = backend::call(SetExpiry { ids: vec![id], days }).await;
            self.changed_keeping(id, set);
        });
    }

    fn changed_keeping(self, id: MessageId, answer: Result<(), ApiError>) {
        match answer {
            Ok(()) if self.open.get_untracked() == Some(id) => self.load_reader(id),
            Ok(()) => {}
            Err(error) => self.app.toasts.error(error),
        }
    }

    /// Starts a draft and shows it.
    pub(crate) fn compose(self, kind: DraftKind, of: Option<MessageId>) {
        self.leave_draft(move || self.fetch_draft(NewDraft { kind, of }));
    }

    /// Shows a draft in the composer.
    pub(crate) fn open_draft(self, id: DraftId) {
        self.leave_draft(move || self.fetch_draft(OpenDraft { id }));
    }

    fn fetch_draft<C: Command<Output = DraftView> + 'static>(self, request: C) {
        self.scope.spawn(async move {
            match backend::call(request).await {
                Ok(draft) => {
                    self.composing.set(Some(draft));
                    self.load_drafts();
                }
                Err(error) => self.app.toasts.error(error),
            }
        });
    }

    /// Saves the draft that is shown, takes it off the screen, and goes on. Where it can't be saved it stays, until its
    /// last words are given up.
    pub(crate) fn leave_draft(self, then: impl Fn() + Send + std::marker::Sync + 'static) {
        let go = move || {
            self.composing.set(None);
            then();
        };
        self.scope.spawn(async move {
            match self.save_shown().await {
                Ok(()) => go(),
                Err(code) => self.unsaved.set(Some(Unsaved::new(code, Leaving::Draft, go))),
            }
        });
    }

    /// Saves the draft that is shown, if there is one.
    ///
    /// # Errors
    /// What kept it from being saved.
    pub(crate) async fn save_shown(self) -> Result<(), ErrorCode> {
        match self.editor.get_untracked() {
            Some(editor) => editor.save_now().await,
            None => Ok(()),
        }
    }

    /// Keys or policy have changed: how the draft that is shown goes out may have, too.
    pub(crate) fn replan(self) {
        if let Some(editor) = self.editor.get_untracked() {
            editor.replan();
        }
    }

    /// Saves the draft that is shown, without waiting: what locks by itself asks nobody.
    fn save_draft(self) {
        self.scope.spawn(async move {
            let _marked = self.save_shown().await;
        });
    }

    /// Brings back what was being written when the mailbox locked itself.
    fn reopen_draft(self) {
        self.scope.spawn(async move {
            let Ok(drafts) = backend::call(ListDrafts {}).await else { return };
            let since = crate::time::now_unix() - REOPEN_WITHIN;
            let newest = drafts.into_iter().max_by_key(|draft| draft.updated);
            if let Some(draft) = newest.filter(|draft| draft.updated >= since) {
                self.open_draft(draft.id);
            }
        });
    }

    /// Takes a message back while that is possible, into the composer.
    pub(crate) fn undo_send(self, id: OutboxId) {
        self.take_back(UndoSend { id });
    }

    /// Takes a message back out of the outbox, into the composer. First of all: it must not go out while its owner is
    /// asked about the draft that is shown.
    pub(crate) fn take_back<C: Command<Output = DraftView> + 'static>(self, request: C) {
        self.scope.spawn(async move {
            match backend::call(request).await {
                Ok(draft) => {
                    self.load_drafts();
                    self.open_draft(draft.id);
                }
                Err(error) => self.app.toasts.error(error),
            }
            self.load_outbox();
        });
    }

    /// Fetches and sends, now.
    pub(crate) fn sync_now(self) {
        self.scope.spawn(async move {
            if let Err(error) = backend::call(SyncNow {}).await {
                self.app.toasts.error(error);
            }
        });
    }
}
