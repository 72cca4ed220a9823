//! What is said of an audit log that was verified.

use crate::audit::{AuditSignature, AuditVerdict};

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
