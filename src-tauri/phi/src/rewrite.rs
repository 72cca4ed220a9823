//! The one-click neutral subject: what replaces a subject with PHI, and the words to move into the body. Never applied by itself.

use crate::{Category, Scan, cue};

/// A neutral subject, and what it replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The neutral subject, with the reply or forward prefix kept.
    pub subject: String,
    /// The words that leave the subject, to be put at the head of the body.
    pub moved: String,
}

/// Suggests a neutral subject for one that holds PHI; `None` if the scan found none.
#[must_use]
pub fn neutral_subject(text: &str, scan: &Scan) -> Option<Suggestion> {
    if !scan.is_phi() {
        return None;
    }
    let (prefix, rest) = split_prefix(text);
    let asks = rest.contains('?');
    let payment = scan.findings.iter().any(|f| {
        matches!(f.category, Category::Claim | Category::Account | Category::MemberId)
            || f.rule.ends_with(".billing")
    });
    let visit = scan.findings.iter().any(|f| f.rule.ends_with(".appointment"));
    let neutral = match (payment, visit, asks) {
        (true, _, _) => "Billing question",
        (_, true, _) => "Scheduling",
        (_, _, true) => "Question",
        (_, _, false) => "Follow-up",
    };
    Some(Suggestion { subject: format!("{prefix}{neutral}"), moved: rest.trim().to_owned() })
}

/// Splits leading "Re:", "Fwd:" and their like from the rest.
fn split_prefix(text: &str) -> (String, &str) {
    let mut prefix = String::new();
    let mut rest = text.trim_start();
    while let Some((head, tail)) = rest.split_once(':') {
        if !cue::REPLY_PREFIX.has(head.trim()) {
            break;
        }
        prefix.push_str(head.trim());
        prefix.push_str(": ");
        rest = tail.trim_start();
    }
    (prefix, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Detector, Kind, Knowledge};

    #[test]
    fn rewrite_keeps_the_prefix_and_moves_every_word() {
        let text = "Re: FW: Maria Lopez biopsy results";
        let scan = Detector::standard().scan(text, Kind::Subject, &Knowledge::new());
        let suggestion = neutral_subject(text, &scan).unwrap();
        assert_eq!(suggestion.subject, "Re: FW: Follow-up");
        assert_eq!(suggestion.moved, "Maria Lopez biopsy results");
        let again =
            Detector::standard().scan(&suggestion.subject, Kind::Subject, &Knowledge::new());
        assert!(!again.is_phi());
    }

    #[test]
    fn clean_subject_is_left_alone() {
        let scan = Detector::standard().scan("Lunch on Friday", Kind::Subject, &Knowledge::new());
        assert_eq!(neutral_subject("Lunch on Friday", &scan), None);
    }
}
