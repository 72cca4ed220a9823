//! What was found in a draft's text and files, why it is encrypted, what is asked before sending, and what is known of people.

use serde::{Deserialize, Serialize};

use crate::{DraftAttachmentId, compose::Finding};

/// What was found in one part of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentCheck {
    /// Whether it holds PHI.
    pub phi: bool,
    /// Whether it holds what identifies a patient by itself.
    pub strong: bool,
    /// What it holds, each kind once, strong ones first.
    pub kinds: Vec<PhiKind>,
    /// Specially protected topic, if any: the stronger advice.
    pub special: Option<String>,
    /// The first places in the text, in the order of the text; none for a file.
    pub findings: Vec<Finding>,
}

/// One kind of finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhiKind {
    /// Category, such as `name` or `mrn`.
    pub category: String,
    /// Whether it identifies a patient by itself.
    pub strong: bool,
    /// How often it was found.
    pub count: u32,
    /// Why it matters, in a plain sentence without the words themselves.
    pub reason: String,
}

/// What was found in a file on a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileCheck {
    /// The file.
    pub attachment: DraftAttachmentId,
    /// Its name.
    pub name: String,
    /// Whether it is still being read; what was found so far is nothing.
    pub checking: bool,
    /// What was found.
    pub found: ContentCheck,
    /// What in it could not be read: it counts as not checked.
    pub unread: Vec<UnreadPart>,
}

/// A part of a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnreadPart {
    /// The file, and the file within it.
    pub part: String,
    /// Why.
    pub why: Unchecked,
}

macro_rules! sentences {
    ($(#[$about:meta])* $name:ident { $($variant:ident $sentence:literal;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum $name {
            $(#[doc = $sentence] $variant,)*
        }

        impl $name {
            /// It in one plain sentence, for every front end.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

sentences! {
    /// Why a file, or a part of one, counts as not checked.
    Unchecked {
        Encrypted "It is locked with a password, so it was not checked.";
        Damaged "It is damaged or not what its name says, so it was not checked.";
        TooLarge "It is too large to be checked whole; its beginning may have been.";
        TooMany "More files are in it than are checked.";
        TooDeep "Files lie too deep in it to be checked.";
        UnknownKind "Files of this kind can't be checked.";
        OnlyPictures "It holds pictures, and words in pictures can't be checked.";
        TooSlow "Checking it took too long, so it was not checked to its end.";
        BrokeDown "It could not be read: it is damaged or needs too much memory.";
        NotStarted "The part of Wardmail that reads files could not be started, so it was not checked.";
    }
}

sentences! {
    /// Why a message is encrypted, the strongest last. Clean content is no reason against: a check can miss.
    EncryptionReason {
        Always "Sealed, as every message is.";
        Answer "Sealed: you are answering a sealed message.";
        NotChecked "Sealed: something in it could not be checked, so it counts as being about a patient.";
        Phi "Sealed: it is about a patient.";
        StrongIdentifier "Sealed, and nobody can turn that off: it holds what identifies a patient by itself.";
    }
}

sentences! {
    /// What is asked before sending.
    Question {
        Subject "The subject seems to name a patient.";
        Content "The text or a file is about a patient.";
        SpeciallyProtected "It touches what law protects specially: a call or the portal would be better.";
        NewDomain "What you pass on is about a patient, and somebody gets it whose organisation was not in the conversation.";
        SeveralPatients "It holds identifiers of more than one patient: does everybody need all of them?";
        ManyRecipients "It is about a patient, and many people will see it and each other's addresses.";
    }
}

/// What somebody is to the practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PersonRole {
    /// A member of the own staff.
    Staff,
    /// A clinician elsewhere.
    Provider,
    /// A vendor, a payer's clerk, anybody in business with the practice.
    Business,
    /// A patient, or somebody of a patient's family.
    Patient,
}

/// Says what somebody is to the practice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetPersonRole {
    /// Their address.
    pub address: String,
    /// Their name; may be empty.
    pub name: String,
    /// The role; nothing takes it back.
    pub role: Option<PersonRole>,
}

/// Marks a name that was found as not a patient's, or takes the mark back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MarkNotPatient {
    /// The name as it was found.
    pub name: String,
    /// Whether it is marked from now on.
    pub marked: bool,
}

/// Asks what is known of people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListKnownPeople {}

/// What is known of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPeople {
    /// Who has a role.
    pub roles: Vec<RoleView>,
    /// Names marked as not a patient's.
    pub not_patients: Vec<String>,
}

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    /// Address.
    pub address: String,
    /// Name; may be empty.
    pub name: String,
    /// What they are.
    pub role: PersonRole,
}
