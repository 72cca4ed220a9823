//! The state of the draft that is being written, and all that is done with it.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use wardmail_api::compose::{
    AttachFile, CheckSubject, DraftAttachmentView, DraftView, OverrideReason, PlanVerdict,
    PlanView, Preflight, Queued, RecipientKind, RemoveAttachment, SaveDraft, Send, SubjectCheck,
};
use wardmail_api::phi::{MarkNotPatient, Question};
use wardmail_api::{ApiError, DraftAttachmentId, DraftId, ErrorCode, UnixMs};
use wardmail_logic::autosave::Autosave;
use wardmail_logic::pills;

use super::Size;
use crate::mailbox::{Mail, Place};
use crate::scope::Scope;
use crate::{backend, time, words};

/// How many checks of a subject this page has asked for: the backend makes the one with the highest number.
static CHECKS: AtomicU32 = AtomicU32::new(0);

/// Milliseconds until a save that failed is tried again.
const RETRY_SAVE: f64 = 5_000.0;

/// Whether what is typed is safe in the mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    /// Nothing was typed yet.
    Clean,
    Dirty,
    Saving,
    At(UnixMs),
    Failed(ErrorCode),
}

/// One line of recipients.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) kind: RecipientKind,
    /// Recipients that are complete, as typed.
    pub(super) done: RwSignal<Vec<String>>,
    /// What is being typed.
    pub(super) typed: RwSignal<String>,
}

impl Line {
    fn new(kind: RecipientKind, recipients: Vec<String>) -> Self {
        let mut done: Vec<String> = Vec::new();
        for recipient in recipients {
            if !done.contains(&recipient) {
                done.push(recipient);
            }
        }
        Self { kind, done: RwSignal::new(done), typed: RwSignal::new(String::new()) }
    }

    /// All of them, what is being typed among them.
    fn all(self) -> Vec<String> {
        let mut all = self.done.get_untracked();
        all.extend(self.typed.with_untracked(|typed| pills::cut_all(typed)));
        all
    }
}

/// What stood in subject and text before the neutral subject was taken.
#[derive(Clone, Debug)]
pub(super) struct Before {
    subject: String,
    body: String,
}

/// The draft that is being written. Its signals belong to the composer and go with it.
#[derive(Clone, Copy)]
pub(crate) struct Editor {
    pub(super) mail: Mail,
    scope: Scope,
    pub(super) id: DraftId,
    pub(super) to: Line,
    pub(super) cc: Line,
    pub(super) bcc: Line,
    pub(super) subject: RwSignal<String>,
    pub(super) body: RwSignal<String>,
    pub(super) files: RwSignal<Vec<DraftAttachmentView>>,
    pub(super) check: RwSignal<Option<SubjectCheck>>,
    pub(super) plan: RwSignal<Option<PlanView>>,
    /// Whether the plan is about what stands there now.
    pub(super) plan_fresh: RwSignal<bool>,
    pub(super) reason: RwSignal<Option<OverrideReason>>,
    /// What was asked when the reason was given: it answers nothing else.
    pub(super) answered: RwSignal<Vec<Question>>,
    /// What is added to the reason; it stays in the mailbox.
    pub(super) note: RwSignal<String>,
    pub(super) before_neutral: RwSignal<Option<Before>>,
    /// How far the check of a file is.
    pub(crate) checking: RwSignal<Option<Checking>>,
    /// The name that was last marked as not a patient's.
    pub(crate) marked: RwSignal<Option<String>>,
    pub(super) saved: RwSignal<Saved>,
    pub(super) sending: RwSignal<bool>,
    pub(super) size: RwSignal<Size>,
    pub(super) error: RwSignal<Option<ApiError>>,
    /// The reason for an override is being asked, and whether it sends at once.
    pub(super) asking: RwSignal<Option<Asking>>,
    autosave: StoredValue<Autosave>,
    timer: StoredValue<bool>,
    saving: StoredValue<bool>,
    checks: StoredValue<u32>,
    changes: StoredValue<u32>,
}

/// A file that is being checked, and how far that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checking {
    pub(crate) attachment: DraftAttachmentId,
    pub(crate) done: u32,
    pub(crate) total: u32,
}

/// What happens once a reason is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// It is kept for later.
    Keep,
    /// The message is sent.
    Send,
}

impl Editor {
    pub(super) fn new(mail: Mail, draft: DraftView) -> Self {
        Self {
            mail,
            scope: Scope::here(),
            id: draft.id,
            to: Line::new(RecipientKind::To, draft.to),
            cc: Line::new(RecipientKind::Cc, draft.cc),
            bcc: Line::new(RecipientKind::Bcc, draft.bcc),
            subject: RwSignal::new(draft.subject),
            body: RwSignal::new(draft.body),
            files: RwSignal::new(draft.attachments),
            check: RwSignal::new(None),
            plan: RwSignal::new(None),
            plan_fresh: RwSignal::new(false),
            reason: RwSignal::new(None),
            answered: RwSignal::new(Vec::new()),
            note: RwSignal::new(String::new()),
            before_neutral: RwSignal::new(None),
            checking: RwSignal::new(None),
            marked: RwSignal::new(None),
            saved: RwSignal::new(Saved::Clean),
            sending: RwSignal::new(false),
            size: RwSignal::new(Size::Docked),
            error: RwSignal::new(None),
            asking: RwSignal::new(None),
            autosave: StoredValue::new(Autosave::default()),
            timer: StoredValue::new(false),
            saving: StoredValue::new(false),
            checks: StoredValue::new(0),
            changes: StoredValue::new(0),
        }
    }

    /// Whether this is the draft that is written.
    pub(crate) fn is_of(self, draft: DraftId) -> bool {
        self.id == draft
    }

    /// Asks what there is to say about what stands there already.
    pub(super) fn start(self) {
        self.check_subject();
        self.replan();
    }

    /// Something was typed: it is saved soon.
    pub(super) fn touched(self) {
        self.autosave.update_value(|autosave| autosave.touch(time::now()));
        self.changes.update_value(|changes| *changes = changes.wrapping_add(1));
        self.saved.set(Saved::Dirty);
        self.plan_fresh.set(false);
        self.error.set(None);
        if !self.timer.get_value() {
            self.timer.set_value(true);
            self.scope.spawn(async move { self.save_until_clean().await });
        }
    }

    /// Something was changed that the plan depends on: it is saved and planned at once.
    pub(super) fn changed(self) {
        self.touched();
        // What came of it, the mark says.
        self.scope.spawn(async move {
            let _marked = self.save_now().await;
        });
    }

    async fn save_until_clean(self) {
        while let Some(due) = self.autosave.with_value(|autosave| autosave.due_in(time::now())) {
            if due > 0.0 {
                time::sleep(due).await;
            } else if self.save().await.is_err() {
                time::sleep(RETRY_SAVE).await;
            }
        }
        self.timer.set_value(false);
    }

    /// Saves what isn't saved yet, and what is typed meanwhile. Safe to call while the composer goes away.
    ///
    /// # Errors
    /// What kept it from being saved: then the last words are on the screen alone.
    pub(crate) async fn save_now(self) -> Result<(), ErrorCode> {
        loop {
            while self.saving.try_get_value() == Some(true) {
                time::sleep(20.0).await;
            }
            if self.autosave.try_with_value(Autosave::is_dirty) != Some(true) {
                return Ok(());
            }
            self.save().await?;
        }
    }

    async fn save(self) -> Result<(), ErrorCode> {
        if self.saving.get_value() {
            time::sleep(20.0).await;
            return Ok(());
        }
        self.saving.set_value(true);
        self.autosave.update_value(Autosave::begin);
        self.saved.set(Saved::Saving);
        let answer = backend::call(self.draft()).await;
        // The composer may be gone by now; then there is nobody to tell.
        self.saving.try_update_value(|saving| *saving = false);
        let dirty = self.autosave.try_with_value(Autosave::is_dirty).unwrap_or(false);
        match answer {
            Ok(saved) => {
                self.saved.try_set(if dirty { Saved::Dirty } else { Saved::At(saved.updated) });
                self.scope.spawn(async move { self.preflight().await });
                Ok(())
            }
            Err(error) => {
                self.autosave.try_update_value(|autosave| autosave.failed(time::now()));
                self.saved.try_set(Saved::Failed(error.code));
                Err(error.code)
            }
        }
    }

    fn draft(self) -> SaveDraft {
        SaveDraft {
            id: self.id,
            to: self.to.all(),
            cc: self.cc.all(),
            bcc: self.bcc.all(),
            subject: self.subject.get_untracked(),
            body: self.body.get_untracked(),
        }
    }

    /// Asks how the draft, as saved, would go out.
    async fn preflight(self) {
        let changes = self.changes.get_value();
        match backend::call(Preflight { draft: self.id }).await {
            Ok(plan) => {
                let fresh = self.changes.get_value() == changes;
                if fresh {
                    self.check.set(Some(plan.subject.clone()));
                }
                self.plan.set(Some(plan));
                self.plan_fresh.set(fresh);
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Something else has changed that the plan depends on: keys, or the policy.
    pub(crate) fn replan(self) {
        self.scope.spawn(async move { self.preflight().await });
    }

    /// Marks a name that was found as not a patient's, and looks again.
    pub(super) fn mark_not_patient(self, name: String) {
        self.scope.spawn(async move {
            let request = MarkNotPatient { name: name.clone(), marked: true };
            match backend::call(request).await {
                Ok(()) => {
                    self.marked.set(Some(name));
                    self.check_subject();
                    self.preflight().await;
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Takes the last mark back.
    pub(super) fn unmark(self) {
        let Some(name) = self.marked.get_untracked() else { return };
        self.scope.spawn(async move {
            match backend::call(MarkNotPatient { name, marked: false }).await {
                Ok(()) => {
                    self.marked.set(None);
                    self.check_subject();
                    self.preflight().await;
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Goes to the people and their keys; the draft waits at the edge of the window.
    pub(super) fn look_for_key(self) {
        self.size.set(Size::Small);
        self.mail.go(Place::People);
    }

    /// Checks the subject as it stands.
    pub(super) fn check_subject(self) {
        let number = CHECKS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.checks.set_value(number);
        self.scope.spawn(async move {
            let text = self.subject.get_untracked();
            let lines = [self.to, self.cc, self.bcc];
            let recipients = lines.into_iter().flat_map(Line::all).collect();
            let answer = backend::call(CheckSubject { text, recipients, number }).await;
            // A later key has asked again.
            if self.checks.get_value() == number
                && let Ok(check) = answer
            {
                self.check.set(Some(check));
            }
        });
    }

    /// Takes the neutral subject; the words that told whose mail it is move to the top of the text.
    pub(super) fn use_neutral(self) {
        let Some(neutral) = self.check.get_untracked().and_then(|check| check.neutral) else {
            return;
        };
        let before =
            Before { subject: self.subject.get_untracked(), body: self.body.get_untracked() };
        self.body.set(words::compose::moved_into(&neutral.moved, &before.body));
        self.subject.set(neutral.subject);
        self.before_neutral.set(Some(before));
        self.reason.set(None);
        self.check_subject();
        self.changed();
    }

    /// Puts subject and text back as they were.
    pub(super) fn undo_neutral(self) {
        if let Some(before) = self.before_neutral.get_untracked() {
            self.subject.set(before.subject);
            self.body.set(before.body);
            self.before_neutral.set(None);
            self.check_subject();
            self.changed();
        }
    }

    /// Adds files that the user picks.
    pub(super) fn attach(self) {
        self.scope.spawn(async move {
            // A file is added all the same: it is kept by itself.
            let _marked = self.save_now().await;
            self.took_files(backend::call(AttachFile { draft: self.id }).await);
        });
    }

    /// Takes a file off.
    pub(super) fn detach(self, attachment: DraftAttachmentId) {
        self.scope.spawn(async move {
            let request = RemoveAttachment { draft: self.id, attachment };
            self.took_files(backend::call(request).await);
        });
    }

    fn took_files(self, answer: Result<DraftView, ApiError>) {
        match answer {
            Ok(draft) => {
                self.files.set(draft.attachments);
                self.changed();
            }
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// What is asked and has no reason yet.
    pub(super) fn unanswered(self) -> Vec<Question> {
        let answered = self.reason.get().map_or_else(Vec::new, |_| self.answered.get());
        let open = |plan: &PlanView| {
            plan.questions.iter().copied().filter(|question| !answered.contains(question)).collect()
        };
        self.plan.with(|plan| plan.as_ref().map(open)).unwrap_or_default()
    }

    /// Saves, plans, and sends if the plan lets it go; says why not otherwise.
    pub(super) fn send(self) {
        if self.sending.get_untracked() {
            return;
        }
        self.sending.set(true);
        self.error.set(None);
        self.scope.spawn(async move {
            self.try_to_send().await;
            self.sending.set(false);
        });
    }

    async fn try_to_send(self) {
        if let Err(code) = self.save_now().await {
            self.error.set(Some(code.into()));
            return;
        }
        self.preflight().await;
        let plan = self.plan.with_untracked(|plan| plan.as_ref().map(|p| (p.verdict, p.revision)));
        let (verdict, revision) = plan.unzip();
        let reason = self.reason.get_untracked();
        match verdict {
            None | Some(PlanVerdict::Blocked) => {}
            Some(PlanVerdict::NeedsReason) if !untrack(|| self.unanswered()).is_empty() => {
                self.asking.set(Some(Asking::Send));
            }
            Some(PlanVerdict::NeedsReason | PlanVerdict::Ready) => {
                let note = Some(self.note.get_untracked()).filter(|note| !note.trim().is_empty());
                let answered = reason.map(|_| self.answered.get_untracked());
                match backend::call(Send { draft: self.id, revision, reason, answered, note }).await
                {
                    Ok(queued) => self.queued(queued),
                    // A file was still being checked: now it is known what it asks.
                    Err(error) if error.code == ErrorCode::ReasonNeeded => {
                        self.preflight().await;
                        self.asking.set(Some(Asking::Send));
                    }
                    Err(error) => self.error.set(Some(error)),
                }
            }
        }
    }

    fn queued(self, queued: Queued) {
        let mail = self.mail;
        let undo = move || mail.undo_send(queued.id);
        mail.app.toasts.undoable(words::compose::QUEUED, queued.undo_until, undo);
        mail.load_outbox();
        mail.load_drafts();
        mail.composing.set(None);
    }

    /// Saves and closes; the draft stays.
    pub(super) fn close(self) {
        let mail = self.mail;
        mail.leave_draft(move || mail.load_drafts());
    }
}
