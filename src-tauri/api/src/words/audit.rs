//! What is said of an audit log that was verified, and of who outside is told of it.

use super::Tone;
use crate::{
    UnixMs,
    audit::{AuditSignature, AuditVerdict, OutsideView},
};

/// Says in a sentence whether a log holds, and what was done where it doesn't.
pub fn verdict_sentence(verdict: &AuditVerdict) -> String {
    match &verdict.first_bad {
        Some((seq, code)) => tampering_sentence(*seq, code),
        None => match verdict.entries {
            0 => "The log is empty.".to_owned(),
            entries => format!("All {entries} entries are as they were written."),
        },
    }
}

/// Says in a sentence who stands behind a log that holds.
pub fn backing_sentence(verdict: &AuditVerdict) -> String {
    let signed = match (verdict.signature, verdict.signed_to) {
        (AuditSignature::Signed, Some(seq)) => format!("It is signed up to entry {seq}."),
        (AuditSignature::Signed, None) => "Its end is signed.".to_owned(),
        (AuditSignature::Unsigned, _) => {
            "It is not signed: anybody could have written all of it.".to_owned()
        }
        (AuditSignature::Broken, _) => "Its signatures do not hold.".to_owned(),
    };
    match verdict.vouched_to {
        Some(seq) => format!("{signed} A copy kept outside vouches for it up to entry {seq}."),
        None => signed,
    }
}

/// Says who outside is told of the log's state, and what keeps them from being told; nothing where policy asks for nobody.
pub fn outside_sentences(
    outside: &OutsideView,
    show: &dyn Fn(UnixMs) -> String,
) -> Vec<(Tone, String)> {
    let mut said = Vec::new();
    match (outside.system_log, outside.system_log_deaf) {
        (true, true) => said.push((
            Tone::Warn,
            "The system's log of this computer does not take the state of this log. Tell your IT."
                .to_owned(),
        )),
        (true, false) => said.push((
            Tone::Neutral,
            "The system's log of this computer is told each time this log is signed.".to_owned(),
        )),
        (false, _) => {}
    }
    let Some(mail) = &outside.mail else { return said };
    if let Some((at, seq)) = outside.mailed {
        let when = show(at);
        let sentence = format!("The state of this log was mailed to {mail}: entry {seq}, {when}.");
        said.push((Tone::Neutral, sentence));
    }
    if let Some(code) = outside.held {
        let sentence = format!(
            "The state of this log waits to be mailed to {mail}. {} {}",
            code.what(),
            code.next()
        );
        said.push((Tone::Warn, sentence));
    }
    if outside.mailed.is_none() && outside.held.is_none() {
        said.push((Tone::Neutral, format!("The state of this log will be mailed to {mail}.")));
    }
    said
}

fn tampering_sentence(seq: u64, code: &str) -> String {
    let before = seq.saturating_sub(1);
    match code {
        "audit.edited" => format!("Entry {seq} was changed after it was written."),
        "audit.inserted" => format!("Entry {seq} was put in afterwards."),
        "audit.cut" => format!("Entries from number {seq} on were taken out."),
        "audit.reordered" => format!("Entry {seq} stands in another place than it was written."),
        "audit.shortened" => {
            format!(
                "The log ends after entry {before}: its end was cut off, or an older copy was put back."
            )
        }
        "audit.rewritten" => format!("The log up to entry {seq} was written anew."),
        "audit.foreign_log" => "The entries belong to another log.".to_owned(),
        "audit.newer_version" => {
            format!("Entry {seq} was written by a newer Wardmail: verify it with that one.")
        }
        "audit.no_trailer" => {
            "The file's end is missing, or it is not a complete export.".to_owned()
        }
        "audit.trailer_mismatch" => "The file's end does not fit its entries.".to_owned(),
        "audit.after_trailer" => "There is something after the file's end.".to_owned(),
        "audit.bad_checkpoint" => {
            format!(
                "A signature before entry {seq} is missing, or not by the key that was announced."
            )
        }
        "audit.bad_signature" => {
            "The last signature is not by the key that was announced.".to_owned()
        }
        "audit.foreign_key" => {
            "All is signed, by another key than the one that was asked for.".to_owned()
        }
        _ => format!("Something is wrong at entry {seq}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    fn said(outside: &OutsideView) -> Vec<(Tone, String)> {
        outside_sentences(outside, &|at| format!("at {at}"))
    }

    #[test]
    fn nobody_is_named_where_policy_asks_for_nobody() {
        assert_eq!(said(&OutsideView::default()), []);
    }

    #[test]
    fn who_is_told_and_what_keeps_them_from_it_are_said() {
        let mut outside = OutsideView {
            system_log: true,
            mail: Some("privacy@clinic.example".to_owned()),
            ..OutsideView::default()
        };
        assert!(said(&outside).iter().all(|(tone, _)| *tone == Tone::Neutral));
        outside.mailed = Some((7, 40));
        assert_eq!(
            said(&outside)[1].1,
            "The state of this log was mailed to privacy@clinic.example: entry 40, at 7."
        );
        outside.system_log_deaf = true;
        outside.held = Some(ErrorCode::RecipientKeyMissing);
        let tones: Vec<Tone> = said(&outside).iter().map(|(tone, _)| *tone).collect();
        assert_eq!(tones, [Tone::Warn, Tone::Neutral, Tone::Warn]);
        assert!(said(&outside)[2].1.contains(ErrorCode::RecipientKeyMissing.what()));
    }
}
