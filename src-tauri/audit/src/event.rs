//! What can be said in the audit log: closed lists, random identifiers, counts.
//!
//! Must not gain a field that could hold text from outside.

mod lists;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened. The names in the log never change their meaning and are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A profile was set up: the first entry of a log.
    ProfileCreated,
    /// The mailbox was unlocked.
    Unlock,
    /// An attempt to unlock it failed.
    UnlockFailed,
    /// It was locked.
    Lock,
    /// It was opened with the printed recovery code or the organisation's key.
    RecoveryUsed,
    /// A way into the mailbox was added, changed or removed.
    AccessChange,
    /// A message was opened.
    View,
    /// A message was decrypted.
    Decrypt,
    /// A message could not be decrypted.
    DecryptFailed,
    /// The mailbox was searched; the words are not recorded.
    Search,
    /// How a message goes to its recipients was decided.
    SendDecision,
    /// A message was handed to the provider, or refused by it.
    Send,
    /// A warning was overridden with a reason.
    Override,
    /// A message was printed.
    Print,
    /// An attachment was saved or opened outside.
    SaveAttachment,
    /// Messages, keys or this log were exported.
    Export,
    /// Messages were imported.
    Import,
    /// Messages, or the whole mailbox, were deleted, or a deletion was taken back; the code says which.
    Delete,
    /// How long messages are kept was changed.
    KeepingChange,
    /// An own key was made, imported, changed or removed.
    KeyChange,
    /// A certificate of somebody else was imported, changed, trusted or rejected.
    CertChange,
    /// The policy in force changed, or was refused.
    PolicyChange,
    /// An account was added, changed or removed.
    AccountChange,
    /// The provider's agreement was recorded by the owner.
    ProviderAttested,
    /// Consent of a person was recorded or withdrawn.
    ConsentChange,
    /// One batch of a synchronisation ended.
    SyncBatch,
    /// Synchronisation failed.
    SyncError,
    /// A backup was made or restored.
    Backup,
    /// Something about this log: an older copy was noticed, a checkpoint was sent out.
    AuditNotice,
    /// Events are missing because they couldn't be written; the counts say how many.
    Gap,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// As asked.
    Success,
    /// It failed.
    Failure,
    /// The policy or the program refused it.
    Refused,
    /// It isn't known yet, such as a submission without a reply.
    Uncertain,
}

/// Why a person did it: what they picked from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// What was found isn't protected health information.
    NotPhi,
    /// The recipient is part of the treatment.
    Treatment,
    /// For payment.
    Payment,
    /// For health-care operations.
    Operations,
    /// The patient asked for it.
    PatientRequest,
    /// The patient consented, and that is on record.
    ConsentOnRecord,
    /// An emergency.
    Emergency,
    /// The law or an authority requires it.
    RequiredByLaw,
    /// The sender is known by another channel.
    VerifiedElsewhere,
    /// The owner's own idleness: the lock came by itself.
    Idle,
    /// The owner asked for it.
    OwnerRequest,
    /// The system asked for it: screen lock, suspend, log-out.
    SystemRequest,
    /// The policy asked for it.
    Policy,
    /// Another reason, told to the organisation by other means.
    Other,
}

/// How a message goes to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Route {
    /// OpenPGP.
    OpenPgp,
    /// S/MIME.
    Smime,
    /// The password-protected package.
    Package,
    /// Transport encryption that the provider enforces.
    ProviderTls,
    /// The provider's portal.
    Portal,
    /// Unencrypted, with the patient's consent.
    Plain,
    /// Not at all.
    Blocked,
    /// Several ways, one per recipient.
    Mixed,
}

/// What an identifier stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ObjectKind {
    /// A message of the mailbox.
    Message,
    /// A draft or outbox entry.
    Draft,
    /// An account.
    Account,
    /// A folder.
    Folder,
    /// A contact.
    Contact,
    /// An own key or somebody's certificate.
    Key,
    /// A backup or export.
    Archive,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Count {
    /// Messages.
    Messages,
    /// Of them new.
    Added,
    /// Of them removed.
    Removed,
    /// Of them with changed flags or folder.
    Changed,
    /// Recipients.
    Recipients,
    /// Attachments or parts.
    Parts,
    /// Findings of protected health information.
    Findings,
    /// Results of a search.
    Results,
    /// Attempts.
    Attempts,
    /// Events that are missing.
    Missing,
    /// Entries of this log.
    Entries,
    /// The policy's serial number.
    Serial,
    /// Bytes.
    Bytes,
    /// When it really happened, in seconds since 1970, for an entry written later (an attempt while locked).
    AtSeconds,
}

/// A random identifier of 128 bits. It must be drawn at random when the object is made: never derived from an address, a
/// Message-ID or a content, which could be guessed and compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpaqueId(#[serde(with = "hex::serde")] [u8; 16]);

impl OpaqueId {
    /// Takes random bytes as an identifier.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for OpaqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for OpaqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpaqueId({self})")
    }
}

/// The beginning of an OpenPGP fingerprint, 64 bits: tells the keys of an organisation apart, and names nobody by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyMark(#[serde(with = "hex::serde")] [u8; 8]);

impl KeyMark {
    /// Takes it from a fingerprint; `None` if that is too short to be one.
    pub fn of(fingerprint: &[u8]) -> Option<Self> {
        fingerprint.first_chunk().copied().map(Self)
    }
}

impl fmt::Display for KeyMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyMark({self})")
    }
}

/// The most keys that an event names.
const MAX_KEYS: usize = 4;

/// A stable error or state code of the program, such as `keyring.locked`.
///
/// It can be made only from a text of the program itself, and holds only small letters, digits, dots and underscores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Cow<'static, str>);

/// The longest code.
const MAX_CODE_BYTES: usize = 64;

impl Code {
    /// Takes over a code of the program; one with other characters or too long a one becomes `invalid_code`.
    pub const fn new(code: &'static str) -> Self {
        if is_code(code.as_bytes()) {
            Self(Cow::Borrowed(code))
        } else {
            Self(Cow::Borrowed("invalid_code"))
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_code(mut bytes: &[u8]) -> bool {
    if bytes.is_empty() || bytes.len() > MAX_CODE_BYTES {
        return false;
    }
    while let [first, rest @ ..] = bytes {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_') {
            return false;
        }
        bytes = rest;
    }
    true
}

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_code(text.as_bytes()) { Ok(Self(Cow::Owned(text))) } else { Err("not a code") }
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0.into_owned()
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    kind: EventKind,
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<Object>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    route: Option<Route>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<Count, u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyMark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    kind: ObjectKind,
    id: OpaqueId,
}

impl Event {
    /// Makes an event with nothing but kind and outcome.
    pub const fn new(kind: EventKind, outcome: Outcome) -> Self {
        Self {
            kind,
            outcome,
            object: None,
            reason: None,
            route: None,
            code: None,
            counts: BTreeMap::new(),
            keys: Vec::new(),
        }
    }

    /// Says what it happened to.
    #[must_use]
    pub const fn object(mut self, kind: ObjectKind, id: OpaqueId) -> Self {
        self.object = Some(Object { kind, id });
        self
    }

    /// Says which message it happened to.
    #[must_use]
    pub const fn message(self, id: OpaqueId) -> Self {
        self.object(ObjectKind::Message, id)
    }

    /// Adds the reason that was picked.
    #[must_use]
    pub const fn reason(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Adds the route of a message.
    #[must_use]
    pub const fn route(mut self, route: Route) -> Self {
        self.route = Some(route);
        self
    }

    /// Adds a code of the program.
    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a count; a second one of the same kind replaces the first.
    #[must_use]
    pub fn count(mut self, count: Count, number: u64) -> Self {
        self.counts.insert(count, number);
        self
    }

    /// Says with whose keys it was done; of more than four the first are named.
    #[must_use]
    pub fn keys(mut self, keys: impl IntoIterator<Item = KeyMark>) -> Self {
        self.keys = keys.into_iter().take(MAX_KEYS).collect();
        self
    }

    /// Says that it failed after all.
    #[must_use]
    pub const fn failed(mut self) -> Self {
        self.outcome = Outcome::Failure;
        self
    }

    /// Returns the kind.
    pub const fn kind(&self) -> EventKind {
        self.kind
    }

    /// Returns the outcome.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns what it happened to.
    pub fn object_id(&self) -> Option<(ObjectKind, OpaqueId)> {
        self.object.map(|object| (object.kind, object.id))
    }

    /// Returns the reason.
    pub const fn picked_reason(&self) -> Option<Reason> {
        self.reason
    }

    /// Returns the route.
    pub const fn taken_route(&self) -> Option<Route> {
        self.route
    }

    /// Returns the code.
    pub fn error_code(&self) -> Option<&str> {
        self.code.as_ref().map(Code::as_str)
    }

    /// Returns whose keys it was done with.
    pub fn used_keys(&self) -> &[KeyMark] {
        &self.keys
    }

    /// Returns the counts.
    pub const fn counts(&self) -> &BTreeMap<Count, u64> {
        &self.counts
    }
}
