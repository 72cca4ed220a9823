//! How a draft would go out: recipients, certificates, findings and policy, put before the one
//! pure decision, and its answer in the words of the front ends.

use std::sync::Arc;

use wardmail_api::{
    ErrorCode,
    compose::{PlanVerdict, PlanView, Preflight, RecipientKind, RecipientPlan},
    keys::Trust,
    phi::Question,
};
use wardmail_crypto::{Certificate, Unusable};
use wardmail_message::Address;
use wardmail_policy::{
    self as policy, Block, Closed, Concern, KeyState, Note, ProviderStatus, Raised, Rung,
    SendRequest, Verdict,
};
use wardmail_store as store;

use crate::{
    accounts, clock,
    door::InSession,
    error::Error,
    network::account_of,
    phi::{self, Files, Found},
    policy_source::PolicyState,
    provider,
    session::{Keys, Session},
};

/// Words that speak of an attachment.
const ATTACHING: &[&str] =
    &["attached", "attachment", "enclosed", "adjunto", "adjunta", "adjuntos"];

/// A recipient as typed, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) text: String,
    pub(crate) kind: RecipientKind,
    pub(crate) address: Option<Address>,
}

/// Everything a decision needs, and the decision.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) typed: Vec<Typed>,
    pub(crate) plan: policy::Plan,
    pub(crate) keys: Arc<Keys>,
    pub(crate) provider: Option<String>,
    pub(crate) policy: PolicyState,
}

/// The recipients of a draft in order, each address once.
pub(crate) fn typed(content: &store::DraftContent) -> Vec<Typed> {
    let lines = [
        (&content.to, RecipientKind::To),
        (&content.cc, RecipientKind::Cc),
        (&content.bcc, RecipientKind::Bcc),
    ];
    let mut all: Vec<Typed> = Vec::new();
    for (line, kind) in lines {
        for stored in line {
            let name = Some(stored.name.as_str()).filter(|name| !name.is_empty());
            let address = Address::new(name, &stored.address).ok();
            let text = crate::drafts::stored_to_typed(std::slice::from_ref(stored))
                .pop()
                .unwrap_or_default();
            let known = address.as_ref().is_some_and(|new| {
                all.iter()
                    .filter_map(|t| t.address.as_ref())
                    .any(|a| wardmail_message::same_address(&a.email, &new.email))
            });
            if !known {
                all.push(Typed { text, kind, address });
            }
        }
    }
    all
}

/// The certificate to seal with for an address, or why there is none: the newest checked one that can be used now.
pub(crate) fn certificate_for(
    keys: &Keys,
    address: &str,
) -> Result<(Certificate, Trust), KeyState> {
    let now = clock::now();
    let known = keys.book.of_address(address);
    let standing = || known.iter().filter(|k| k.trust != Trust::Rejected);
    let Some(first) = standing().next() else {
        return Err(if known.is_empty() { KeyState::Missing } else { KeyState::Rejected });
    };
    // One that has ended or was revoked must not stand in the way of its successor.
    let Some(best) = standing().find(|k| k.certificate.can_encrypt(now).is_ok()) else {
        let why = first.certificate.can_encrypt(now).err();
        return Err(why.map_or(KeyState::Incapable, unusable));
    };
    // Nobody checked it, and it isn't the only one for the address: somebody has to say which is right. That holds for what
    // follows an ended one too, or whoever waits for the end could put another's key in its place.
    let rival = standing().any(|k| k.certificate.fingerprint() != best.certificate.fingerprint());
    if best.trust != Trust::Verified && rival {
        return Err(KeyState::Changed);
    }
    Ok((best.certificate.clone(), best.trust))
}

const fn unusable(why: Unusable) -> KeyState {
    match why {
        Unusable::Expired => KeyState::Expired,
        Unusable::Revoked => KeyState::Revoked,
        Unusable::NotYetValid => KeyState::NotYetValid,
        Unusable::WeakAlgorithm => KeyState::Weak,
        _ => KeyState::Incapable,
    }
}

/// The reason that a sender gave, and what it was asked for; `to` is `None` where nobody asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answer<'a> {
    pub(crate) reason: Option<&'a str>,
    pub(crate) to: Option<&'a [Concern]>,
}

/// Takes the decision for these recipients, now.
pub(crate) async fn decide(
    session: &Session,
    account: &store::Account,
    typed: Vec<Typed>,
    raised: &[Raised],
    answer: Answer<'_>,
) -> Result<Decided, Error> {
    let policy = session.policy().await?;
    let keys = session.keys().await;
    let attestation = session.read(provider::attestation).await?;
    let servers = account_of(&account.settings)?;
    let now = clock::now();
    let own_key = match keys.signer() {
        None => KeyState::Missing,
        Some(key) => key.certificate().can_encrypt(now).err().map_or(KeyState::Usable, unusable),
    };
    let recipients: Vec<policy::Recipient> = typed
        .iter()
        .map(|t| {
            let address = t.address.as_ref().map(|a| a.email.clone()).unwrap_or_default();
            let key = certificate_for(&keys, &address).err().unwrap_or(KeyState::Usable);
            let kind = match t.kind {
                RecipientKind::To => policy::RecipientKind::To,
                RecipientKind::Cc => policy::RecipientKind::Cc,
                RecipientKind::Bcc => policy::RecipientKind::Bcc,
            };
            policy::Recipient { address, kind, key }
        })
        .collect();
    let request = SendRequest {
        now,
        account: &servers,
        attestation: attestation.as_ref(),
        own_key,
        recipients: &recipients,
        raised,
        override_reason: answer.reason,
        answered: answer.to,
    };
    let plan = policy::decide(policy.effective(), &request);
    let provider = match policy.effective().provider_status(&servers, attestation.as_ref(), now) {
        ProviderStatus::Covered { provider, .. } => Some(provider),
        _ => None,
    };
    Ok(Decided { typed, plan, keys, provider, policy })
}

/// The code of what blocks a recipient's certificate.
const fn key_code(state: KeyState) -> ErrorCode {
    match state {
        KeyState::Missing => ErrorCode::RecipientKeyMissing,
        KeyState::Rejected => ErrorCode::RecipientKeyRejected,
        KeyState::Changed => ErrorCode::RecipientKeyChanged,
        _ => ErrorCode::RecipientKeyUnusable,
    }
}

/// The code of what blocks the message.
pub(crate) fn block_code(block: Block) -> ErrorCode {
    match block {
        Block::Closed(Closed::PolicyMissing) => ErrorCode::PolicyMissing,
        Block::Closed(Closed::PolicyInvalid) => ErrorCode::PolicyInvalid,
        Block::Closed(_) => ErrorCode::PolicyUnreadable,
        Block::NoRecipients => ErrorCode::NoRecipients,
        Block::TooManyRecipients => ErrorCode::TooManyRecipients,
        Block::NoAttestation => ErrorCode::ProviderNotAttested,
        Block::AgreementExpired => ErrorCode::BaaExpired,
        Block::OwnKey(KeyState::Missing) => ErrorCode::OwnKeyMissing,
        Block::OwnKey(_) => ErrorCode::OwnKeyUnusable,
        Block::Recipient { key, .. } => key_code(key),
        Block::Phi(Concern::PhiInSubject) => ErrorCode::SubjectBlocked,
        Block::Phi(_) => ErrorCode::ContentBlocked,
        _ => ErrorCode::ProviderNotCovered,
    }
}

impl Decided {
    /// What stops it, if anything; the first typed non-address counts before all else.
    pub(crate) fn refusal(&self) -> Option<Error> {
        if let Some(index) = self.typed.iter().position(|t| t.address.is_none()) {
            return Some(Error::RecipientInvalid(index));
        }
        match &self.plan.verdict {
            Verdict::Send => None,
            Verdict::NeedsReason(_) => Some(Error::Stopped(ErrorCode::ReasonNeeded)),
            Verdict::Blocked(blocks) => {
                let code = blocks.first().map_or(ErrorCode::Internal, |block| self.code(*block));
                Some(Error::Stopped(code))
            }
            _ => Some(Error::Internal("verdict")),
        }
    }

    /// What goes out because a reason was given for it.
    pub(crate) fn overridden(&self) -> Vec<Concern> {
        let overridden = |note: &Note| match note {
            Note::Overridden(concern) => Some(*concern),
            _ => None,
        };
        self.plan.notes.iter().filter_map(overridden).collect()
    }

    /// What policy warns of without stopping anything.
    fn warnings(&self) -> Vec<Question> {
        let warned = |note: &Note| match note {
            Note::Phi(concern) => Some(phi::question(*concern)),
            _ => None,
        };
        self.plan.notes.iter().filter_map(warned).collect()
    }

    /// The code of a block: of a policy that can't be used, what is wrong with it.
    fn code(&self, block: Block) -> ErrorCode {
        match block {
            Block::Closed(_) => self.policy.summary().trouble.unwrap_or_else(|| block_code(block)),
            other => block_code(other),
        }
    }

    fn recipients(&self) -> Vec<RecipientPlan> {
        let ways = self.plan.recipients.iter();
        self.typed
            .iter()
            .zip(ways)
            .map(|(typed, way)| {
                let address = typed.address.clone();
                let email = address.as_ref().map(|a| a.email.clone()).unwrap_or_default();
                let blocked = match (address.is_some(), way.rung) {
                    (false, _) => Some(ErrorCode::RecipientInvalid),
                    (true, Rung::OpenPgp) => None,
                    (true, Rung::Blocked(state)) => Some(key_code(state)),
                    (true, _) => Some(ErrorCode::RecipientKeyMissing),
                };
                let certified = certificate_for(&self.keys, &email).ok();
                RecipientPlan {
                    typed: typed.text.clone(),
                    name: address.and_then(|a| a.name).unwrap_or_default(),
                    address: email,
                    kind: typed.kind,
                    blocked,
                    trust: certified.map(|(_, trust)| trust),
                }
            })
            .collect()
    }

    /// What is asked before sending, or stops it.
    fn questions(&self) -> Vec<Question> {
        let concerns: Vec<Concern> = match &self.plan.verdict {
            Verdict::NeedsReason(concerns) => concerns.clone(),
            Verdict::Blocked(blocks) => blocks
                .iter()
                .filter_map(|block| match block {
                    Block::Phi(concern) => Some(*concern),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        concerns.into_iter().map(phi::question).collect()
    }

    fn view(&self, revision: u64, found: Found, attachment_forgotten: bool) -> PlanView {
        let invalid = self.typed.iter().any(|t| t.address.is_none());
        let (verdict, mut blocked) = match &self.plan.verdict {
            Verdict::Send => (PlanVerdict::Ready, Vec::new()),
            Verdict::NeedsReason(_) => (PlanVerdict::NeedsReason, Vec::new()),
            Verdict::Blocked(blocks) => {
                let whole = |b: &&Block| !matches!(b, Block::Recipient { .. });
                (
                    PlanVerdict::Blocked,
                    blocks.iter().filter(whole).map(|block| self.code(*block)).collect(),
                )
            }
            _ => (PlanVerdict::Blocked, vec![ErrorCode::Internal]),
        };
        blocked.dedup();
        PlanView {
            revision,
            recipients: self.recipients(),
            verdict: if invalid { PlanVerdict::Blocked } else { verdict },
            blocked,
            body: found.body(),
            files: found.files(),
            encryption: found.encryption,
            questions: self.questions(),
            warnings: self.warnings(),
            subject: found.subject,
            attachment_forgotten,
            undo_seconds: self.policy.undo_seconds(),
            provider: self.provider.clone(),
        }
    }
}

impl InSession for Preflight {
    async fn answer_in(self, session: &Arc<Session>) -> Result<PlanView, Error> {
        let id = store::DraftId::new(self.draft.0);
        let (draft, has_files) =
            session.read(move |dao| Ok((dao.draft(id)?, !dao.attachments(id)?.is_empty()))).await?;
        let account = accounts::first(session).await?;
        let typed = typed(&draft.content);
        let found = phi::found(session, &draft, &typed, Files::Beside).await?;
        let decided = decide(session, &account, typed, &found.raised, Answer::default()).await?;
        let forgotten = !has_files && speaks_of_attachment(&draft.content.body);
        Ok(decided.view(draft.revision, found, forgotten))
    }
}

/// Whether the owner's own words (not the quoted ones) speak of an attachment.
fn speaks_of_attachment(body: &str) -> bool {
    body.lines()
        .filter(|line| !line.starts_with('>'))
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
        .any(|word| ATTACHING.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod certificate_tests;

#[cfg(test)]
mod tests {
    #[test]
    fn quoted_words_are_not_the_owners() {
        assert!(super::speaks_of_attachment("The report is attached."));
        assert!(!super::speaks_of_attachment("Thanks!\n> The report is attached."));
    }
}
