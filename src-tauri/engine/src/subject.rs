//! The check of a subject for PHI, as it is typed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use wardmail_api::{
    ErrorCode,
    compose::{CheckSubject, Finding, NeutralSubject, PhiAction, SubjectCheck},
};
use wardmail_phi::{Detector, Kind, Scan, neutral_subject, special_advice};
use wardmail_policy as policy;

use crate::{
    door::InSession,
    drafts,
    error::Error,
    phi::{self, known::Known},
    session::Session,
};

/// How long a subject must rest before it is checked: shorter than a pause between words, longer than one between keys.
const REST: Duration = Duration::from_millis(80);

/// Which check of a subject that is being typed was asked for last: only that one is made.
#[derive(Debug, Default)]
pub(crate) struct Typing(AtomicU32);

impl Typing {
    /// Waits for the typing to rest, and tells whether nothing was typed meanwhile. Checks are numbered in the order of the
    /// keys, since they may arrive in another; 0 is none that was typed.
    async fn rests(&self, number: u32) -> bool {
        if number == 0 {
            return true;
        }
        self.0.fetch_max(number, Ordering::AcqRel);
        tokio::time::sleep(REST).await;
        self.0.load(Ordering::Acquire) == number
    }
}

/// The longest subject that is checked as it is typed, in bytes.
const SUBJECT_BYTES: usize = 8 * 1024;

/// What policy does about what a scan found: each finding asks for what its rule or the setting says, what law protects specially for
/// its own setting; the strictest holds.
fn action(known: &Known, scan: &Scan) -> PhiAction {
    let settings = &known.policy.effective().settings;
    let setting = settings.phi_subject_action.value;
    let special = (!scan.special.is_empty()).then_some(settings.phi_special_action.value);
    let asks = |finding: &wardmail_phi::Finding| finding.action.map_or(setting, phi::demanded);
    match scan.findings.iter().map(asks).chain(special).max().unwrap_or(setting) {
        policy::PhiAction::Off => PhiAction::Off,
        policy::PhiAction::Warn => PhiAction::Warn,
        policy::PhiAction::Justify => PhiAction::Justify,
        _ => PhiAction::Block,
    }
}

/// Checks a subject that goes to these people.
pub(crate) async fn check(
    session: &Session,
    text: String,
    recipients: &[String],
) -> Result<SubjectCheck, Error> {
    if text.len() > SUBJECT_BYTES {
        return Err(Error::TooLarge);
    }
    let known = Known::load(session, recipients).await?;
    let detector = Arc::clone(&session.detector);
    session.cpu(move || examine(&detector, &text, &known).0).await
}

/// Scans a subject, and says it as shown.
pub(crate) fn examine(detector: &Detector, text: &str, known: &Known) -> (SubjectCheck, Scan) {
    let scan = detector.scan(text, Kind::Subject, &known.knowledge);
    (view(text, &scan, action(known, &scan)), scan)
}

fn view(text: &str, scan: &Scan, action: PhiAction) -> SubjectCheck {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let phi = scan.is_phi() && action != PhiAction::Off;
    SubjectCheck {
        phi,
        findings: scan
            .findings
            .iter()
            .filter(|_| phi)
            .map(|f| Finding {
                start: place(f.start),
                end: place(f.end),
                category: f.category.as_str().to_owned(),
                rule: f.rule.to_string(),
                reason: f.reason.to_string(),
            })
            .collect(),
        action,
        neutral: neutral_subject(text, scan)
            .filter(|_| phi)
            .map(|s| NeutralSubject { subject: s.subject, moved: s.moved }),
        special: special_advice(scan.special.iter().copied()).filter(|_| phi),
    }
}

impl InSession for CheckSubject {
    async fn answer_in(self, session: &Arc<Session>) -> Result<SubjectCheck, Error> {
        if !session.typing.rests(self.number).await {
            return Err(Error::Stopped(ErrorCode::DraftChanged));
        }
        let typed = self.recipients.iter().filter_map(|text| drafts::parse_one(text));
        let recipients: Vec<String> = typed.map(|address| address.email).collect();
        check(session, self.text, &recipients).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Desk;

    #[tokio::test]
    async fn only_the_last_of_what_was_typed_in_one_go_is_checked() {
        let desk = Desk::new().await;
        let ask = |number, text: &str| {
            desk.ask(CheckSubject { text: text.to_owned(), recipients: Vec::new(), number })
        };
        // In the order in which they may arrive, not in that of the keys.
        let (first, third, second) =
            tokio::join!(ask(1, "M"), ask(3, "Maria Lopez biopsy"), ask(2, "Maria Lopez"));
        assert!(third.unwrap().phi);
        for late in [first, second] {
            assert!(matches!(late, Err(Error::Stopped(ErrorCode::DraftChanged))), "{late:?}");
        }
        assert!(ask(0, "Maria Lopez biopsy").await.unwrap().phi);
        desk.done();
    }
}
