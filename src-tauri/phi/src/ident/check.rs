//! Which numbers can be what they look like, by the rules of those who give them out. Knows nothing of the words around.

/// A Medicare beneficiary identifier without its hyphens: 11 places, letters without S L O I B Z, shown 4-3-4 (CMS).
pub(super) fn is_beneficiary(text: &str) -> bool {
    const PATTERN: &[u8; 11] = b"CAXNAXNAANN";
    text.len() == PATTERN.len()
        && text.bytes().zip(PATTERN).all(|(byte, class)| {
            let letter =
                byte.is_ascii_alphabetic() && !b"SLOIBZ".contains(&byte.to_ascii_uppercase());
            match class {
                b'C' => (b'1'..=b'9').contains(&byte),
                b'A' => letter,
                b'N' => byte.is_ascii_digit(),
                _ => letter || byte.is_ascii_digit(),
            }
        })
}

/// Nine digits that can be a social security number: never 000, 666 or 9xx, group 00, serial 0000 (SSA).
pub(super) fn is_possible_ssn(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| {
        digits.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0)
    };
    let (area, group, serial) = (part(0..3), part(3..5), part(5..9));
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

/// What SSA and CMS print as examples: social security numbers and beneficiary identifiers without their hyphens.
pub(crate) fn is_published_example(text: &str) -> bool {
    matches!(text, "078051120" | "219099999" | "123456789" | "1EG4TE5MK72" | "1EG4TE5MK73")
        || text.len() == 9 && text.starts_with("98765432")
}

pub(super) fn passes_luhn(digits: &str) -> bool {
    let values = digits.chars().rev().filter_map(|ch| ch.to_digit(10)).enumerate();
    let sum: u32 = values
        .map(|(place, value)| match (place % 2, value) {
            (0, value) => value,
            (_, value @ 0..=4) => value.saturating_mul(2),
            (_, value) => value.saturating_mul(2).saturating_sub(9),
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A vehicle identification number (49 CFR 565: check digit in place nine).
pub(super) fn is_vin(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    const VALUES: &[u8; 26] = b"12345678012345070923456789";
    if text.len() != 17
        || text.bytes().any(|byte| b"IOQ".contains(&byte))
        || text.bytes().all(|b| b.is_ascii_digit())
    {
        return false;
    }
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte.saturating_sub(b'0')),
        _ => VALUES
            .get(usize::from(byte.saturating_sub(b'A')))
            .map_or(0, |v| u32::from(v.saturating_sub(b'0'))),
    };
    let sum: u32 =
        text.bytes().zip(WEIGHTS).map(|(byte, weight)| value(byte).saturating_mul(weight)).sum();
    let check = char::from_digit(sum % 11, 10).unwrap_or('X');
    text.chars().nth(8) == Some(check)
}
