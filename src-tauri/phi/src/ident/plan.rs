//! Numbers of health plans that no word announces, as they are printed on cards.

use super::{Candidate, View};
use crate::cue;
use crate::finding::Category;
use crate::lexicon::class_bits::{COMMERCE, KEY_MEMBER, KEYS, TECH};
use crate::token::{Gap, Shape, Token};

/// "W7730 4419 02 through the portal again", "XQR 8804417702 isn't theirs": letters and digits in groups, as plans print them on their
/// cards, near a word of insurance.
pub(super) fn at(view: View<'_>, first: usize) -> Option<Candidate> {
    // "NPI 1457209836" announces another number.
    let lettered = |t: &&Token| matches!(t.shape, Shape::Upper | Shape::Mixed) && !t.is(KEYS);
    let head = view.token(first).filter(lettered)?;
    let word = view.word(head);
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = word.len().saturating_sub(letters);
    let group = |at: usize| {
        let token = view.token(at).filter(|t| t.shape == Shape::Number)?;
        (token.gap.only(Gap::SPACE) && token.len() >= 2).then_some(token.len())
    };
    let next = first.saturating_add(1);
    let groups = (next..next.saturating_add(3)).map_while(group);
    let (count, total) = groups.fold((0_usize, digits), |(count, total), length| {
        (count.saturating_add(1), total.saturating_add(length))
    });
    let whole = word.bytes().skip(letters).all(|byte| byte.is_ascii_digit());
    let mixed = (1..=3).contains(&letters)
        && if count == 0 {
            digits >= 8 || letters == 3 && digits == 7
        } else {
            (2..=5).contains(&digits)
        };
    let apart = letters == 3 && digits == 0 && count >= 1 && total >= 8;
    if !whole || !(mixed || apart) || !(7..=14).contains(&total) {
        return None;
    }
    let last = first.saturating_add(count);
    let insured = (first.saturating_sub(15)..last.saturating_add(16))
        .filter_map(|at| view.token(at))
        .any(|t| t.is(KEY_MEMBER) || view.says(t, &cue::INSURED));
    let other = (1..=3).filter_map(|back| view.before(first, back)).any(|t| t.is(COMMERCE | TECH));
    (insured && !other).then_some(Candidate {
        first,
        last,
        category: Category::MemberId,
        certainty: 1.0,
        rule: "id.member",
    })
}
