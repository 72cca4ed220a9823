//! Folding: the text as the eye sees it, in plain Latin letters and ASCII digits, with a way back to the offsets of what was written.
//!
//! Drops what is invisible (zero-width and direction marks, combining accents) and maps what merely looks different (full-width and
//! mathematical letters, Cyrillic and Greek look-alikes, other digits), so that none of it hides a name. The same text in NFC and in NFD
//! folds to the same string. Case is kept.

use std::borrow::Cow;

use unicode_normalization::char::decompose_compatible;

/// Folded text with the way back to code points of the original.
#[derive(Debug)]
pub(crate) struct Folded<'a> {
    text: Cow<'a, str>,
    /// For each byte of `text`, and one past: the code point in the original. `None` for ASCII, where both are the same.
    origin: Option<Vec<u32>>,
}

impl<'a> Folded<'a> {
    /// Folds `text`; ASCII is borrowed as it is.
    pub(crate) fn new(text: &'a str) -> Self {
        if text.is_ascii() {
            return Self { text: Cow::Borrowed(text), origin: None };
        }
        let mut folded = String::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len().saturating_add(1));
        let mut index = 0_u32;
        for ch in text.chars() {
            fold_char(ch, &mut |out| {
                folded.push(out);
                origin.resize(folded.len(), index);
            });
            index = index.saturating_add(1);
        }
        origin.push(index);
        Self { text: Cow::Owned(folded), origin: Some(origin) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the code points of the original that the folded bytes `start..end` come from.
    pub(crate) fn code_points(&self, start: usize, end: usize) -> (usize, usize) {
        let Some(origin) = &self.origin else { return (start, end) };
        let at = |byte: usize| origin.get(byte).or(origin.last()).map_or(0, |&i| i as usize);
        let first = at(start);
        let last = at(end.saturating_sub(1)).saturating_add(1);
        (first, at(end).max(last))
    }
}

/// Folds one word for comparison: letters and digits in lower case, accents gone.
pub(crate) fn fold_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for ch in word.chars() {
        fold_char(ch, &mut |out| {
            if out.is_alphanumeric() {
                folded.extend(out.to_lowercase());
            }
        });
    }
    folded
}

fn fold_char(ch: char, emit: &mut impl FnMut(char)) {
    if ch.is_ascii() {
        emit(ch);
        return;
    }
    if is_invisible(ch) {
        return;
    }
    decompose_compatible(ch, |part| {
        if part.is_ascii() {
            emit(part);
        } else if !is_invisible(part) {
            match look_alike(part) {
                Some(plain) => plain.chars().for_each(&mut *emit),
                None => emit(digit(part).unwrap_or(part)),
            }
        }
    });
}

/// Zero-width, direction and variation marks, soft hyphens, tags and combining accents.
fn is_invisible(ch: char) -> bool {
    matches!(ch,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0000}'..='\u{e0fff}'
        | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Decimal digits of other scripts.
fn digit(ch: char) -> Option<char> {
    const ZEROES: [u32; 16] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
        0xed0, 0xf20, 0x1040,
    ];
    let code = ch as u32;
    ZEROES.iter().find_map(|&zero| char::from_digit(code.checked_sub(zero)?, 10))
}

/// Letters and marks that look like, or are written for, plain ones.
fn look_alike(ch: char) -> Option<&'static str> {
    Some(match ch {
        'а' | 'α' | 'ɑ' => "a",
        'А' | 'Α' => "A",
        'В' | 'Β' => "B",
        'с' | 'ϲ' => "c",
        'С' => "C",
        'ԁ' | 'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'е' | 'ε' => "e",
        'Е' | 'Ε' => "E",
        'ɡ' => "g",
        'һ' => "h",
        'Н' | 'Η' => "H",
        'і' | 'ı' | 'ι' => "i",
        'І' | 'Ι' | 'Ӏ' => "I",
        'ј' => "j",
        'Ј' => "J",
        'к' | 'κ' => "k",
        'К' | 'Κ' => "K",
        'ł' => "l",
        'Ł' => "L",
        'м' => "m",
        'М' | 'Μ' => "M",
        'Ν' => "N",
        'о' | 'ο' | 'ø' | 'σ' => "o",
        'О' | 'Ο' | 'Ø' => "O",
        'р' | 'ρ' => "p",
        'Р' | 'Ρ' => "P",
        'ԛ' => "q",
        'ѕ' => "s",
        'Ѕ' => "S",
        'т' | 'τ' => "t",
        'Т' | 'Τ' => "T",
        'υ' => "u",
        'ν' | 'ѵ' => "v",
        'ԝ' => "w",
        'х' | 'χ' => "x",
        'Х' | 'Χ' => "X",
        'у' | 'γ' => "y",
        'У' | 'Υ' => "Y",
        'Ζ' => "Z",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'ß' => "ss",
        'þ' => "th",
        'Þ' => "Th",
        '‘' | '’' | 'ʼ' | '‛' | '′' | '`' | '´' => "'",
        '“' | '”' | '„' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '•' | '·' => "*",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_and_invisible_marks_fold_to_plain_text() {
        assert_eq!(Folded::new("М\u{200b}аr\u{202e}ía").as_str(), "Maria");
        assert_eq!(Folded::new("１２３-４５").as_str(), "123-45");
        assert_eq!(Folded::new("٠١٢").as_str(), "012");
        assert_eq!(Folded::new("𝐌𝐑𝐍").as_str(), "MRN");
        assert_eq!(Folded::new("Jos\u{e9}").as_str(), Folded::new("Jose\u{301}").as_str());
    }

    #[test]
    fn offsets_point_at_the_original() {
        let folded = Folded::new("é ﬁx\u{200b}y");
        assert_eq!(folded.as_str(), "e fixy");
        assert_eq!(folded.code_points(0, 1), (0, 1));
        assert_eq!(folded.code_points(2, 6), (2, 6));
        assert_eq!(folded.code_points(5, 6), (5, 6));
    }

    #[test]
    fn offset_covers_the_accent_that_was_dropped() {
        let folded = Folded::new("Jose\u{301} x");
        assert_eq!(folded.code_points(0, 4), (0, 5));
    }
}
