//! Owns the decision who gets a message how, or why nobody does. Must be pure: the same request, the same plan.
//!
//! There is no way in these types for a message to leave unencrypted. Rungs to come (S/MIME, the password package) are
//! new variants of [`Rung`]; each is a way to protect, and none is "plain".

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::provider::{Account, Attestation, ExpiryWarning, ProviderStatus};
use crate::value::PhiAction;
use crate::{Closed, Effective};

/// The most recipients of one message.
pub const MAX_RECIPIENTS: usize = 500;

/// What is to be decided.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// The time, by which agreements hold or have ended.
    pub now: Timestamp,
    /// The servers that the message would go through.
    pub account: &'a Account,
    /// What the owner of an unmanaged profile recorded.
    pub attestation: Option<&'a Attestation>,
    /// The sender's own key, which signs and to which every message is encrypted too.
    pub own_key: KeyState,
    /// Everybody it goes to.
    pub recipients: &'a [Recipient],
    /// What was found in subject, text and files that somebody may have to answer for. Every rung encrypts text and files
    /// whatever was found in them.
    pub raised: &'a [Raised],
    /// The reason that the sender gave for going on, if any.
    pub override_reason: Option<&'a str>,
    /// What the sender was asked about when giving it: the reason answers nothing else. `None` where nobody asked, as in a
    /// script: then it answers everything.
    pub answered: Option<&'a [Concern]>,
}

impl SendRequest<'_> {
    /// Whether a reason was given for this.
    fn answers(&self, concern: Concern) -> bool {
        self.override_reason.is_some_and(is_reason)
            && self.answered.is_none_or(|asked| asked.contains(&concern))
    }
}

/// Somebody the message goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// In which header.
    pub kind: RecipientKind,
    /// The state of the recipient's certificate.
    pub key: KeyState,
}

/// In which header a recipient stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientKind {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc: a message of its own.
    Bcc,
}

/// Whether a key or certificate can be used, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyState {
    /// It can.
    Usable,
    /// There is none.
    Missing,
    /// It has expired.
    Expired,
    /// It isn't valid yet.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// It differs from the one known before, and nobody has settled which is right.
    Changed,
    /// The person rejected it.
    Rejected,
    /// It has no part that encrypts (or, the own key, signs).
    Incapable,
    /// Its algorithms are too weak.
    Weak,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The way to each recipient, in the request's order.
    pub recipients: Vec<RecipientPlan>,
    /// What becomes of the message.
    pub verdict: Verdict,
    /// What the sender should know.
    pub notes: Vec<Note>,
}

/// The way to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecipientPlan {
    /// The protection.
    pub rung: Rung,
    /// Whether the recipient is of the organisation.
    pub internal: bool,
}

/// How a recipient is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rung {
    /// Encrypted and signed by OpenPGP.
    OpenPgp,
    /// Not at all: the certificate isn't usable.
    Blocked(KeyState),
}

/// What becomes of the message. All recipients or none: adding one never changes what the others get.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It may be sent.
    Send,
    /// It may be sent if the sender gives a reason.
    NeedsReason(Vec<Concern>),
    /// It may not be sent.
    Blocked(Vec<Block>),
}

/// What a reason has to be given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Concern {
    /// The subject has PHI in it.
    PhiInSubject,
    /// The text or a file has PHI in it.
    PhiInContent,
    /// The text or a file touches what law protects specially.
    SpeciallyProtected,
    /// PHI that is quoted or passed on goes to a domain that it hasn't been to.
    NewDomain,
    /// Identifiers of more than one patient stand in it.
    SeveralPatients,
    /// It has PHI in it, and many see each other's addresses.
    ManyRecipients,
}

impl Concern {
    /// What is done about it, unless an organisation's own rule says otherwise.
    fn action(self, effective: &Effective) -> PhiAction {
        let settings = &effective.settings;
        match self {
            Self::PhiInSubject => settings.phi_subject_action.value,
            Self::PhiInContent => settings.phi_content_action.value,
            Self::SpeciallyProtected => settings.phi_special_action.value,
            Self::NewDomain | Self::SeveralPatients | Self::ManyRecipients => {
                settings.phi_guard_action.value
            }
        }
    }
}

/// A concern that was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Raised {
    /// Which.
    pub concern: Concern,
    /// What an organisation's own rule demands; `None` leaves it to the settings.
    pub by_rule: Option<PhiAction>,
}

impl From<Concern> for Raised {
    fn from(concern: Concern) -> Self {
        Self { concern, by_rule: None }
    }
}

/// Why a message may not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Block {
    /// The policy closes sending altogether.
    Closed(Closed),
    /// There is nobody to send to.
    NoRecipients,
    /// There are more than [`MAX_RECIPIENTS`].
    TooManyRecipients,
    /// The account's servers aren't in the register of agreements.
    ProviderNotCovered,
    /// The agreement doesn't cover reading and submitting.
    ServiceNotCovered,
    /// The agreement isn't in force yet.
    AgreementNotYetSigned,
    /// The agreement has ended.
    AgreementExpired,
    /// There is no policy, and the owner has not recorded provider and agreement.
    NoAttestation,
    /// The owner recorded other servers.
    AttestationForOtherProvider,
    /// The sender's own key can't be used.
    OwnKey(KeyState),
    /// A recipient can't be reached safely.
    Recipient {
        /// Which, as an index into the request's recipients.
        index: usize,
        /// Why.
        key: KeyState,
    },
    /// This was found, and policy forbids it.
    Phi(Concern),
}

/// What the sender should know about a message that may be sent, or that a reason is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Note {
    /// This was found; sent with a warning.
    Phi(Concern),
    /// A reason was given for this.
    Overridden(Concern),
    /// The agreement with the provider ends soon.
    AgreementEnds(ExpiryWarning),
}

/// Decides. To be asked again at the moment of sending: time, keys and policy may have changed.
pub fn decide(effective: &Effective, request: &SendRequest<'_>) -> Plan {
    let mut blocks: Vec<Block> = effective.closed().iter().copied().map(Block::Closed).collect();
    let mut notes = Vec::new();
    provider(effective, request, &mut blocks, &mut notes);
    match request.recipients.len() {
        0 => blocks.push(Block::NoRecipients),
        1..=MAX_RECIPIENTS => {}
        _ => blocks.push(Block::TooManyRecipients),
    }
    if request.own_key != KeyState::Usable {
        blocks.push(Block::OwnKey(request.own_key));
    }
    let recipients = recipients(effective, request.recipients, &mut blocks);
    let concerns = concerns(effective, request, &mut blocks, &mut notes);
    let verdict = if !blocks.is_empty() {
        Verdict::Blocked(blocks)
    } else if concerns.is_empty() {
        Verdict::Send
    } else {
        Verdict::NeedsReason(concerns)
    };
    Plan { recipients, verdict, notes }
}

fn provider(
    effective: &Effective,
    request: &SendRequest<'_>,
    blocks: &mut Vec<Block>,
    notes: &mut Vec<Note>,
) {
    match effective.provider_status(request.account, request.attestation, request.now) {
        ProviderStatus::NotCovered(block) => blocks.push(block),
        ProviderStatus::Covered { warning, .. } => {
            notes.extend(warning.map(Note::AgreementEnds));
        }
    }
}

fn recipients(
    effective: &Effective,
    recipients: &[Recipient],
    blocks: &mut Vec<Block>,
) -> Vec<RecipientPlan> {
    let domains = &effective.settings.internal_domains.value;
    let plan = |(index, recipient): (usize, &Recipient)| {
        let rung = if recipient.key == KeyState::Usable {
            Rung::OpenPgp
        } else {
            blocks.push(Block::Recipient { index, key: recipient.key });
            Rung::Blocked(recipient.key)
        };
        RecipientPlan {
            rung,
            internal: domains.iter().any(|domain| domain.holds(&recipient.address)),
        }
    };
    recipients.iter().enumerate().map(plan).collect()
}

/// What was found asks for, each by the strictest action that holds for it.
fn concerns(
    effective: &Effective,
    request: &SendRequest<'_>,
    blocks: &mut Vec<Block>,
    notes: &mut Vec<Note>,
) -> Vec<Concern> {
    let mut strictest: BTreeMap<Concern, PhiAction> = BTreeMap::new();
    for raised in request.raised {
        let action = raised.by_rule.unwrap_or_else(|| raised.concern.action(effective));
        let known = strictest.entry(raised.concern).or_insert(action);
        *known = action.max(*known);
    }
    let mut open = Vec::new();
    for (concern, action) in strictest {
        match action {
            PhiAction::Off => {}
            PhiAction::Warn => notes.push(Note::Phi(concern)),
            PhiAction::Justify if request.answers(concern) => notes.push(Note::Overridden(concern)),
            PhiAction::Justify => open.push(concern),
            PhiAction::Block => blocks.push(Block::Phi(concern)),
        }
    }
    open
}

/// A reason has words in it.
fn is_reason(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests;
