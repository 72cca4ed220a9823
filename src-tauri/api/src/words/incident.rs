//! The report of an incident in words: the same on screen, on paper and on the command line.

use crate::incident::{
    AroundLastSeen, DiskState, Incident, IncidentReport, MessageSent, Protection, ReaderOf,
};
use crate::words::audit::{backing_sentence, verdict_sentence};

/// What every report says of itself.
pub const STATEMENT: &str = "This report gathers facts from one mailbox. It does not decide whether there was a breach, and nothing in it says that there was none. That is for the organisation's privacy officer.";

/// A part of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// What it says.
    pub lines: Vec<Line>,
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A fact under its name.
    Fact(&'static str, String),
    /// A sentence.
    Text(String),
}

fn fact(name: &'static str, value: impl Into<String>) -> Line {
    Line::Fact(name, value.into())
}

fn number(name: &'static str, value: u64) -> Line {
    Line::Fact(name, value.to_string())
}

fn text(sentence: &str) -> Line {
    Line::Text(sentence.to_owned())
}

/// The report's title.
pub const fn title(incident: &Incident) -> &'static str {
    match incident {
        Incident::LostComputer { .. } => "Incident: a lost computer",
        Incident::WrongRecipient { .. } => "Incident: a message to the wrong person",
    }
}

/// The whole report; moments are shown by `moment`, which knows the reader's clock.
pub fn sections(report: &IncidentReport, moment: &dyn Fn(i64) -> String) -> Vec<Section> {
    let mut all = vec![what(report, moment), limits(report)];
    if let Some(message) = &report.message {
        all.push(message_sent(message, moment));
    }
    if let Some(around) = &report.last_seen {
        all.push(last_seen(around));
    }
    if matches!(report.statement.incident, Incident::LostComputer { .. }) {
        all.push(holdings(report, moment));
        all.push(protection(&report.protection));
    }
    all.push(people(report));
    all.push(factors());
    all.push(log(report));
    all
}

fn what(report: &IncidentReport, moment: &dyn Fn(i64) -> String) -> Section {
    let statement = &report.statement;
    let mut lines = vec![
        fact("Report made", report.made.clone()),
        fact("Discovered", statement.discovered.clone()),
    ];
    match &statement.incident {
        Incident::LostComputer { last_seen } => {
            let seen = last_seen.map_or_else(|| "not known".to_owned(), moment);
            lines.push(fact("Last seen", seen));
        }
        Incident::WrongRecipient { wrong, .. } => {
            lines.push(fact("It was not for", wrong.join(", ")));
        }
    }
    lines.push(fact(
        "Individuals affected, as stated",
        statement.individuals.map_or_else(|| "not known yet".to_owned(), |n| n.to_string()),
    ));
    Section { title: "What happened", lines }
}

fn limits(report: &IncidentReport) -> Section {
    let limits = &report.limits;
    let left = match limits.days_left {
        days if days < 0 => "this day has passed".to_owned(),
        0 => "this is today".to_owned(),
        1 => "1 day is left".to_owned(),
        days => format!("{days} days are left"),
    };
    let secretary = match limits.tell_secretary_now {
        Some(true) => "500 or more individuals as stated: the Secretary of HHS is told at the same time as they are (45 CFR 164.408(b)).".to_owned(),
        Some(false) => format!("Fewer than 500 individuals as stated: the Secretary of HHS is told by {} at the latest (45 CFR 164.408(c)).", limits.yearly_limit),
        None => format!("If 500 or more individuals are affected, the Secretary of HHS is told at the same time as they are (45 CFR 164.408(b)); if fewer, by {} at the latest (164.408(c)).", limits.yearly_limit),
    };
    let media = match limits.maybe_media {
        Some(false) => {
            "Not more than 500 individuals as stated: the rule on telling the media (45 CFR 164.406) does not apply by number."
        }
        Some(true) | None => {
            "If more than 500 of those affected live in one State or jurisdiction, prominent media there are told too (45 CFR 164.406)."
        }
    };
    Section {
        title: "Limits, if it is a breach",
        lines: vec![
            fact("Tell individuals by", format!("{} at the latest; {left}", limits.outer_limit)),
            text(
                "Notice goes out without unreasonable delay, and 60 calendar days after discovery at the latest (45 CFR 164.404(b)). State law may set a shorter limit.",
            ),
            Line::Text(secretary),
            text(media),
        ],
    }
}

fn message_sent(message: &MessageSent, moment: &dyn Fn(i64) -> String) -> Section {
    let found = message.findings.iter().map(|(what, n)| format!("{what} ({n})"));
    let found = found.collect::<Vec<_>>().join(", ");
    let mut lines = vec![
        fact("Queued", moment(message.created)),
        fact("State", state(message.state)),
        fact("Subject", message.subject.clone()),
        fact(
            "Health information found",
            if found.is_empty() {
                "none by the detector, which is no proof".to_owned()
            } else {
                found
            },
        ),
        fact(
            "Files",
            if message.files.is_empty() { "none".to_owned() } else { message.files.join(", ") },
        ),
    ];
    lines.extend(message.readers.iter().map(|reader| Line::Text(reader_sentence(reader))));
    Section { title: "The message", lines }
}

const fn state(state: crate::compose::OutboxState) -> &'static str {
    use crate::compose::OutboxState;
    match state {
        OutboxState::Queued => "waits in the outbox",
        OutboxState::Held => "held in the outbox",
        OutboxState::Sending => "is being sent",
        OutboxState::Sent => "accepted by the provider",
        OutboxState::Uncertain => "perhaps accepted by the provider: no answer came",
        OutboxState::Failed => "not accepted by the provider",
    }
}

fn reader_sentence(reader: &ReaderOf) -> String {
    let whose = if reader.wrong { " (the wrong person)" } else { "" };
    match &reader.fingerprint {
        Some(fingerprint) => format!(
            "{}{whose}: sealed for their certificate {fingerprint}; whoever holds its key can read it.",
            reader.address
        ),
        None => format!("{}{whose}: no certificate is on record for them.", reader.address),
    }
}

fn last_seen(around: &AroundLastSeen) -> Section {
    let unknown = || "not in the log at hand".to_owned();
    let open = match around.open {
        Some(true) => "open".to_owned(),
        Some(false) => "locked".to_owned(),
        None => unknown(),
    };
    Section {
        title: "Around the last time it was seen",
        lines: vec![
            fact("The mailbox then was", open),
            fact("Locked after that", around.locked_after.clone().unwrap_or_else(unknown)),
            fact("Opened after that", format!("{} times", around.unlocks_after)),
            number("Failed tries after that", around.failures_after),
            fact("The log at hand ends", around.log_ends.clone().unwrap_or_else(unknown)),
            text(
                "If this report is made from a backup or on another computer, later entries are on the lost one only.",
            ),
        ],
    }
}

fn holdings(report: &IncidentReport, moment: &dyn Fn(i64) -> String) -> Section {
    let held = &report.holdings;
    let span = match (held.oldest, held.newest) {
        (Some(oldest), Some(newest)) => format!("{} to {}", moment(oldest), moment(newest)),
        _ => "no messages".to_owned(),
    };
    Section {
        title: "What the mailbox holds",
        lines: vec![
            number("Messages", held.messages),
            fact("From", span),
            number("With their text here", held.with_text),
            number("Sealed end to end", held.sealed),
            number("With files", held.with_files),
            number("With health information found", held.with_findings),
            number("Not scanned, to be counted as such", held.not_scanned),
            number("Drafts", held.drafts),
            number("Waiting to be sent", held.waiting),
        ],
    }
}

fn protection(protection: &Protection) -> Section {
    let needs = if protection.needs_keyring {
        "the passphrase and a secret in this computer's keyring"
    } else {
        "the passphrase alone"
    };
    Section {
        title: "How it was closed",
        lines: vec![
            text(
                "The mailbox file is encrypted (SQLCipher, AES-256) under a random key that is on the disk only wrapped.",
            ),
            fact("It opens with", needs),
            fact(
                "It locks itself after",
                format!("{} seconds without input", protection.locks_after_seconds),
            ),
            fact("Lock-out after", format!("{} wrong passphrases", protection.tries)),
            fact("Disk under the mailbox", disk(protection.disk)),
            fact("Swap", disk(protection.swap)),
            text(
                "Disk and swap are those of the computer on which this report is made. A self-encrypting drive is not seen. The cryptography used is not FIPS-validated.",
            ),
        ],
    }
}

const fn disk(state: DiskState) -> &'static str {
    match state {
        DiskState::Encrypted => "encrypted (dm-crypt or an encrypted file system)",
        DiskState::None => "none, or in memory",
        DiskState::NotFound => "no encryption found",
        DiskState::Unknown => "cannot be told",
    }
}

fn people(report: &IncidentReport) -> Section {
    let mut lines = vec![
        number("Addresses", report.people_in_all),
        text(
            "These are the people who write and receive. Patients who are named in the messages are not counted by a program: somebody has to read them.",
        ),
    ];
    lines.extend(report.people.iter().map(|person| {
        let name =
            if person.name.is_empty() { String::new() } else { format!("{}, ", person.name) };
        Line::Text(format!(
            "{name}{}: {} messages, {} with health information",
            person.address, person.messages, person.with_findings
        ))
    }));
    let rest = report.people_in_all.saturating_sub(report.people.len() as u64);
    if rest > 0 {
        lines.push(Line::Text(format!("and {rest} more")));
    }
    Section { title: "People in the messages", lines }
}

fn factors() -> Section {
    Section {
        title: "To be assessed by a person (45 CFR 164.402(2))",
        lines: vec![
            text(
                "1. The nature and extent of the health information, and how likely it is that somebody is recognised in it: ____",
            ),
            text("2. Who used it without authority, or to whom it was disclosed: ____"),
            text("3. Whether it was in fact acquired or viewed: ____"),
            text("4. How far the risk has been mitigated: ____"),
        ],
    }
}

fn log(report: &IncidentReport) -> Section {
    let audit = &report.audit;
    let unknown = || "none".to_owned();
    let mut lines = vec![
        Line::Text(verdict_sentence(audit)),
        Line::Text(backing_sentence(audit)),
        number("Entries", audit.entries),
        fact("Last entry's hash", audit.head.clone().unwrap_or_else(unknown)),
        fact("First key's fingerprint", audit.key.clone().unwrap_or_else(unknown)),
    ];
    lines.extend(report.entries.iter().cloned().map(Line::Text));
    Section { title: "The audit log", lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_report_concludes_that_there_was_no_breach() {
        assert!(STATEMENT.contains("does not decide"));
        let fixed = format!("{:?}{:?}", factors(), STATEMENT).to_lowercase();
        for conclusion in ["no breach", "not a breach", "not reportable", "low probability"] {
            assert!(!fixed.contains(conclusion), "{conclusion}");
        }
    }
}
