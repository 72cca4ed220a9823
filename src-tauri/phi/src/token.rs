//! Tokens: words and numbers with what lies between them, looked up once. Knows nothing of what the words mean.

mod ending;
mod gap;
mod seen;

pub(crate) use gap::Gap;

use seen::Seen;

use crate::cue;
use crate::lexicon::class_bits::{
    ABBREVIATION, CONDITION, DRUG, KIN, ORGANISATION, PROCEDURE, SYMPTOM, TEST,
};
use crate::lexicon::{Classes, Lexicon, Walk};

/// The letters of a token at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// All small letters.
    Lower,
    /// A capital first, small letters after (also `McDonald`, `DeShawn`).
    Capital,
    /// Two or more capitals.
    Upper,
    /// One capital letter.
    Initial,
    /// Digits only.
    Number,
    /// Letters and digits.
    Mixed,
}

/// One word or number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// Bytes of the folded text, without a possessive ending.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What lies before it.
    pub(crate) gap: Gap,
    pub(crate) shape: Shape,
    /// Ends in `'s` or `s'`.
    pub(crate) possessive: bool,
    /// What the lexicon says of it, or of the term it is part of.
    pub(crate) classes: Classes,
    /// The sentence it stands in, counted from 0.
    pub(crate) sentence: u32,
    /// The clause it stands in, counted from 0.
    pub(crate) clause: u32,
}

impl Token {
    pub(crate) fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    pub(crate) fn is(&self, class: u64) -> bool {
        self.classes.has(class)
    }
}

/// Splits folded text into tokens, with classes and sentences set.
pub(crate) fn tokenize(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    let mut tokens = scan(text);
    let mut key = Vec::with_capacity(64);
    let mut seen = Seen::for_text(text);
    for token in &mut tokens {
        if token.shape != Shape::Number {
            lower_into(text, token, &mut key);
            if is_contraction(text, token) {
                // "isn't eating" is a term all the same.
                token.classes = seen.get(&key, || look_up(&key, lexicon)).opening();
                continue;
            }
            token.classes = seen.get(&key, || look_up(&key, lexicon));
            // "Ana" is a name where "ANA" is a test.
            if token.shape == Shape::Capital
                && key.len() <= 5
                && token.classes.given_level() > 0
                && token.classes.word_level() <= 2
                && token.is(SHORT)
            {
                token.classes.0 &= !(SHORT | ABBREVIATION);
            }
            // "Nina" and "Dolores" are names where "nina" and "dolores" are Spanish words.
            if token.shape == Shape::Capital
                && token.classes.given_level() >= 5
                && token.classes.word_level() == 0
            {
                token.classes.0 &= !(SYMPTOM | KIN);
            }
            // "apple" and "target" are companies only with a capital.
            if token.shape == Shape::Lower && token.classes.is_word() {
                token.classes.0 &= !ORGANISATION;
            }
        }
    }
    mark_terms(text, lexicon, &mut tokens);
    number_sentences(&mut tokens);
    tokens
}

fn look_up(key: &[u8], lexicon: &Lexicon) -> Classes {
    let classes = lexicon.word(key);
    match key.split_last() {
        // The lists keep no plural of rare words.
        Some((b's', stem)) if classes == Classes::default() && stem.len() > 3 => {
            match lexicon.word(stem).plural() {
                Classes(0) => classes.or(ending::class(key)),
                plural => plural,
            }
        }
        _ if classes.is_unknown() || classes.is_rare_word() => classes.or(ending::class(key)),
        _ => classes,
    }
}

/// "I'll", "we've": no illness, and nobody's name.
fn is_contraction(text: &str, token: &Token) -> bool {
    let word = text.get(token.start..token.end).unwrap_or_default();
    word.split_once('\'').is_some_and(|(_, end)| cue::CONTRACTION.has_exact(end))
        && !cue::VERB_OF_LETTERS.end(word.as_bytes())
}

/// Clinical classes whose short forms are written in capitals.
const SHORT: u64 = CONDITION | SYMPTOM | DRUG | PROCEDURE | TEST;

/// Writes the token in lower case into `key`.
pub(crate) fn lower_into(text: &str, token: &Token, key: &mut Vec<u8>) {
    key.clear();
    let word = text.get(token.start..token.end).unwrap_or_default();
    if word.is_ascii() {
        key.extend(word.bytes().filter(|b| *b != b'\'').map(|b| b.to_ascii_lowercase()));
    } else {
        key.extend(word.to_lowercase().bytes().filter(|b| *b != b'\''));
    }
}

fn scan(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::with_capacity(bytes.len().div_euclid(5));
    let mut gap = Gap::default();
    let mut at = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        if is_word_byte(byte, text, at) {
            let end = word_end(text, at);
            tokens.push(token(text, at, end, gap));
            gap = Gap::default();
            at = end;
        } else {
            gap.add(byte);
            at = at.saturating_add(1);
        }
    }
    tokens
}

/// ASCII letters and digits, and every letter beyond ASCII.
fn is_word_byte(byte: u8, text: &str, at: usize) -> bool {
    byte.is_ascii_alphanumeric()
        || (byte >= 0xc0
            && text
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .is_some_and(char::is_alphanumeric))
}

fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        let next = at.saturating_add(1);
        if byte.is_ascii_alphanumeric() {
            at = next;
        } else if byte == b'\'' {
            // O'Brien stays one word; the apostrophe that opens or closes a quotation doesn't.
            if !bytes.get(next).is_some_and(u8::is_ascii_alphabetic) {
                break;
            }
            at = next;
        } else if byte >= 0x80 {
            match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(ch) if ch.is_alphanumeric() => at = at.saturating_add(ch.len_utf8()),
                _ => break,
            }
        } else {
            break;
        }
    }
    at
}

fn token(text: &str, start: usize, end: usize, gap: Gap) -> Token {
    let word = text.get(start..end).unwrap_or_default();
    let stem = word.strip_suffix("'s").or_else(|| word.strip_suffix("'S"));
    let open = stem.is_none()
        && word.ends_with(['s', 'S'])
        && text.get(end..).is_some_and(|rest| rest.starts_with('\''));
    let stem = stem.unwrap_or(word);
    Token {
        start,
        end: start.saturating_add(stem.len()),
        gap,
        shape: shape(stem),
        possessive: open || stem.len() < word.len(),
        classes: Classes::default(),
        sentence: 0,
        clause: 0,
    }
}

/// The shapes that most words have, told without decoding.
fn plain_shape(word: &[u8]) -> Option<Shape> {
    let (first, rest) = word.split_first()?;
    if rest.iter().all(u8::is_ascii_lowercase) {
        match first {
            b'a'..=b'z' => return Some(Shape::Lower),
            b'A'..=b'Z' if !rest.is_empty() => return Some(Shape::Capital),
            _ => {}
        }
    }
    None
}

fn shape(word: &str) -> Shape {
    let (mut upper, mut lower, mut digits) = (0_usize, 0_usize, 0_usize);
    if let Some(shape) = plain_shape(word.as_bytes()) {
        return shape;
    }
    for ch in word.chars() {
        if ch.is_numeric() {
            digits = digits.saturating_add(1);
        } else if ch.is_uppercase() {
            upper = upper.saturating_add(1);
        } else if ch.is_alphabetic() {
            lower = lower.saturating_add(1);
        }
    }
    match (upper, lower, digits) {
        (0, 0, _) => Shape::Number,
        (_, _, 1..) => Shape::Mixed,
        (0, _, _) => Shape::Lower,
        (1, 0, _) => Shape::Initial,
        (_, 0, _) => Shape::Upper,
        // PrEP, GYNs: more capitals than small letters.
        (2.., _, _) if lower < upper => Shape::Upper,
        _ if word.chars().next().is_some_and(char::is_uppercase) => Shape::Capital,
        _ => Shape::Lower,
    }
}

/// Gives every token of a term of several words ("grand rounds") the classes of the term.
fn mark_terms(text: &str, lexicon: &Lexicon, tokens: &mut [Token]) {
    let mut at = 0_usize;
    let mut key = Vec::with_capacity(64);
    let mut starts: Seen<Option<Walk<'_>>> = Seen::for_text(text);
    while let Some(first) = tokens.get(at) {
        let mut length = 1_usize;
        if first.classes.starts_term() {
            lower_into(text, first, &mut key);
            let start = starts.get(&key, || lexicon.walk(&key));
            let rest = tokens.get(at.saturating_add(1)..).unwrap_or_default();
            if let Some((words, classes)) =
                start.and_then(|walk| longest_term(text, walk, rest, &mut key))
            {
                length = words;
                let term = classes.in_term();
                let mut own = Classes::default();
                for token in tokens.iter_mut().skip(at).take(words) {
                    own = std::mem::replace(&mut token.classes, term);
                }
                if let Some(last) = tokens.get_mut(at.saturating_add(words).saturating_sub(1)) {
                    last.classes = term.announcing(own);
                }
            }
        }
        at = at.saturating_add(length);
    }
}

/// Goes on along `rest` from the first word of a term; returns the number of words of the longest term and its classes.
fn longest_term(
    text: &str,
    start: Walk<'_>,
    rest: &[Token],
    key: &mut Vec<u8>,
) -> Option<(usize, Classes)> {
    let mut walk = start;
    let mut best = None;
    let mut short = start.length() <= 4;
    for (index, token) in rest.iter().take(5).enumerate() {
        let Some(joint) = joint(token.gap, short) else { break };
        short = token.len() <= 3;
        if !walk.step(&[joint]) {
            break;
        }
        lower_into(text, token, key);
        if !walk.step(key) {
            break;
        }
        if let Some(classes) = walk.value() {
            best = Some((index.saturating_add(2), classes));
        }
    }
    best
}

/// How a term is written across a gap; `short` allows a full stop after a short word ("H. pylori", "d.o.b", "Med. Rec. No.").
fn joint(gap: Gap, short: bool) -> Option<u8> {
    const BLANK: u32 = Gap::SPACE | Gap::HYPHEN | Gap::UNDERSCORE | Gap::APOSTROPHE | Gap::LINE;
    if gap.is_empty() || gap.only(BLANK) || (short && gap.only(Gap::PERIOD | Gap::SPACE)) {
        Some(b' ')
    } else if gap.only(Gap::SLASH) {
        Some(b'/')
    } else if gap.only(Gap::AND | Gap::SPACE) {
        Some(b'&')
    } else {
        None
    }
}

fn number_sentences(tokens: &mut [Token]) {
    let (mut sentence, mut clause) = (0_u32, 0_u32);
    let mut abbreviation = false;
    for token in tokens {
        let capital = !matches!(token.shape, Shape::Lower);
        let full_stop = token.gap.has(Gap::PERIOD)
            && token.gap.has(Gap::SPACE | Gap::LINE)
            && capital
            && !abbreviation;
        let ends = full_stop || token.gap.has(Gap::STOP | Gap::PARAGRAPH);
        if ends {
            sentence = sentence.saturating_add(1);
        }
        let dash = token.gap.has(Gap::HYPHEN) && token.gap.has(Gap::SPACE);
        if ends
            || dash
            || token.gap.has(Gap::COLON | Gap::OPEN | Gap::CLOSE | Gap::CELL | Gap::LINE)
        {
            clause = clause.saturating_add(1);
        }
        token.sentence = sentence;
        token.clause = clause;
        abbreviation = token.shape == Shape::Initial || token.classes.is_abbreviation();
    }
}
