//! Numbers: chains of digits and letters, by shape, check and the word that announces them.

use super::chain::{Chain, chain_at};
use super::{Candidate, View, check};
use crate::cue;
use crate::finding::{Category, Kind};
use crate::lexicon::class_bits::{
    APPOINTMENT, BILLING, CARE, COMMERCE, CONDITION, DRUG, KEY_ACCOUNT, KEY_CLAIM, KEY_DEVICE,
    KEY_DOB, KEY_MEMBER, KEY_MRN, KEY_PATIENT, KEY_PHONE, KEY_PLATE, KEY_PROVIDER, KEY_SSN, KEYS,
    PATIENT, PROCEDURE, TECH, TEST,
};
use crate::role;
use crate::token::{Gap, Shape, Token};

/// Announcements that reach beyond their sentence.
const FAR_KEYS: u64 = KEY_SSN | KEY_MRN | KEY_MEMBER;

/// "MRN558120": letters that announce the digits they are written with.
fn own_announcement(chain: &Chain) -> u64 {
    let letters = chain
        .text
        .len()
        .saturating_sub(chain.text.trim_start_matches(|c: char| c.is_ascii_uppercase()).len());
    let digits = chain.text.get(letters..).unwrap_or_default();
    if digits.len() < 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    let letters = chain.text.get(..letters).unwrap_or_default();
    let keys = [
        (&cue::WRITTEN_MRN, KEY_MRN),
        (&cue::WRITTEN_SSN, KEY_SSN),
        (&cue::WRITTEN_PATIENT, KEY_PATIENT),
        (&cue::WRITTEN_ACCOUNT, KEY_ACCOUNT),
    ];
    keys.iter().find(|(words, _)| words.has(letters)).map_or(0, |(_, key)| *key)
}

/// Whether the key `back` tokens before the number speaks of it.
fn announces(view: View<'_>, chain: &Chain, key: &Token, back: usize) -> bool {
    let last = view.before(chain.first, 1);
    let number = last.is_some_and(|token| view.says(token, &cue::NUMBER_OF));
    // "EMR number 209918": "number" alone is a telephone's.
    if back == 1 && number && view.before(chain.first, 2).is_some_and(|t| t.is(KEYS & !KEY_PHONE)) {
        return !key.is(KEY_PHONE);
    }
    // "PA", "ID", "ref" and "case" announce a number only with a mark: "PA# 44810277".
    let close = back == 1 || back == 2 && number;
    let mark = view.gap(chain.first).has(Gap::HASH | Gap::COLON) && back == 1;
    if view.says(key, &cue::SHORT_KEY) && !mark && !(close && chain.digits >= 6) {
        return false;
    }
    // "chart ID LC-55208" says more than "chart".
    let phrase = key.is(KEY_MRN) && last.is_some_and(|t| t.is(KEY_MRN));
    back == 1 || phrase || close && chain.digits >= 6 || !is_loose(view, chain, key)
}

fn announcement(view: View<'_>, chain: &Chain) -> u64 {
    let own = own_announcement(chain);
    if own != 0 {
        return own;
    }
    let mut dashed = false;
    for back in 1..=5_usize {
        let Some(token) = view.before(chain.first, back) else { break };
        // "COBRA election - Trevino, Marisol - 637-28-4091"
        let gap = view.gap(chain.first.saturating_sub(back).saturating_add(1));
        dashed |= back > 1 && gap.has(Gap::HYPHEN) && gap.has(Gap::SPACE);
        let commerce = token.is(COMMERCE | TECH) && back <= 3 && !dashed;
        let next = chain.first.saturating_sub(back).saturating_add(1);
        if token.is(KEYS) && announces(view, chain, token, back) || commerce {
            // "SSN/TIN": one of the two.
            let twin = view.before(chain.first, back.saturating_add(1));
            let twin = twin.filter(|_| view.gap(next.saturating_sub(1)).only(Gap::SLASH));
            let twin = twin.map_or(0, |token| token.classes.0 & KEY_SSN);
            return token.classes.0 & (KEYS | COMMERCE | TECH) | twin;
        }
        if view.gap(next).has(Gap::PARAGRAPH)
            || (back > 1 && token.shape == Shape::Number && token.len() > 3)
        {
            break;
        }
    }
    // A long mixed number may stand a sentence after its announcement: "the member id was wrong. It should be …"; "policy# for pt
    // Lindqvist: OX7740921".
    let far = 2..=15_usize;
    let long = chain.text.len() >= 9 && chain.groups != 0xa;
    if long
        && !(is_phone(chain) && chain.digits == 10)
        && let Some(token) =
            far.filter_map(|back| view.before(chain.first, back)).find(|t| t.is(FAR_KEYS))
    {
        return token.classes.0 & FAR_KEYS;
    }
    let after = chain.last.saturating_add(1);
    // "W88291004 Aetna", "XJD884120937 (BCBS member)".
    if long
        && let Some(token) = (after..after.saturating_add(5))
            .filter_map(|i| view.token(i))
            .find(|t| t.is(KEY_MEMBER))
    {
        return token.classes.0 & KEY_MEMBER;
    }
    // "1947305 is the MRN"
    let said = |at: &usize| {
        view.gap(*at).only(Gap::SPACE)
            && view.token(*at).is_some_and(|t| view.says_exact(t, &cue::IS_THE))
    };
    let label = (after..after.saturating_add(3)).find(|at| !said(at)).unwrap_or(after);
    match view.token(label) {
        Some(token) if token.gap.only(Gap::SPACE | Gap::OPEN) && token.is(KEY_SSN | KEY_MRN) => {
            token.classes.0 & (KEY_SSN | KEY_MRN)
        }
        _ if is_called_record(view, chain) => KEY_MRN,
        _ => 0,
    }
}

/// "for the record … 40-221": a word that is said of much else, which announces no telephone number, no short number, and none of another
/// sentence.
fn is_loose(view: View<'_>, chain: &Chain, key: &Token) -> bool {
    let sentence = view.token(chain.first).map_or(0, |token| token.sentence);
    view.says(key, &cue::LOOSE_KEY)
        && (key.sentence != sentence || chain.digits < 6 || is_phone(chain))
}

/// "I'm locked out of 2271-8840-6. That's the MRN off her wristband": a long number, and some words later what it is, with no number of
/// its own.
fn is_called_record(view: View<'_>, chain: &Chain) -> bool {
    let after = chain.last.saturating_add(1);
    let number =
        |at: usize| view.token(at).is_some_and(|t| t.shape == Shape::Number && t.len() > 3);
    chain.digits >= 7
        && chain.digits == chain.text.len()
        && !is_phone(chain)
        && (after..after.saturating_add(20)).take_while(|&at| !number(at)).any(|at| {
            view.token(at).is_some_and(|t| view.says(t, &cue::RECORD_NUMBER))
                && !(1..=3).any(|ahead| number(at.saturating_add(ahead)))
        })
}

/// Returns the identifier in the chain of numbers that starts at token `first`.
pub(super) fn at(view: View<'_>, first: usize) -> Option<Candidate> {
    let chain = chain_at(view, first)?;
    let date = super::date::date_at(view, first).is_some_and(|date| date.last > first);
    if date {
        return None;
    }
    // "IL 60199-4471"
    let state = view
        .before(first, 1)
        .is_some_and(|t| view.says_exact(t, &cue::STATE) && t.gap.has(Gap::COMMA));
    if state && matches!(chain.groups, 0x54 | 0x5) {
        return None;
    }
    let keys = announcement(view, &chain);
    // "UNOS ID AKTB417".
    let mixed = chain.digits == 3 && chain.text.len() >= 6 && keys & KEY_PATIENT != 0;
    if chain.digits < 4 && !mixed {
        return None;
    }
    let (category, certainty, rule) = beneficiary(view, &chain, keys)
        .or_else(|| social_security(view, &chain, keys))
        .or_else(|| announced(view, &chain, keys))
        .or_else(|| phone(view, &chain, keys))
        .or_else(|| vehicle(&chain, keys))
        .or_else(|| unannounced(view, &chain, keys))?;
    Some(Candidate { first: chain.first, last: chain.last, category, certainty, rule })
}

type Judged = (Category, f32, &'static str);

/// Medicare beneficiary identifier.
fn beneficiary(view: View<'_>, chain: &Chain, keys: u64) -> Option<Judged> {
    let column =
        || (1..=30).any(|back| view.before(chain.first, back).is_some_and(|t| t.is(KEY_MEMBER)));
    let excused = keys & (COMMERCE | TECH | KEY_PROVIDER | KEY_DEVICE) != 0
        && keys & KEY_MEMBER == 0
        && !column();
    (check::is_beneficiary(&chain.text) && !excused).then_some((Category::Mbi, 1.0, "id.mbi"))
}

/// Social security number; not the numbers printed in examples.
fn social_security(view: View<'_>, chain: &Chain, keys: u64) -> Option<Judged> {
    let part = keys & KEY_SSN != 0 && chain.groups == 4 && chain.digits == 4;
    if part && !chain.text.starts_with("20") {
        return Some((Category::Ssn, 0.8, "id.ssn.part"));
    }
    // "5O8-41-7723": a letter for the digit that it looks like.
    let mistyped = chain.text.bytes().all(|byte| byte.is_ascii_digit() || b"OIL".contains(&byte));
    if keys & KEY_SSN != 0 && chain.groups == 0x324 && (7..9).contains(&chain.digits) && mistyped {
        return Some((Category::Ssn, 1.0, "id.ssn"));
    }
    // "SSN220375914"
    let text = chain.text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let glued = text.len() < chain.text.len();
    if chain.digits != 9 || text.len() != 9 || keys & KEY_MRN != 0 || glued && keys & KEY_SSN == 0 {
        return None;
    }
    if glued {
        return Some((Category::Ssn, 1.0, "id.ssn"));
    }
    let formatted = chain.groups == 0x324;
    let announced = keys & KEY_SSN != 0;
    let possible = check::is_possible_ssn(text);
    let example = check::is_published_example(text);
    let other = !announced
        && (keys & (COMMERCE | TECH | KEY_PROVIDER | KEY_DEVICE | KEY_PLATE) != 0
            || is_thing(view, chain)
            || keys & KEY_MEMBER != 0 && is_other(view, chain));
    match (announced, formatted && chain.hyphens && !other) {
        (true, _)
            if chain.text != "000000000" && matches!(chain.groups, 0x324 | 0x9 | 0x5_4 | 0x36) =>
        {
            Some((Category::Ssn, 1.0, "id.ssn"))
        }
        (false, true) if possible && !example => Some((Category::Ssn, 1.0, "id.ssn")),
        (true, _) => Some((Category::Ssn, 0.6, "id.ssn")),
        // "604 17 2259 - black lung claim": nothing else is grouped so.
        (false, _) if formatted && possible && !example && !other => {
            Some((Category::Ssn, 0.75, "id.ssn.spaced"))
        }
        (false, _) => None,
    }
}

/// A number that a word before it calls a record, member, account, claim or device number.
fn announced(view: View<'_>, chain: &Chain, keys: u64) -> Option<Judged> {
    let year = chain.groups == 4 && (chain.text.starts_with("19") || chain.text.starts_with("20"));
    if year && !view.gap(chain.first).has(Gap::HASH | Gap::COLON) {
        return None;
    }
    let phone = is_phone(chain);
    // "case #88120" is somebody's, "case 2024-11" may be a folder.
    let marked = view.gap(chain.first).has(Gap::HASH | Gap::COLON);
    let from = chain.first.saturating_sub(2);
    let patient = (from..=chain.last.saturating_add(3))
        .filter_map(|index| view.token(index))
        .any(|token| token.is(PATIENT) || view.says(token, &cue::PATIENT));
    let long = chain.text.len() >= 6 && chain.digits >= 5 && !phone;
    let blank = chain.text.bytes().all(|byte| byte == b'0');
    if keys & KEY_MRN != 0 && is_provider_number(view, chain, 4) {
        return None;
    }
    let glued = own_announcement(chain) != 0;
    // "MR-209918 material request for drywall"
    let request = || role::of_number(view, Kind::Subject, &candidate(chain)) < 1.0;
    if glued
        && keys & KEY_MRN != 0
        && chain.text.starts_with("MR")
        && !chain.text.starts_with("MRN")
        && request()
    {
        return None;
    }
    if keys & KEY_MRN != 0 && (chain.text.len() <= 14 || glued) && !blank {
        return Some((Category::Mrn, 1.0, "id.mrn"));
    }
    // "pt ID 992-4471"
    let called = view.before(chain.first, 1).is_some_and(|t| t.is(KEY_PATIENT));
    if keys & KEY_PATIENT != 0 && (!phone || called) {
        let certainty = match (patient, marked) {
            (true, _) => 1.0,
            (_, true) => 0.7,
            _ => 0.62,
        };
        return Some((Category::OtherId, certainty, "id.patient"));
    }
    let named = (1..=3)
        .filter_map(|back| view.before(chain.first, back))
        .any(|token| token.is(KEY_MEMBER) && view.says(token, &cue::NUMBER));
    let long = long || named && chain.digits >= 8;
    if keys & KEY_MEMBER != 0 && long && keys & COMMERCE == 0 {
        // The number of a policy or plan may be the practice's own; what beside it speaks of trade decides.
        // Also right after: "917 402 286 (member ID)".
        let said = |reach: usize, words: &cue::Words| {
            let from = chain.first.saturating_sub(reach);
            (from..=chain.last.saturating_add(2))
                .filter_map(|index| view.token(index))
                .any(|token| view.says(token, words))
        };
        let somebodys = said(4, &cue::MEMBER) || chain.digits >= 8 && said(3, &cue::PUBLIC_PLAN);
        // "HO" is what policies of homes start with.
        let own = said(8, &cue::CLUB)
            || !somebodys
                && (chain.text.starts_with("HO")
                    || is_bare_id(view, chain)
                    || role::of_number(view, Kind::Subject, &candidate(chain)) < 1.0
                    || is_other(view, chain));
        return Some((Category::MemberId, if own { 0.5 } else { 1.0 }, "id.member"));
    }
    if keys & KEY_CLAIM != 0 && long {
        return Some((Category::Claim, 0.8, "id.claim"));
    }
    if keys & KEY_ACCOUNT != 0 && !phone {
        return Some((Category::Account, if patient { 1.0 } else { 0.66 }, "id.account"));
    }
    if keys & KEY_DEVICE != 0 && chain.text.len() >= 5 && !phone {
        return Some((Category::Device, if patient { 0.7 } else { 0.66 }, "id.device"));
    }
    None
}

/// A national provider identifier: ten digits that pass the Luhn check after 80840 (CMS), at most `reach` words after the word for it.
fn is_provider_number(view: View<'_>, chain: &Chain, reach: usize) -> bool {
    let near =
        (1..=reach).any(|back| view.before(chain.first, back).is_some_and(|t| t.is(KEY_PROVIDER)));
    near && chain.digits == 10
        && chain.text.len() == 10
        && check::passes_luhn(&format!("80840{}", chain.text))
}

/// A number that nothing announces, as records are numbered: "5530917 - TSH"; at a name it hardly is anything else.
fn unannounced(view: View<'_>, chain: &Chain, keys: u64) -> Option<Judged> {
    let called = view.before(chain.first, 1).is_some_and(|t| view.says(t, &cue::STUDY_SUBJECT))
        && !is_patients(view, chain);
    if called && chain.text.len() >= 5 && !is_phone(chain) {
        return Some((Category::OtherId, 0.78, "id.patient"));
    }
    if is_patients(view, chain) {
        return Some((Category::OtherId, 1.0, "id.patient"));
    }
    let plain = keys == 0
        && chain.text.len() == chain.digits
        && (6..=10).contains(&chain.digits)
        && chain.hyphens
        && chain.text.bytes().any(|byte| byte != b'0')
        && !is_phone(chain)
        && !is_tail(view, chain)
        && !is_yearly(chain)
        && !is_hours(chain)
        && !is_thing(view, chain)
        && !view.gap(chain.first).has(Gap::MONEY | Gap::PERIOD | Gap::EQUALS | Gap::AT)
        && !view.gap(chain.last.saturating_add(1)).has(Gap::PERCENT | Gap::AT);
    let name = |token: &Token| {
        token.shape == Shape::Capital
            && (token.classes.surname_level() > 0 || token.classes.is_unknown())
            && token.classes.word_level() < 3
    };
    let before = view.before(chain.first, 1).is_some_and(name);
    // "HERNDON, Clyde #0071926 room change to ICU"
    let given = view.before(chain.first, 1).is_some_and(|t| t.classes.given_level() > 0);
    let pair = (before || given)
        && view.gap(chain.first.saturating_sub(1)).only(Gap::SPACE | Gap::COMMA)
        && view.before(chain.first, 2).is_some_and(|t| {
            matches!(t.shape, Shape::Capital | Shape::Upper) && t.classes.word_level() < 3
        });
    let near = chain.first.saturating_sub(8)..chain.last.saturating_add(8);
    let care = near.into_iter().any(|index| {
        view.is(index, CARE | CONDITION | DRUG | TEST | PROCEDURE | APPOINTMENT | PATIENT)
    });
    if plain && pair && care && view.gap(chain.first).has(Gap::HASH) {
        return Some((Category::Mrn, 1.0, "id.mrn"));
    }
    let named = before || view.token(chain.last.saturating_add(1)).is_some_and(name);
    let certainty = if named { 0.75 } else { 0.55 };
    (plain && !is_other(view, chain) && !is_provider_number(view, chain, 20)).then_some((
        Category::OtherId,
        certainty,
        "id.number",
    ))
}

/// "pt 5512906", "Patient is #90211": a patient is called by the number.
fn is_patients(view: View<'_>, chain: &Chain) -> bool {
    let patient =
        |back: usize| view.before(chain.first, back).is_some_and(|t| view.says(t, &cue::PATIENT));
    let is = view.before(chain.first, 1).is_some_and(|t| view.says_exact(t, &cue::IS_THE));
    let gap = view.gap(chain.first);
    let called = patient(1) && gap.only(Gap::SPACE | Gap::HASH | Gap::COLON)
        || patient(2) && is && gap.has(Gap::HASH);
    let least = if gap.has(Gap::HASH) { 4 } else { 5 };
    called && chain.digits >= least && chain.digits == chain.text.len() && !is_phone(chain)
}

/// "TRIP ID: 728876728878": announced as nothing but an "ID", with no word of health, care or insurance near.
fn is_bare_id(view: View<'_>, chain: &Chain) -> bool {
    const TELLING: u64 = CARE
        | BILLING
        | CONDITION
        | DRUG
        | TEST
        | PROCEDURE
        | APPOINTMENT
        | PATIENT
        | KEY_MEMBER
        | KEY_MRN
        | KEY_SSN
        | KEY_DOB;
    let id = |token: &Token| view.says(token, &cue::ID);
    view.before(chain.first, 1).is_some_and(id)
        && !(chain.first.saturating_sub(20)..chain.last.saturating_add(20))
            .filter_map(|index| view.token(index))
            .any(|token| (token.is(TELLING) || view.says(token, &cue::INSURED)) && !id(token))
}

/// The number of a part, a key or a project, called so right before it.
fn is_thing(view: View<'_>, chain: &Chain) -> bool {
    (1..=3)
        .filter_map(|back| view.before(chain.first, back))
        .any(|token| view.says(token, &cue::THING))
}

/// The number of a thing's insurance, a course or a meeting.
fn is_other(view: View<'_>, chain: &Chain) -> bool {
    let near = chain.first.saturating_sub(8)..chain.last.saturating_add(9);
    let mut other = false;
    for token in near.filter_map(|index| view.token(index)) {
        if token.is(PATIENT) {
            return false;
        }
        other |= view.says(token, &cue::OTHER_NUMBER);
    }
    other
}

const fn candidate(chain: &Chain) -> Candidate {
    Candidate {
        first: chain.first,
        last: chain.last,
        category: Category::OtherId,
        certainty: 0.0,
        rule: "",
    }
}

/// "2024-0317": a year and a count, as boards and offices number.
fn is_yearly(chain: &Chain) -> bool {
    matches!(chain.groups, 0x44 | 0x42)
        && (chain.text.starts_with("19") || chain.text.starts_with("20"))
}

/// "0700-1100": from one hour to another.
fn is_hours(chain: &Chain) -> bool {
    let hour = |range: std::ops::Range<usize>| {
        chain.text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(9999)
    };
    let clock = |time: u32| time <= 2400 && time % 100 < 60 && time.is_multiple_of(5);
    chain.groups == 0x44 && clock(hour(0..4)) && clock(hour(4..8))
}

/// Goes on from digits before it, so that it is no number of its own.
fn is_tail(view: View<'_>, chain: &Chain) -> bool {
    view.gap(chain.first).only(Gap::HYPHEN)
        && view
            .before(chain.first, 1)
            .is_some_and(|t| matches!(t.shape, Shape::Number | Shape::Mixed))
}

/// North American numbering plan: area and exchange start with 2 to 9.
fn is_phone(chain: &Chain) -> bool {
    let digits =
        chain.text.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(&chain.text);
    let starts =
        |at: usize| digits.as_bytes().get(at).is_some_and(|byte| (b'2'..=b'9').contains(byte));
    match digits.len() {
        10 => {
            chain.digits >= 10
                && starts(0)
                && starts(3)
                && (chain.groups & 0xfff == 0x334 || chain.groups & 0xff == 0x34)
        }
        7 => chain.groups == 0x34 && starts(0),
        _ => false,
    }
}

fn phone(view: View<'_>, chain: &Chain, keys: u64) -> Option<Judged> {
    let toll_free = ["800", "833", "844", "855", "866", "877", "888"]
        .iter()
        .any(|area| chain.text.starts_with(area));
    if is_phone(chain)
        && !is_tail(view, chain)
        && !toll_free
        && keys & (KEY_PROVIDER | COMMERCE) == 0
    {
        // A fax machine is an office's.
        let fax = (1..=4)
            .filter_map(|back| view.before(chain.first, back))
            .any(|token| view.says(token, &cue::FAX));
        let patient = (1..=6)
            .filter_map(|back| view.before(chain.first, back))
            .any(|token| token.is(PATIENT));
        return Some((Category::Phone, if fax && !patient { 0.4 } else { 0.7 }, "id.phone"));
    }
    let plain = chain.groups == 0xa && keys & KEY_PHONE != 0 && !toll_free;
    plain.then_some((Category::Phone, 0.7, "id.phone"))
}

/// Vehicle identification number (49 CFR 565: check digit in place nine) or an announced plate.
fn vehicle(chain: &Chain, keys: u64) -> Option<Judged> {
    let plate = keys & KEY_PLATE != 0 && (5..=8).contains(&chain.text.len());
    (plate || check::is_vin(&chain.text)).then_some((Category::Vehicle, 0.6, "id.vehicle"))
}
