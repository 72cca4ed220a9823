//! Says whether a passphrase is strong enough, and if not, in what way.

use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

use crate::secret::Passphrase;

/// The estimator's time grows with the length; nothing past this many characters can make a passphrase weaker.
const SCORED_CHARS: usize = 100;

/// What a new passphrase must satisfy; policy may raise it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseRules {
    /// Least number of characters.
    pub min_chars: usize,
    /// Least zxcvbn score, 0 to 4.
    pub min_score: u8,
}

impl Default for PassphraseRules {
    fn default() -> Self {
        Self { min_chars: 12, min_score: 3 }
    }
}

/// What to tell the person; the sentence belongs to the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Good enough.
    None,
    /// Shorter than the rules ask.
    TooShort,
    /// A name, a user name or the organisation's own words.
    ContainsPersonal,
    /// A well-known password or a slight change of one.
    Common,
    /// One dictionary word or name.
    SingleWord,
    /// A date or a year.
    Date,
    /// Repeated letters or words.
    Repetition,
    /// A run such as `abcd` or `6543`.
    Sequence,
    /// A run of neighbouring keys.
    KeyboardRun,
    /// Guessable for no single reason: add words.
    AddWords,
}

impl Advice {
    /// Returns the stable code of this advice.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "passphrase.ok",
            Self::TooShort => "passphrase.too_short",
            Self::ContainsPersonal => "passphrase.personal",
            Self::Common => "passphrase.common",
            Self::SingleWord => "passphrase.single_word",
            Self::Date => "passphrase.date",
            Self::Repetition => "passphrase.repetition",
            Self::Sequence => "passphrase.sequence",
            Self::KeyboardRun => "passphrase.keyboard_run",
            Self::AddWords => "passphrase.add_words",
        }
    }
}

/// The judgement on one passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// Whether the rules are satisfied.
    pub ok: bool,
    /// The zxcvbn score, 0 to 4.
    pub score: u8,
    /// What would make it better.
    pub advice: Advice,
}

/// Judges a passphrase. `personal` are words an outsider would try first: the person's name, the clinic's.
pub fn passphrase_strength(
    passphrase: &Passphrase,
    rules: &PassphraseRules,
    personal: &[&str],
) -> Strength {
    let text = passphrase.expose();
    let end = text.char_indices().nth(SCORED_CHARS).map_or(text.len(), |(index, _)| index);
    let (scored, _) = text.split_at(end);
    let estimate = zxcvbn(scored, personal);
    let score = u8::from(estimate.score());
    let long_enough = text.chars().count() >= rules.min_chars;
    let strong_enough = score >= rules.min_score;
    let advice = if !long_enough {
        Advice::TooShort
    } else if strong_enough {
        Advice::None
    } else {
        estimate
            .feedback()
            .and_then(zxcvbn::feedback::Feedback::warning)
            .map_or(Advice::AddWords, advice_for)
    };
    Strength { ok: long_enough && strong_enough, score, advice }
}

const fn advice_for(warning: Warning) -> Advice {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => Advice::KeyboardRun,
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Advice::Repetition,
        Warning::SequencesLikeAbcAreEasyToGuess => Advice::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Advice::Date,
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Advice::Common,
        Warning::AWordByItselfIsEasyToGuess => Advice::SingleWord,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Advice::ContainsPersonal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Strength {
        passphrase_strength(
            &Passphrase::new(text.into()).unwrap(),
            &PassphraseRules::default(),
            &["Larkspur Clinic"],
        )
    }

    #[test]
    fn weak_ones_are_refused_with_the_reason() {
        assert_eq!(judge("Tr0ub4dor&3").advice, Advice::TooShort);
        assert_eq!(judge("aaaaaaaaaaaaaaaa").advice, Advice::Repetition);
        assert!(!judge("qwertyuiopasdfgh").ok);
        assert_eq!(judge("password1234").advice, Advice::Common);
        assert!(!judge("Larkspur Clinic").ok);
    }

    #[test]
    fn words_nobody_guesses_are_accepted() {
        let strength = judge("otter vinegar sundial plaza");
        assert_eq!(strength, Strength { ok: true, score: 4, advice: Advice::None });
    }

    #[test]
    fn a_very_long_one_costs_no_more_than_a_long_one() {
        assert!(
            judge(&"correct horse battery staple ".repeat(30)).ok
                || judge(&"ab".repeat(500)).score == 0
        );
    }
}
