//! What is known of people, what a draft's subject, text and files hold, and what is to be asked about it.
//!
//! `known`: people, marks, rules. `outcome`: what was found in one part, without its words. `files`: what is in files, by a worker,
//! kept with the file. `guard`: the questions before sending. Must not decide what happens: that is policy's.

mod files;
mod guard;
pub(crate) mod known;
mod outcome;
pub(crate) mod site;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use wardmail_api::{
    DraftAttachmentId,
    compose::SubjectCheck,
    phi::{ContentCheck, EncryptionReason, FileCheck, Question},
};
use wardmail_policy::{Concern, PhiAction, Raised};
use wardmail_store::{Draft, DraftAttachment, DraftKind};

use crate::{drafts::Thread, error::Error, plan::Typed, session::Session, subject};
use guard::Source;
use known::Known;
use outcome::{Outcome, text_outcome};

/// Whether what is checked may still go on being checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// What isn't checked yet is checked beside, and told of when it is done.
    Beside,
    /// Nothing is decided before all is checked.
    First,
}

/// What a draft holds.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) subject: SubjectCheck,
    body: Outcome,
    files: Vec<(DraftAttachment, Option<Outcome>)>,
    /// What somebody may have to answer for.
    pub(crate) raised: Vec<Raised>,
    /// Why it is encrypted.
    pub(crate) encryption: EncryptionReason,
}

/// Looks at subject, text and files.
pub(crate) async fn found(
    session: &Arc<Session>,
    draft: &Draft,
    typed: &[Typed],
    when: Files,
) -> Result<Found, Error> {
    let addresses: Vec<String> =
        typed.iter().filter_map(|t| t.address.as_ref()).map(|a| a.email.clone()).collect();
    let known = Known::load(session, &addresses).await?;
    let attachments = {
        let id = draft.id;
        session.read(move |dao| Ok(dao.attachments(id)?)).await?
    };
    let files = files::checked(session, draft.id, attachments, &known, when).await?;
    let source = match draft.content.source {
        None if draft.content.kind == DraftKind::New => Source::None,
        // It was deleted since.
        None => Source::Gone,
        Some(id) => session
            .read(move |dao| Ok(dao.message_row(id).ok()))
            .await?
            .map_or(Source::Gone, |row| Source::Message(Box::new(row))),
    };
    let content = draft.content.clone();
    let detector = Arc::clone(&session.detector);
    let (key, typed) = (session.identity_key(), typed.to_vec());
    session
        .cpu(move || {
            let (subject, subject_scan) = subject::examine(&detector, &content.subject, &known);
            let subject_outcome = Outcome::of(&content.subject, &subject_scan, &key);
            let body = text_outcome(&detector, &content.body, &known.knowledge, &key);
            let parts = guard::Parts {
                subject: &subject_outcome,
                body: &body,
                files: &files,
                source: &source,
            };
            let raised = guard::raised(&parts, &content, &typed, &known);
            let answers_phi = source.counts_as_phi(known.ruleset);
            let encryption = encryption(&parts, answers_phi, Thread::of(&content).answers_sealed);
            Found { subject, body, files, raised, encryption }
        })
        .await
}

/// The strongest reason for encrypting; there is always one.
fn encryption(
    parts: &guard::Parts<'_>,
    answers_phi: bool,
    answers_sealed: bool,
) -> EncryptionReason {
    let unread = |outcome: &Option<Outcome>| outcome.as_ref().is_none_or(|o| !o.unread.is_empty());
    let reasons = [
        (parts.all().any(|outcome| outcome.strong), EncryptionReason::StrongIdentifier),
        (answers_phi || parts.all().any(|outcome| outcome.phi), EncryptionReason::Phi),
        (parts.files.iter().any(|(_, outcome)| unread(outcome)), EncryptionReason::NotChecked),
        (answers_sealed, EncryptionReason::Answer),
    ];
    let holding = reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason);
    holding.max().unwrap_or(EncryptionReason::Always)
}

/// What has to be answered for at the moment of sending: what had to when it was queued, and the subject under today's rules.
pub(crate) async fn raised_again(
    session: &Session,
    subject: &str,
    queued: &[Raised],
) -> Result<Vec<Raised>, Error> {
    let known = Known::load(session, &[]).await?;
    let detector = Arc::clone(&session.detector);
    let (subject, key) = (subject.to_owned(), session.identity_key());
    let found = session
        .cpu(move || {
            let scan = subject::examine(&detector, &subject, &known).1;
            Outcome::of(&subject, &scan, &key)
        })
        .await?;
    let mut raised: BTreeSet<Raised> = queued.iter().copied().collect();
    guard::found_in(&found, Concern::PhiInSubject, &mut raised);
    if found.phi && found.is_special() {
        raised.insert(Concern::SpeciallyProtected.into());
    }
    Ok(raised.into_iter().collect())
}

impl Found {
    /// What was found in the text.
    pub(crate) fn body(&self) -> ContentCheck {
        self.body.view()
    }

    /// What was found in each file.
    pub(crate) fn files(&self) -> Vec<FileCheck> {
        let view = |(file, outcome): &(DraftAttachment, Option<Outcome>)| FileCheck {
            attachment: DraftAttachmentId(file.id.get()),
            name: file.name.clone(),
            checking: outcome.is_none(),
            found: outcome.as_ref().map(Outcome::view).unwrap_or_default(),
            unread: outcome.as_ref().map(Outcome::unread_view).unwrap_or_default(),
        };
        self.files.iter().map(view).collect()
    }

    /// How many findings there are, for the record.
    pub(crate) fn count(&self) -> u64 {
        let files = self.files.iter().filter_map(|(_, outcome)| outcome.as_ref());
        let content: u64 = files.chain([&self.body]).map(Outcome::count).sum();
        content.saturating_add(u64::try_from(self.subject.findings.len()).unwrap_or(u64::MAX))
    }
}

/// A concern as it is asked.
pub(crate) const fn question(concern: Concern) -> Question {
    match concern {
        Concern::PhiInSubject => Question::Subject,
        Concern::SpeciallyProtected => Question::SpeciallyProtected,
        Concern::NewDomain => Question::NewDomain,
        Concern::SeveralPatients => Question::SeveralPatients,
        Concern::ManyRecipients => Question::ManyRecipients,
        _ => Question::Content,
    }
}

/// What is asked, in policy's words.
pub(crate) const fn concern(question: Question) -> Concern {
    match question {
        Question::Subject => Concern::PhiInSubject,
        Question::Content => Concern::PhiInContent,
        Question::SpeciallyProtected => Concern::SpeciallyProtected,
        Question::NewDomain => Concern::NewDomain,
        Question::SeveralPatients => Concern::SeveralPatients,
        Question::ManyRecipients => Concern::ManyRecipients,
    }
}

/// What an organisation's own rule demands, in policy's words.
pub(crate) const fn demanded(action: wardmail_phi::Action) -> PhiAction {
    match action {
        wardmail_phi::Action::Off => PhiAction::Off,
        wardmail_phi::Action::Warn => PhiAction::Warn,
        wardmail_phi::Action::Justify => PhiAction::Justify,
        wardmail_phi::Action::Block => PhiAction::Block,
    }
}
