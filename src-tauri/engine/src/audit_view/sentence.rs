//! A plain sentence for every entry. What an entry is about in particular, its code says: the program's own, so none is
//! shown as it stands.

use std::fmt::Write as _;

use wardmail_audit::{Count, Event, EventKind, ObjectKind, Outcome, Reason};

use super::name;
use crate::{evidence::CUT_OFF, open::SAVED_DAMAGED};

/// What happened, in a plain sentence.
pub(crate) fn sentence(event: &Event) -> String {
    // These say it themselves.
    let says_it = matches!(
        event.kind(),
        EventKind::UnlockFailed
            | EventKind::DecryptFailed
            | EventKind::SyncError
            | EventKind::AuditNotice
            | EventKind::Gap
    );
    let how = match event.outcome() {
        _ if says_it => "",
        Outcome::Failure => " (failed)",
        Outcome::Refused => " (refused)",
        Outcome::Uncertain => " (outcome unknown)",
        _ => "",
    };
    let reason = event.picked_reason().map(|r| format!("; reason: {}", reason(r)));
    let counts = event.counts().iter().fold(String::new(), |mut text, (count, number)| {
        let _infallible = match count {
            Count::AtSeconds => write!(text, "; at {}", moment(*number)),
            _ => write!(text, "; {}: {number}", name(count).replace('_', " ")),
        };
        text
    });
    let keys: Vec<String> = event.used_keys().iter().map(ToString::to_string).collect();
    let keys = match keys.as_slice() {
        [] => String::new(),
        keys => format!("; with the keys {}", keys.join(" and ")),
    };
    format!("{}{how}{}{counts}{keys}", what(event), reason.unwrap_or_default())
}

fn what(event: &Event) -> &'static str {
    let code = event.error_code().unwrap_or_default();
    match event.kind() {
        EventKind::ProfileCreated => "The mailbox was set up",
        EventKind::Unlock if code == "reauthentication" => "The passphrase was asked once more",
        EventKind::Unlock => "The mailbox was unlocked",
        EventKind::UnlockFailed => "Somebody tried to unlock the mailbox and failed",
        EventKind::Lock => "The mailbox was locked",
        EventKind::RecoveryUsed if code.starts_with("emergency") => {
            "The organisation opened the mailbox with its emergency keys"
        }
        EventKind::RecoveryUsed => "The mailbox was opened with the recovery code",
        EventKind::AccessChange => access(code),
        EventKind::View => "A message was opened",
        EventKind::Decrypt => "A sealed message was opened",
        EventKind::DecryptFailed => "A sealed message could not be opened",
        EventKind::Search => "The mailbox was searched",
        EventKind::SendDecision if code == "outbox.handed_over" => {
            "It was decided again, and a message began to be handed over"
        }
        EventKind::SendDecision => "It was decided how a message goes out",
        EventKind::Send => "A message was handed to the provider",
        EventKind::Override => "A warning was overridden",
        EventKind::Print => "A message was printed",
        EventKind::SaveAttachment if code == SAVED_DAMAGED => {
            "A file that had not arrived whole was saved outside the mailbox"
        }
        EventKind::SaveAttachment => "A file was saved outside the mailbox",
        EventKind::Export => match event.object_id() {
            Some((ObjectKind::Message, _)) => "A message was taken out of the mailbox",
            _ if code.starts_with("audit_log") => "This log was exported",
            _ if code.starts_with("incident") => {
                "A report of an incident was taken out of the mailbox"
            }
            _ => "Something was exported from the mailbox",
        },
        EventKind::Import => "Messages were imported",
        EventKind::Delete => deletion(code),
        EventKind::KeepingChange => "How long messages are kept was changed",
        EventKind::KeyChange => "An own key was added or changed",
        EventKind::CertChange => "A certificate was added or judged",
        EventKind::PolicyChange if code == "policy_in_force" => "The policy can be used again",
        EventKind::PolicyChange if event.outcome() == Outcome::Refused => {
            "The policy of this computer could not be used"
        }
        EventKind::PolicyChange => "A policy or a setting changed",
        EventKind::AccountChange => "An account was added or changed",
        EventKind::ProviderAttested => "The owner recorded the provider and its agreement",
        EventKind::ConsentChange => "The consent of a person was recorded or withdrawn",
        EventKind::SyncBatch => "Mail was fetched",
        EventKind::SyncError => "Mail could not be fetched",
        EventKind::Backup if code == "backup.restored" => "The mailbox was restored from a backup",
        EventKind::Backup if code == "backup.made" => "A backup was made",
        EventKind::Backup => "A backup was made or restored",
        EventKind::AuditNotice => notice(code),
        EventKind::Gap if code == CUT_OFF => {
            "The session before ended without an entry: the program or the computer stopped, or the log could not be written"
        }
        EventKind::Gap => "Entries could not be written",
        // A kind that a later version writes.
        _ => "Something was recorded",
    }
}

fn access(code: &str) -> &'static str {
    match code {
        "emergency.added" => "The organisation can open the mailbox in an emergency from now on",
        "emergency.removed" => "The organisation can no longer open the mailbox in an emergency",
        "emergency.left_out" => {
            "The organisation's certificates were to be taken up, and some of them can't be used"
        }
        "emergency.too_few" => {
            "The organisation's way in was to be prepared, and policy names too few usable certificates"
        }
        "one_time_codes.on" => "One-time codes were set up",
        "recovery_code.replaced" => "The recovery code was replaced",
        "one_time_codes.off" => "One-time codes were switched off",
        "security_key.added" => "A security key was made a part of what opens the mailbox",
        "security_key.removed" => "The security key was taken out of what opens the mailbox",
        _ => "What opens the mailbox was changed",
    }
}

fn deletion(code: &str) -> &'static str {
    match code {
        "delete.asked" => "Messages were deleted, to be taken back for a while",
        "delete.undone" => "A deletion was taken back",
        "delete.done" => "Deleted messages were removed for good",
        "delete.held" => "A deletion was taken back because of a legal hold",
        "expiry.removed" => "Messages whose time was over were removed",
        "retention.removed" => "Messages were removed because policy keeps them no longer",
        "retention.server" => "The provider's server deleted what policy keeps no longer",
        "profile.erase" => "The mailbox on this computer was to be erased",
        _ => "Something was deleted",
    }
}

fn notice(code: &str) -> &'static str {
    match code {
        "audit.key_lost" => "The key that signs this log was lost and replaced",
        "audit.anchor_mailed" => "The state of this log was mailed to the compliance office",
        "audit.anchor_held" => {
            "The state of this log could not be mailed to the compliance office, and waits"
        }
        "audit.system_log_deaf" => "The system's log did not take the state of this log",
        "vault.older_copy" => "An older copy of the mailbox was put back",
        "unlock.failure_log_altered" => {
            "The record of failed unlocks was changed or cut while the mailbox was locked"
        }
        _ => "Something about this log was noticed",
    }
}

fn reason(reason: Reason) -> String {
    match reason {
        Reason::Idle => "nobody was there".to_owned(),
        Reason::OwnerRequest => "the owner asked for it".to_owned(),
        Reason::SystemRequest => "the computer or the program asked for it".to_owned(),
        Reason::Policy => "policy asked for it".to_owned(),
        other => name(&other).replace('_', " "),
    }
}

/// A moment in seconds since 1970, in UTC.
fn moment(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(0);
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wardmail_audit::{Code, OpaqueId, Route};

    use super::*;

    #[test]
    fn every_kind_and_outcome_has_a_plain_sentence_of_its_own() {
        let mut said = BTreeSet::new();
        for kind in EventKind::ALL {
            for outcome in Outcome::ALL {
                let text = sentence(&Event::new(kind, outcome));
                assert!(!text.starts_with("Something was recorded"), "{kind:?}");
                assert!(text.chars().next().unwrap().is_uppercase(), "{text}");
                assert!(!text.contains('_') && text.split(' ').count() >= 3, "{text}");
                if outcome == Outcome::Success {
                    assert!(said.insert(text), "{kind:?} says what another kind says");
                }
            }
        }
    }

    #[test]
    fn a_failure_is_never_told_as_a_success() {
        let told_by_themselves = [
            EventKind::UnlockFailed,
            EventKind::DecryptFailed,
            EventKind::SyncError,
            EventKind::AuditNotice,
            EventKind::Gap,
        ];
        for kind in EventKind::ALL.into_iter().filter(|kind| !told_by_themselves.contains(kind)) {
            let said: BTreeSet<String> =
                Outcome::ALL.into_iter().map(|how| sentence(&Event::new(kind, how))).collect();
            assert_eq!(said.len(), Outcome::ALL.len(), "{said:?}");
        }
    }

    /// Whatever else an entry has: reasons and counts are told in words, names and codes not at all.
    #[test]
    fn reasons_and_counts_are_told_and_no_name_or_code() {
        for reason in Reason::ALL {
            let event = Event::new(EventKind::Override, Outcome::Success).reason(reason);
            let text = sentence(&event);
            assert!(text.starts_with("A warning was overridden; reason: "), "{text}");
            assert!(!text.contains('_'), "{text}");
        }
        for count in Count::ALL {
            let text = sentence(&Event::new(EventKind::Gap, Outcome::Failure).count(count, 86_400));
            let number = if count == Count::AtSeconds { "1970-01-02" } else { ": 86400" };
            assert!(text.contains(number) && !text.contains('_'), "{text}");
        }
        let event = Event::new(EventKind::AuditNotice, Outcome::Failure)
            .message(OpaqueId::from_random([0xab; 16]))
            .route(Route::OpenPgp)
            .code(Code::new("not.known_here"));
        assert_eq!(sentence(&event), "Something about this log was noticed");
    }
}
