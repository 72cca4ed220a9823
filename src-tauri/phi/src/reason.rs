//! Rule ids and the plain sentences that explain them. No sentence repeats matched text.

use crate::finding::Category;
use crate::lexicon::class_bits::{
    APPOINTMENT, BILLING, BODY, CARE, CONDITION, DRUG, EPONYM, HIV, MILD, PATIENT, PROCEDURE,
    PSYCH, REPRODUCTIVE, SOFT, SUD, SYMPTOM, TEST, WEAK,
};
use crate::person::Form;

/// A rule id and its sentence, for a person beside words of some class.
pub(crate) const fn of_person(form: Form, class: u64) -> (&'static str, &'static str) {
    macro_rules! rules {
        ($($classes:expr => $id:literal, $what:literal;)*) => {
            $(if class & ($classes) != 0 {
                return match form {
                    Form::Initials => (concat!("initials.", $id), concat!("Initials beside ", $what, " can identify a patient.")),
                    Form::Office => (concat!("role.", $id), concat!("A role that one person holds, beside ", $what, ", identifies a patient.")),
                    Form::Titled | Form::Full | Form::Single | Form::Plain | Form::Kin | Form::Clinician => {
                        (concat!("name.", $id), concat!("A name beside ", $what, " identifies a patient."))
                    }
                };
            })*
            ("name.care", "A name beside words of care identifies a patient.")
        };
    }
    rules! {
        HIV | SUD | PSYCH | REPRODUCTIVE => "special", "specially protected health information";
        CONDITION | SYMPTOM | BODY | EPONYM => "condition", "a condition or symptom";
        DRUG => "medicine", "a medicine";
        PROCEDURE => "procedure", "a procedure or treatment";
        TEST => "test", "a test or result";
        CARE => "care", "care received";
        APPOINTMENT => "appointment", "a visit";
        BILLING => "billing", "payment for care";
        MILD | PATIENT | SOFT | WEAK => "context", "words of care or payment";
    }
}

/// The sentence for what the model found.
pub(crate) const OF_MODEL: &str = "This reads like a message about one person's care.";

/// The sentence for an identifier of a category.
pub(crate) const fn of_identifier(category: Category) -> &'static str {
    match category {
        Category::Ssn => "This has the form of a social security number.",
        Category::Mbi => "This has the form of a Medicare beneficiary number.",
        Category::Mrn => "A medical record number identifies a patient.",
        Category::Dob => "A date of birth identifies a patient.",
        Category::Age90 => "An age over 89 with health information counts as an identifier.",
        Category::MemberId => "A health plan's member number identifies a patient.",
        Category::Account => "An account number beside payment for care identifies a patient.",
        Category::Claim => "A claim, authorisation or prescription number identifies a patient.",
        Category::Phone => "A telephone number beside health information identifies a patient.",
        Category::Email => "An e-mail address beside health information identifies a patient.",
        Category::Address => "A street address beside health information identifies a patient.",
        Category::Device => {
            "A device's serial number beside health information identifies a patient."
        }
        Category::Vehicle => "A vehicle's number beside health information identifies a patient.",
        Category::Url => "A web address that carries a patient's number identifies a patient.",
        Category::Recipient => "The recipient is the person whose health this is about.",
        Category::OtherId
        | Category::Site
        | Category::Name
        | Category::Initials
        | Category::Role => "A number that belongs to one patient identifies a patient.",
    }
}
