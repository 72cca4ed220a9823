//! Drafts, the check of the subject, the plan, sending, the outbox.

use serde::{Deserialize, Serialize};

use crate::phi::{ContentCheck, EncryptionReason, FileCheck, Question};
use crate::{DraftAttachmentId, DraftId, ErrorCode, MessageId, OutboxId, UnixMs};

/// What a draft starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DraftKind {
    /// Nothing.
    New,
    /// An answer to the sender.
    Reply,
    /// An answer to all.
    ReplyAll,
    /// A message passed on.
    Forward,
}

/// Starts a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewDraft {
    /// What it starts from.
    pub kind: DraftKind,
    /// The message it answers or passes on.
    pub of: Option<MessageId>,
}

/// Asks for the drafts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListDrafts {}

/// One row of the drafts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftRow {
    /// The draft.
    pub id: DraftId,
    /// Whom it is to, as shown.
    pub who: String,
    /// Subject.
    pub subject: String,
    /// When it was last saved.
    pub updated: UnixMs,
}

/// Opens a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OpenDraft {
    /// The draft.
    pub id: DraftId,
}

/// A file on a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftAttachmentView {
    /// Its id.
    pub id: DraftAttachmentId,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub size: u64,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Its id.
    pub id: DraftId,
    /// What it started from.
    pub kind: DraftKind,
    /// Whether the message that it answers was encrypted: then it stays so.
    pub answers_sealed: bool,
    /// Recipients as typed, one each.
    pub to: Vec<String>,
    /// Copies.
    pub cc: Vec<String>,
    /// Blind copies: each becomes a message of its own.
    pub bcc: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Files.
    pub attachments: Vec<DraftAttachmentView>,
    /// When it was last saved.
    pub updated: UnixMs,
}

/// Saves a draft, encrypted, in the mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaveDraft {
    /// The draft.
    pub id: DraftId,
    /// Recipients as typed, one each.
    pub to: Vec<String>,
    /// Copies.
    pub cc: Vec<String>,
    /// Blind copies.
    pub bcc: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// A draft was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftSaved {
    /// When.
    pub updated: UnixMs,
}

/// Deletes a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DiscardDraft {
    /// The draft.
    pub id: DraftId,
}

/// Attaches files that the user picks: the shell asks which.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AttachFile {
    /// The draft.
    pub draft: DraftId,
}

/// Takes a file off a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RemoveAttachment {
    /// The draft.
    pub draft: DraftId,
    /// The file.
    pub attachment: DraftAttachmentId,
}

/// Asks for known people whose name or address starts like this.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SuggestRecipients {
    /// What was typed.
    pub text: String,
}

/// A known person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientSuggestion {
    /// Name; may be empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// Whether mail can be sealed for them.
    pub can_seal: bool,
}

/// Checks a subject for PHI.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CheckSubject {
    /// The subject.
    pub text: String,
    /// Recipients as typed: "your results" tells more where a patient reads it.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Which check it is of those that typing asked for, counted from 1: only the last is made, once the keys rest. 0 for one
    /// that is made at once.
    #[serde(default)]
    pub number: u32,
}

/// One finding in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// First code point.
    pub start: u32,
    /// Code point after the last.
    pub end: u32,
    /// Category, such as `name` or `ssn`.
    pub category: String,
    /// The rule that found it.
    pub rule: String,
    /// Why it matters, in a plain sentence without the words themselves.
    pub reason: String,
}

/// What policy does about PHI in a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PhiAction {
    /// Nothing.
    Off,
    /// Warn.
    Warn,
    /// Stop unless a reason is given.
    Justify,
    /// Stop.
    Block,
}

/// A subject that says nothing about anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NeutralSubject {
    /// The neutral subject.
    pub subject: String,
    /// The words that move into the text.
    pub moved: String,
}

/// What the check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectCheck {
    /// Whether it holds PHI.
    pub phi: bool,
    /// Where and why.
    pub findings: Vec<Finding>,
    /// What policy does about it at sending.
    pub action: PhiAction,
    /// What could stand there instead.
    pub neutral: Option<NeutralSubject>,
    /// Specially protected topic, if any: the stronger advice.
    pub special: Option<String>,
}

/// Asks how a draft would go out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Preflight {
    /// The draft.
    pub draft: DraftId,
}

/// Which line a recipient stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecipientKind {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc: a message of its own.
    Bcc,
}

/// How one recipient gets the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientPlan {
    /// As typed.
    pub typed: String,
    /// Name; may be empty.
    pub name: String,
    /// Address; empty if what was typed is none.
    pub address: String,
    /// The line it stands in.
    pub kind: RecipientKind,
    /// What stops it; nothing when it goes out encrypted.
    pub blocked: Option<ErrorCode>,
    /// How far their certificate was checked.
    pub trust: Option<crate::keys::Trust>,
}

/// Whether a draft can go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PlanVerdict {
    /// It can.
    Ready,
    /// It can once a reason is given for what is asked.
    NeedsReason,
    /// It can't.
    Blocked,
}

/// How a draft would go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// Which revision of the draft it is about, for [`Send`].
    pub revision: u64,
    /// Each recipient.
    pub recipients: Vec<RecipientPlan>,
    /// Whether it can go out.
    pub verdict: PlanVerdict,
    /// What stops the message as a whole.
    pub blocked: Vec<ErrorCode>,
    /// The subject's check.
    pub subject: SubjectCheck,
    /// What was found in the text.
    pub body: ContentCheck,
    /// What was found in each file.
    pub files: Vec<FileCheck>,
    /// Why it is encrypted.
    pub encryption: EncryptionReason,
    /// What is asked before it is sent: one reason answers all that were shown when it was given.
    pub questions: Vec<Question>,
    /// What policy only warns of.
    pub warnings: Vec<Question>,
    /// Whether the text speaks of an attachment and there is none.
    pub attachment_forgotten: bool,
    /// Seconds in which sending can be undone.
    pub undo_seconds: u32,
    /// The provider it goes through, with the end of its BAA, as shown.
    pub provider: Option<String>,
}

/// Why a warning was overridden: a pick-list, so that no free text reaches the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OverrideReason {
    /// It is not about a patient.
    NotAPatient,
    /// Care is urgent.
    Urgent,
    /// The recipient needs it to find the case.
    RecipientNeedsIt,
    /// The patient asked for it.
    PatientAsked,
    /// Another reason.
    Other,
}

/// Queues a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Send {
    /// The draft, as saved.
    pub draft: DraftId,
    /// The revision that the sender saw the plan of: a later one is not sent. `None` where nobody looked.
    #[serde(default)]
    pub revision: Option<u64>,
    /// Why a warning is overridden, if one is.
    pub reason: Option<OverrideReason>,
    /// What was asked when the reason was given: it answers nothing else. `None` where nobody asked, as in a script.
    #[serde(default)]
    pub answered: Option<Vec<Question>>,
    /// What the sender adds to the reason: it stays in the mailbox.
    #[serde(default)]
    pub note: Option<String>,
}

/// A draft was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queued {
    /// Its place in the outbox.
    pub id: OutboxId,
    /// Until when it can be undone.
    pub undo_until: UnixMs,
}

/// Takes a message back out of the undo window.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UndoSend {
    /// The message.
    pub id: OutboxId,
}

/// Asks for the outbox.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListOutbox {}

/// Where a message is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutboxState {
    /// Waits: for the undo window, or for the provider.
    Queued,
    /// Stopped until somebody acts.
    Held,
    /// Goes out now.
    Sending,
    /// The provider took it.
    Sent,
    /// The provider may or may not have taken it: the owner decides.
    Uncertain,
    /// The provider refused it.
    Failed,
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboxRow {
    /// The message.
    pub id: OutboxId,
    /// Whom it is to, as shown.
    pub who: String,
    /// Subject.
    pub subject: String,
    /// Where it is.
    pub state: OutboxState,
    /// Why, if it is held, waits or failed.
    pub reason: Option<ErrorCode>,
    /// Until when it can be undone.
    pub undo_until: UnixMs,
    /// Tries so far.
    pub attempts: u32,
    /// When the next try is due.
    pub next_attempt: Option<UnixMs>,
    /// When it was queued.
    pub created: UnixMs,
    /// Whether the copy lies in Sent.
    pub in_sent: bool,
}

/// Tries a held or failed message again, now; a queued one goes out without the rest of its undo window.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RetryOutbox {
    /// The message.
    pub id: OutboxId,
}

/// Takes a message that was not sent out of the outbox, back to the drafts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CancelOutbox {
    /// The message.
    pub id: OutboxId,
}

/// Settles an uncertain message: the owner found out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SettleOutbox {
    /// The message.
    pub id: OutboxId,
    /// It arrived: count it as sent. Otherwise it is sent again with the same Message-ID.
    pub arrived: bool,
}
