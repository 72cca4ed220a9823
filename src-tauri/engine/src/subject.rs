//! The check of a subject and a text for PHI, with what the session knows of people.

use std::sync::Arc;

use wardmail_api::compose::{CheckSubject, Finding, NeutralSubject, PhiAction, SubjectCheck};
use wardmail_phi::{Kind, Knowledge, Scan, SiteRules, neutral_subject};
use wardmail_policy::SubjectAction;

use crate::{
    door::InSession,
    error::Error,
    policy_source::PolicyState,
    session::{Keys, Session},
};

/// The longest subject that is checked as it is typed, in bytes.
const SUBJECT_BYTES: usize = 8 * 1024;

/// What is known of people: colleagues are staff, the organisation's domains are its own.
pub(crate) fn knowledge(policy: &PolicyState, keys: &Keys) -> Knowledge {
    let effective = policy.effective();
    let internal = &effective.settings.internal_domains.value;
    let staff: Vec<&str> = keys
        .book
        .others()
        .filter(|known| {
            known.addresses.iter().any(|a| internal.iter().any(|domain| domain.holds(a)))
        })
        .map(|known| known.name.as_str())
        .collect();
    let domains = internal.iter().map(wardmail_policy::Domain::as_str);
    let known = Knowledge::new().staff(staff).own_domains(domains);
    // A rule that can't be used is reported by `wardctl policy validate`; the others hold.
    let mut rules = effective.site_rules().iter().map(|json| SiteRules::parse(&json.to_string()).0);
    match rules.next() {
        Some(first) => known.site(rules.fold(first, SiteRules::tightened_by)),
        None => known,
    }
}

/// What policy does about PHI in a subject.
pub(crate) fn action(policy: &PolicyState) -> PhiAction {
    match policy.effective().settings.phi_subject_action.value {
        SubjectAction::Off => PhiAction::Off,
        SubjectAction::Warn => PhiAction::Warn,
        SubjectAction::Justify => PhiAction::Justify,
        _ => PhiAction::Block,
    }
}

/// Checks a subject.
pub(crate) async fn check(session: &Session, text: String) -> Result<SubjectCheck, Error> {
    if text.len() > SUBJECT_BYTES {
        return Err(Error::TooLarge);
    }
    let policy = session.policy().await?;
    let keys = session.keys().await;
    let detector = Arc::clone(&session.detector);
    session
        .cpu(move || {
            let scan = detector.scan(&text, Kind::Subject, &knowledge(&policy, &keys));
            view(&text, &scan, action(&policy))
        })
        .await
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
        special: scan.special.first().filter(|_| phi).map(|s| s.advice().to_owned()),
    }
}

impl InSession for CheckSubject {
    async fn answer_in(self, session: &Arc<Session>) -> Result<SubjectCheck, Error> {
        check(session, self.text).await
    }
}
