//! The sentences that every front end says alike: who can read a message, who wrote it, and what the owner must be told.

pub mod audit;
pub mod incident;

use crate::{
    keys::Trust,
    mail::{Encryption, Security, Signature, Unreadable, Warning},
    session::{EmergencyReason, Notice},
};

/// How a sentence is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Safe,
    /// A fact.
    Neutral,
    /// Take care.
    Warn,
    /// Don't rely on it.
    Stop,
}

/// The security line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityLine {
    /// How it is to be taken.
    pub tone: Tone,
    /// Who can read it.
    pub headline: String,
    /// Who wrote it.
    pub detail: String,
}

impl Notice {
    /// What happened, in one sentence.
    pub fn what(self) -> String {
        match self {
            Self::OlderCopy { openings: 0 } => {
                "This computer's keyring no longer knows how often this mailbox was opened: it may be an older copy.".to_owned()
            }
            Self::OlderCopy { openings } => format!(
                "This mailbox is older than the one this computer opened last: it was opened {openings} times since."
            ),
            Self::FailureLogAltered => {
                "The record of failed unlocks was changed while the mailbox was locked.".to_owned()
            }
            Self::EmergencyAccessAdded { two_people } => format!(
                "Your organisation can now open this mailbox in an emergency{}.",
                if two_people { ", with two people together" } else { "" }
            ),
            Self::EmergencyAccessRemoved => {
                "Your organisation can no longer open this mailbox in an emergency.".to_owned()
            }
            Self::EmergencyAccessTrouble { prepared: true } => {
                "A key that your organisation keeps for emergencies can't be used for this mailbox.".to_owned()
            }
            Self::EmergencyAccessTrouble { prepared: false } => {
                "Your organisation wants to be able to open this mailbox in an emergency, but the keys it names don't allow it.".to_owned()
            }
            Self::EmergencyAccessUsed { reason, .. } => {
                format!("Your organisation opened a copy of this mailbox: {}.", reason.text())
            }
            Self::OneTimeCodesWanted => {
                "Policy wants a one-time code beside the passphrase, and nothing is sent until codes are set up.".to_owned()
            }
            Self::OneTimeCodesOff => "One-time codes are no longer asked for.".to_owned(),
            Self::SecurityKeyOff => "The security key is no longer asked for.".to_owned(),
        }
    }

    /// What to do, in one sentence.
    pub const fn next(self) -> &'static str {
        match self {
            Self::OlderCopy { .. } => {
                "If you did not restore a backup, tell IT: somebody put an old copy in its place."
            }
            Self::FailureLogAltered => "Tell IT: somebody else may have used this computer.",
            Self::EmergencyAccessAdded { .. } | Self::EmergencyAccessRemoved => {
                "The policy says so; ask IT if you did not expect it."
            }
            Self::EmergencyAccessTrouble { .. } => {
                "Tell IT: the emergency certificates of the policy need mending."
            }
            Self::EmergencyAccessUsed { .. } => "Ask IT if you were not told before.",
            Self::OneTimeCodesWanted => "Set one-time codes up under Settings.",
            Self::OneTimeCodesOff => {
                "Set them up again under Settings if your authenticator was lost."
            }
            Self::SecurityKeyOff => "Add another one under Settings if yours was lost.",
        }
    }
}

impl EmergencyReason {
    /// The reason in plain words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::PatientCare => "a patient's care needed it",
            Self::OwnerAbsent => "its owner was away",
            Self::RequiredByLaw => "the law required it",
            Self::Investigation => "an incident was looked into",
            Self::Drill => "it was a drill",
        }
    }
}

/// Stands beside a file that arrived damaged or not complete.
pub const DAMAGED_FILE: &str =
    "This file arrived damaged or incomplete. Ask the sender to send it again.";

/// Says in plain words who can read the message and whether its sender is who it says.
pub fn security_line(security: &Security, from: &str) -> SecurityLine {
    if let Some(why) = security.unreadable {
        return unreadable_line(why);
    }
    let (sig_tone, detail) = signature_sentence(security, from);
    let (enc_tone, headline) = match security.encryption {
        Encryption::Whole => (Tone::Safe, readers_sentence(&security.other_readers)),
        Encryption::Partial => (
            Tone::Warn,
            "Only parts of this message were sealed, so those parts were not opened".to_owned(),
        ),
        Encryption::None => (
            Tone::Neutral,
            "This message was not sealed: others could read it on its way".to_owned(),
        ),
    };
    SecurityLine { tone: worse(enc_tone, sig_tone), headline, detail }
}

fn worse(a: Tone, b: Tone) -> Tone {
    let rank = |t: Tone| match t {
        Tone::Safe => 0,
        Tone::Neutral => 1,
        Tone::Warn => 2,
        Tone::Stop => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}

fn unreadable_line(why: Unreadable) -> SecurityLine {
    let (tone, headline, detail) = match why {
        Unreadable::KeyMissing => (
            Tone::Warn,
            "This message is sealed for a key that this computer does not have",
            "Import the key it was sealed for, or ask the sender to send it again.",
        ),
        Unreadable::Damaged => (
            Tone::Stop,
            "This message was damaged or changed on its way",
            "Nothing of it is shown. Ask the sender to send it again.",
        ),
        Unreadable::TooLarge => (
            Tone::Stop,
            "This message is too large to be opened safely",
            "Ask the sender for a smaller one.",
        ),
        Unreadable::Unsupported => (
            Tone::Warn,
            "This message is sealed in a way that Wardmail cannot open",
            "Ask the sender to use OpenPGP with current settings.",
        ),
        Unreadable::NotFetched => (
            Tone::Neutral,
            "The text of this message is not on this computer yet",
            "Whether it was sealed, and who wrote it, is known once it is fetched.",
        ),
    };
    SecurityLine { tone, headline: headline.to_owned(), detail: detail.to_owned() }
}

fn readers_sentence(others: &[String]) -> String {
    match others {
        [] => "Only you can read this".to_owned(),
        [one] => format!("Only you and {one} can read this"),
        [first, second] => format!("Only you, {first} and {second} can read this"),
        [first, rest @ ..] => format!("Only you, {first} and {} others can read this", rest.len()),
    }
}

fn signature_sentence(security: &Security, from: &str) -> (Tone, String) {
    match security.signature {
        Signature::None => {
            (Tone::Neutral, "It is not signed, so nothing proves who wrote it.".to_owned())
        }
        Signature::Invalid => (
            Tone::Stop,
            "Its signature does not hold: it was changed, or somebody else wrote it.".to_owned(),
        ),
        Signature::Unknown => (
            Tone::Warn,
            format!("It is signed, but what would prove that it is from {from} is not here."),
        ),
        Signature::Partial => {
            (Tone::Warn, "Only parts of it are signed; do not rely on the rest.".to_owned())
        }
        Signature::Valid if security.from_matches_signer == Some(false) => (
            Tone::Stop,
            format!("It is signed by somebody else than {from}, whom it says it is from."),
        ),
        Signature::Valid => match security.signers.first().and_then(|s| s.trust) {
            Some(Trust::Verified) => {
                (Tone::Safe, format!("Signed by {from}, whose key you have checked."))
            }
            Some(Trust::Rejected) => {
                (Tone::Stop, format!("Signed with a key that you said is not {from}'s."))
            }
            Some(Trust::Seen) | None => {
                (Tone::Safe, format!("Signed by {from}. You have not compared their key yet."))
            }
        },
    }
}

/// Says a warning in plain words.
pub const fn warning_sentence(warning: Warning) -> &'static str {
    match warning {
        Warning::RemoteContentBlocked => {
            "Pictures and styles from elsewhere were not loaded, so the sender does not learn that you read this."
        }
        Warning::MisleadingLink => "A link leads to a different site than it says.",
        Warning::SenderDiffers => {
            "The message names one sender inside and another outside; the one inside is shown only where a signature proves it."
        }
        Warning::ReplyToDiffers => "Answers would go to a different address than the sender's.",
        Warning::NameLooksLikeAddress => "The sender's name shows an address that is not theirs.",
        Warning::SeveralSenders => "The message names more than one sender; do not rely on it.",
        Warning::Malformed => "The message is malformed; what could be read is shown.",
        Warning::Truncated => "The message is longer than what is shown.",
        Warning::ProtectedPartNotOpened => {
            "A sealed part lies inside an unsealed message. It was not opened, because that can betray its content."
        }
        Warning::SmimeNotChecked => {
            "The message is protected with S/MIME, which is not checked yet."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{HeaderProtection, Signer};

    fn sealed() -> Security {
        Security {
            encryption: Encryption::Whole,
            signature: Signature::Valid,
            signers: vec![Signer {
                fingerprint: String::new(),
                addresses: vec![],
                trust: Some(Trust::Verified),
            }],
            from_matches_signer: Some(true),
            headers: HeaderProtection::Encrypted,
            other_readers: vec!["Dr. Chen".to_owned()],
            unreadable: None,
            missing_keys: vec![],
        }
    }

    #[test]
    fn a_sealed_message_of_a_checked_sender_is_safe() {
        let line = security_line(&sealed(), "Dr. Chen");
        assert_eq!(line.tone, Tone::Safe);
        assert_eq!(line.headline, "Only you and Dr. Chen can read this");
    }

    #[test]
    fn nothing_is_said_of_a_seal_before_the_message_is_here() {
        let unknown = Security {
            encryption: Encryption::None,
            signature: Signature::None,
            unreadable: Some(Unreadable::NotFetched),
            ..sealed()
        };
        let line = security_line(&unknown, "Dr. Chen");
        assert_eq!(line.tone, Tone::Neutral);
        assert!(!line.headline.contains("not sealed") && !line.detail.contains("not signed"));
    }

    #[test]
    fn a_bad_signature_outweighs_a_good_seal() {
        let line =
            security_line(&Security { signature: Signature::Invalid, ..sealed() }, "Dr. Chen");
        assert_eq!(line.tone, Tone::Stop);
    }

    #[test]
    fn a_signer_who_is_not_the_sender_is_never_safe() {
        let line =
            security_line(&Security { from_matches_signer: Some(false), ..sealed() }, "Dr. Chen");
        assert_eq!(line.tone, Tone::Stop);
    }
}
