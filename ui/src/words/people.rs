//! Words of people and keys.

use wardmail_api::keys::{OwnKeyView, Trust, Unfit};
use wardmail_api::phi::PersonRole;

pub(crate) const TITLE: &str = "People and keys";
pub(crate) const LEAD: &str = "A message can be sealed for whoever stands here. Compare a code once, and you know that a key is theirs.";
pub(crate) const OWN: &str = "Your keys";
pub(crate) const NO_OWN_KEY: &str = "You have no key yet, so nothing can be sealed.";
pub(crate) const IMPORT_OWN: &str = "Bring a key";
pub(crate) const EXPORT: &str = "Give to others…";
pub(crate) const EXPORT_TITLE: &str = "Your certificate";
pub(crate) const EXPORT_TEXT: &str = "Whoever has it can seal messages for you. It is no secret: send it to colleagues or publish it.";
pub(crate) const DEFAULT: &str = "signs your mail";
pub(crate) const FOR_OLD_MAIL: &str = "opens old mail";
pub(crate) const USE_TO_SIGN: &str = "Use this one to sign";
pub(crate) const NOW_SIGNS: &str =
    "This key signs your mail from now on. Give its certificate to the people who write to you.";
pub(crate) const NEW_OWN: &str = "Make a new key…";
pub(crate) const NEW_OWN_TITLE: &str = "Make a new key?";
pub(crate) const NEW_OWN_TEXT: &str = "The new key signs your mail from then on, and messages to you are sealed for it once people have its certificate: send it to them, and compare the code again. The keys that are here stay, and go on opening old mail.";
pub(crate) const NEW_OWN_MADE: &str =
    "Your new key is made. Give its certificate to the people who write to you.";
pub(crate) const OTHERS: &str = "People";
pub(crate) const FILTER: &str = "Filter by name or address";
pub(crate) const NOBODY: &str = "Nobody yet";
pub(crate) const NOBODY_TEXT: &str = "Import the certificates of the people you write to.";
pub(crate) const IMPORT: &str = "Import…";
pub(crate) const IMPORT_TITLE: &str = "Import certificates";
pub(crate) const IMPORT_TEXT: &str = "One or more certificates, each from BEGIN to END";
pub(crate) const IMPORT_SUBMIT: &str = "Import";
pub(crate) const UNUSABLE: &str = "cannot be used now";
pub(crate) const COMPARE: &str = "Compare…";
pub(crate) const NO_CODE: &str =
    "You have no key of your own yet, so there is no code. Make your key first.";
pub(crate) const MATCH: &str = "The codes match";
pub(crate) const DIFFER: &str = "They differ";
pub(crate) const ROLES: &str = "Who people are";
pub(crate) const ROLES_TEXT: &str = "Wardmail goes by it when it checks what you write: a colleague's name is not taken for a patient's, and mail to a patient is about that patient.";
pub(crate) const NO_ROLES: &str = "Nothing said yet";
pub(crate) const NO_ROLES_TEXT: &str =
    "Say who works here and who is a patient, and fewer of your subjects are questioned in vain.";
pub(crate) const ADD_ROLE: &str = "Add somebody…";
pub(crate) const WHO: &str = "Who is it…";
pub(crate) const CHANGE_ROLE: &str = "Change…";
pub(crate) const TAKE_BACK: &str = "Take back";
pub(crate) const ROLE_TITLE: &str = "Who is it?";
pub(crate) const ROLE_ADDRESS: &str = "E-mail address";
pub(crate) const ROLE_NAME: &str = "Full name";
pub(crate) const ROLE_NAME_WHY: &str =
    "By the name Wardmail knows the person in what you write; without one, only as a recipient.";
pub(crate) const ROLE_IS: &str = "To your practice this person is";
pub(crate) const ROLE_SAVE: &str = "Save";
pub(crate) const MARKS: &str = "Names that are not a patient's";
pub(crate) const MARKS_TEXT: &str =
    "You marked them in the composer. Take one back if a patient has that name.";
pub(crate) const NO_MARKS: &str = "No name is marked";
pub(crate) const NO_MARKS_TEXT: &str =
    "Where a name is taken for a patient's and isn't, the composer has a button that marks it.";

/// How far a certificate was checked.
pub(crate) fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Seen => "not compared yet",
        Trust::Verified => "checked by you",
        Trust::Rejected => "not theirs",
    }
}

/// What the button that chooses a key says aloud.
pub(crate) fn use_to_sign(whose: &str, made: &str) -> String {
    format!("{USE_TO_SIGN}: {whose}, made {made}")
}

/// Why an own key is not fit to sign.
pub(crate) fn unfit(why: Unfit) -> &'static str {
    match why {
        Unfit::Ended => "Its time is over.",
        Unfit::Revoked => "It was revoked.",
        Unfit::OtherAddress => {
            "It does not name the address of your account, so others would take your mail for somebody else's."
        }
        Unfit::Incapable => "It cannot both sign and be sealed for.",
    }
}

/// What is wrong with the key that signs, and what to do.
pub(crate) fn unfit_signer(why: Unfit) -> String {
    format!("{} Make a new key, or use another one to sign.", unfit(why))
}

/// What became of a key that was brought.
pub(crate) fn brought(key: &OwnKeyView) -> String {
    match (key.is_default, key.unfit) {
        (true, _) => "This key signs your mail from now on.".to_owned(),
        (false, Some(why)) => format!("This key was kept for reading old mail. {}", unfit(why)),
        (false, None) => {
            "This key was kept for reading old mail; your other key goes on signing. You can choose which one signs."
                .to_owned()
        }
    }
}

/// From when to when a key can be used.
pub(crate) fn valid(from: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!("made {from}, valid until {until}"),
        None => format!("made {from}, without an end"),
    }
}

/// The heading of the comparison.
pub(crate) fn compare_title(name: &str) -> String {
    format!("Compare with {name}")
}

/// How to compare.
pub(crate) fn compare_text(name: &str) -> String {
    format!(
        "Call {name} on a number that you know, or meet. They open your entry in their program; both of you must see this code. Do not send it by e-mail."
    )
}

/// How many came in.
pub(crate) fn imported(number: usize) -> String {
    match number {
        1 => "One certificate was imported.".to_owned(),
        _ => format!("{number} certificates were imported."),
    }
}

/// What somebody is to the practice.
pub(crate) fn role(role: PersonRole) -> &'static str {
    match role {
        PersonRole::Staff => "Works here",
        PersonRole::Provider => "Clinician elsewhere",
        PersonRole::Business => "Vendor, payer or other business",
        PersonRole::Patient => "Patient, or a patient's family",
    }
}

/// The button that changes what somebody is, read out.
pub(crate) fn change_role_of(who: &str) -> String {
    format!("Change who {who} is")
}

/// The button that takes it back, read out.
pub(crate) fn take_back_role_of(who: &str) -> String {
    format!("Take back who {who} is")
}

/// It was taken back.
pub(crate) fn role_gone(who: &str) -> String {
    format!("Wardmail no longer knows who {who} is.")
}

/// The button of a certificate that says who its owner is, read out.
pub(crate) fn say_who(who: &str) -> String {
    format!("Say who {who} is")
}

/// The button that takes a mark back, read out.
pub(crate) fn take_back_mark_of(name: &str) -> String {
    format!("Take back that {name} is not a patient")
}

/// A mark was taken back.
pub(crate) fn mark_gone(name: &str) -> String {
    format!("{name} may be a patient's name again.")
}
