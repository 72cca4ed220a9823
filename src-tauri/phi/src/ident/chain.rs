//! Chains of digits and letters, as numbers are written in groups. Says nothing of what they number.

use super::View;
use crate::lexicon::class_bits::{KEY_ACCOUNT, KEY_MEMBER, KEY_MRN, KEY_PATIENT, KEY_PLATE, KEYS};
use crate::token::{Gap, Shape, Token};

/// A chain of number tokens, joined by hyphens, dots or blanks.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Letters and digits, in capitals, without joints.
    pub(super) text: String,
    pub(super) digits: usize,
    /// Lengths of the groups, in hexadecimal digits: 3-2-4 is 0x324.
    pub(super) groups: u32,
    /// Every joint is a hyphen.
    pub(super) hyphens: bool,
}

const LONGEST: usize = 24;

pub(super) fn chain_at(view: View<'_>, first: usize) -> Option<Chain> {
    let mut chain =
        Chain { first, last: first, text: String::new(), digits: 0, groups: 0, hyphens: true };
    let mut in_groups = false;
    for index in first..first.saturating_add(6) {
        let Some(token) = view.token(index) else { break };
        let numeric = matches!(token.shape, Shape::Number | Shape::Mixed);
        if index > first {
            let tight = token.gap.only(Gap::HYPHEN)
                || token.gap.only(Gap::PERIOD)
                || token.gap.only(Gap::UNDERSCORE) && chain.groups != 0x324;
            let phone = token.gap.only(Gap::CLOSE | Gap::SPACE)
                || token.gap.only(Gap::SPACE)
                || token.gap.only(Gap::HYPHEN | Gap::SPACE) && chain.groups != 0x324;
            let spaced = phone
                && token.shape == Shape::Number
                && chain.text.bytes().all(|b| b.is_ascii_digit());
            // "1EG4 TE5 MK73"
            let grouped = token.gap.only(Gap::SPACE)
                && token.shape == Shape::Mixed
                && matches!((chain.groups, token.len()), (0x4, 3) | (0x43, 4));
            let slashed = token.gap.only(Gap::SLASH)
                && token.shape == Shape::Number
                && (1..=3).any(|back| {
                    view.before(first, back)
                        .is_some_and(|t| t.is(KEY_MEMBER | KEY_MRN | KEY_ACCOUNT | KEY_PATIENT))
                });
            let letters = token.gap.only(Gap::HYPHEN)
                && token.len() <= 4
                && matches!(token.shape, Shape::Upper | Shape::Initial);
            let parted = index == first.saturating_add(1) && is_parted(view, first, token);
            let on = in_groups && token.gap.only(Gap::SPACE) && token.shape == Shape::Number;
            in_groups |= parted && is_member_head(view, first);
            if !(tight && numeric || spaced || grouped || letters || slashed || parted || on) {
                break;
            }
            chain.hyphens &= token.gap.only(Gap::HYPHEN);
        }
        if chain.text.len().saturating_add(token.len()) > LONGEST {
            return None;
        }
        let word = view.word(token);
        chain.text.extend(word.chars().map(|ch| ch.to_ascii_uppercase()));
        chain.digits = chain.digits.saturating_add(word.bytes().filter(u8::is_ascii_digit).count());
        chain.groups = chain.groups << 4 | u32::try_from(token.len().min(15)).unwrap_or(15);
        chain.last = index;
    }
    (chain.digits > 0).then_some(chain)
}

/// "Member ID: XQH 204 993 118", "Humana H58 220 9431": letters that open a number in groups, right after its announcement.
pub(super) fn is_member_head(view: View<'_>, first: usize) -> bool {
    let announced = (1..=3).any(|back| view.before(first, back).is_some_and(|t| t.is(KEY_MEMBER)));
    announced
        && view.token(first).is_some_and(|head| {
            matches!(head.shape, Shape::Upper | Shape::Mixed)
                && (2..=4).contains(&head.len())
                && !head.is(KEYS)
        })
}

/// "Aetna W2088 41937", "tag BRZ 4471": what announces the first part announces the second.
fn is_parted(view: View<'_>, first: usize, next: &Token) -> bool {
    let announced =
        |class: u64| (1..=3).any(|back| view.before(first, back).is_some_and(|t| t.is(class)));
    let number = next.gap.only(Gap::SPACE) && next.shape == Shape::Number && next.len() >= 3;
    number
        && view.token(first).is_some_and(|head| match head.shape {
            Shape::Mixed if head.len() >= 4 && announced(KEY_MEMBER) => true,
            Shape::Upper if head.len() <= 4 && announced(KEY_PLATE) => true,
            Shape::Upper | Shape::Mixed => is_member_head(view, first),
            Shape::Lower | Shape::Capital | Shape::Initial | Shape::Number => false,
        })
}
