//! The classes of the lexicon and how they are packed into one number. Shared, by inclusion, with build.rs.

/// Defines one bit per section of the rule files.
macro_rules! classes {
    ($($bit:literal $constant:ident $section:literal: $doc:literal;)*) => {
        $(#[doc = $doc] pub(crate) const $constant: u64 = 1 << $bit;)*
        /// Section names with their bits.
        pub(crate) const SECTIONS: &[(&str, u64)] = &[$(($section, $constant)),*];
    };
}

classes! {
    0 CONDITION "condition": "A disease or injury.";
    1 SYMPTOM "symptom": "A complaint.";
    2 DRUG "drug": "A medicine, or the prescribing of one.";
    3 PROCEDURE "procedure": "Something done to a patient, or a device worn.";
    4 TEST "test": "A laboratory test, an image, a reading.";
    5 BODY "body": "A part of the body.";
    6 CARE "care": "Provision of care: admission, consult, chart, death.";
    7 APPOINTMENT "appointment": "A visit or its scheduling.";
    8 BILLING "billing": "Payment for care.";
    9 SUD "sud": "Substance use.";
    10 PSYCH "psych": "Mental health.";
    11 HIV "hiv": "HIV.";
    12 REPRODUCTIVE "reproductive": "Reproductive health.";
    13 WEAK "weak": "A word that is clinical only beside a stronger one.";
    14 PATIENT "patient": "Says that somebody is a patient.";
    15 TITLE "title": "A title before a name.";
    16 DOCTOR "doctor": "A clinician's title.";
    17 CREDENTIAL "credential": "Letters after a clinician's name.";
    18 STAFF "staff": "A job in the practice or of a visitor.";
    19 EVENT "event": "Education, research, publicity.";
    20 COMMERCE "commerce": "Buying, stock, vendors.";
    21 HR "hr": "Employment.";
    22 ADMIN "admin": "Running the practice.";
    23 SOCIAL "social": "Social life.";
    24 TECH "tech": "Information technology.";
    25 PLACE "place": "What turns the name before it into a place or thing.";
    26 EPONYM "eponym": "A name that became a medical word.";
    27 MONTH "month": "A month.";
    28 AGENT "agent": "What staff and vendors do, after their name.";
    29 ORGANISATION "organisation": "A company, brand, agency or hospital.";
    30 KIN "kin": "A relative or child.";
    31 OFFICE "office": "An office that one person holds.";
    32 PARTICLE "particle": "A particle inside surnames.";
    33 SUFFIX "suffix": "A suffix after names.";
    34 PRONOUN "pronoun": "A third-person pronoun.";
    35 MILD "mild": "A clinical word that other trades use too.";
    36 PREDICATE "predicate": "What patients do or need, after their name.";
    37 ABBREVIATION "abbreviation": "Capitals that are never initials.";
    38 NEVER_NAME "never_name": "A word that is no name even with a capital.";
    39 DUAL "dual": "A word that is also a name.";
    40 STREET "street": "The last word of a street.";
    41 AGE "age": "Years of age.";
    42 KEY_SSN "key_ssn": "Announces a social security number.";
    43 KEY_MRN "key_mrn": "Announces a record number.";
    44 KEY_PATIENT "key_patient": "Announces another patient's number.";
    45 KEY_DOB "key_dob": "Announces a date of birth.";
    46 KEY_MEMBER "key_member": "Announces a plan's member number.";
    47 KEY_ACCOUNT "key_account": "Announces an account number.";
    48 KEY_CLAIM "key_claim": "Announces a claim, authorisation or prescription number.";
    49 KEY_DEVICE "key_device": "Announces a serial number.";
    50 KEY_PHONE "key_phone": "Announces a telephone number.";
    51 KEY_PLATE "key_plate": "Announces a vehicle's number.";
    52 KEY_PROVIDER "key_provider": "Announces a provider's or product's number.";
    53 SOFT "soft": "A word of visits or payment that ordinary talk uses too.";
}

/// Every class that announces a number.
pub(crate) const KEYS: u64 = KEY_SSN
    | KEY_MRN
    | KEY_PATIENT
    | KEY_MEMBER
    | KEY_ACCOUNT
    | KEY_CLAIM
    | KEY_DEVICE
    | KEY_PHONE
    | KEY_PLATE
    | KEY_PROVIDER;
/// The word list knows the word.
pub(crate) const WORD: u64 = 1 << 54;
/// A term of several words starts with this word.
pub(crate) const STARTS_TERM: u64 = 1 << 55;
/// How common the word is in small letters (0..=7).
pub(crate) const WORD_SHIFT: u32 = 56;
/// How common it is as a given name (0..=7).
pub(crate) const GIVEN_SHIFT: u32 = 59;
/// How common it is as a surname (0..=3).
pub(crate) const SURNAME_SHIFT: u32 = 62;
