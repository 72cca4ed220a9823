//! The lexicon: one finite-state map from words and terms to classes, built at compile time and used in place, with no start-up cost.

use fst::raw::{Fst, Output};

#[expect(dead_code, reason = "the names of the sections serve build.rs alone")]
#[path = "class_bits.rs"]
pub(crate) mod class_bits;

use class_bits::{
    ABBREVIATION, ADMIN, COMMERCE, CREDENTIAL, DOCTOR, EVENT, GIVEN_SHIFT, HR, KEYS, STARTS_TERM,
    SURNAME_SHIFT, TECH, TITLE, WORD, WORD_SHIFT,
};

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lexicon.fst"));

/// What the lexicon says of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(pub(crate) u64);

impl Classes {
    pub(crate) const fn has(self, class: u64) -> bool {
        self.0 & class != 0
    }

    pub(crate) const fn starts_term(self) -> bool {
        self.has(STARTS_TERM)
    }

    /// A title or short form after which a full stop ends no sentence.
    pub(crate) const fn is_abbreviation(self) -> bool {
        self.has(TITLE | DOCTOR | CREDENTIAL | ABBREVIATION)
    }

    /// How common it is as a word in small letters, 0 to 7.
    pub(crate) const fn word_level(self) -> u64 {
        self.0 >> WORD_SHIFT & 7
    }

    /// How common it is as a given name, 0 to 7.
    pub(crate) const fn given_level(self) -> u64 {
        self.0 >> GIVEN_SHIFT & 7
    }

    /// How common it is as a surname, 0 to 3.
    pub(crate) const fn surname_level(self) -> u64 {
        self.0 >> SURNAME_SHIFT & 3
    }

    /// The word list knows it, in whatever frequency.
    pub(crate) const fn is_word(self) -> bool {
        self.has(WORD) || self.word_level() > 0
    }

    /// Adds a class, if it is one.
    pub(crate) const fn or(self, class: u64) -> Self {
        if class == 0 { self } else { Self(self.0 | class | WORD) }
    }

    /// The classes of a word that means nothing by itself, but may open a term.
    pub(crate) const fn opening(self) -> Self {
        Self(self.0 & STARTS_TERM | WORD)
    }

    /// In the word list, rare there, and nothing else.
    pub(crate) const fn is_rare_word(self) -> bool {
        self.0 & !STARTS_TERM == WORD
    }

    /// Nothing is known of it.
    pub(crate) const fn is_unknown(self) -> bool {
        self.0 & !STARTS_TERM == 0
    }

    /// The classes of a plural whose singular is listed: never a name.
    pub(crate) const fn plural(self) -> Self {
        if self.is_word() || self.0 & (STARTS_TERM - 1) & !WORD != 0 {
            self.in_term()
        } else {
            Self(0)
        }
    }

    /// The classes of a term's last word, which still announces what it does alone: "WC claim 88-120".
    pub(crate) const fn announcing(self, own: Self) -> Self {
        let other = self.has(KEYS | COMMERCE | TECH | ADMIN | HR | EVENT);
        if other { self } else { Self(self.0 | own.0 & KEYS) }
    }

    /// The classes of a term, for one of its words: no part of a term is a name by itself.
    pub(crate) const fn in_term(self) -> Self {
        Self(self.0 & (STARTS_TERM - 1) | WORD)
    }
}

/// The compiled map.
pub(crate) struct Lexicon {
    map: Option<Fst<&'static [u8]>>,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("bytes", &Self::size()).finish()
    }
}

impl Lexicon {
    /// Opens the built-in map: reads its header only.
    pub(crate) fn standard() -> Self {
        Self { map: Fst::new(BYTES).ok() }
    }

    /// Returns the classes of one word in small letters.
    pub(crate) fn word(&self, key: &[u8]) -> Classes {
        let found = self.map.as_ref().and_then(|map| map.get(key));
        Classes(found.map_or(0, Output::value))
    }

    /// Starts a walk along a term at its first word.
    pub(crate) fn walk(&self, first: &[u8]) -> Option<Walk<'_>> {
        let map = self.map.as_ref()?;
        let mut walk = Walk { map, node: map.root().addr(), sum: 0, length: 0 };
        walk.step(first).then_some(walk)
    }

    /// The size of the built-in map in bytes.
    pub(crate) const fn size() -> usize {
        BYTES.len()
    }
}

/// A walk along the map, one piece at a time.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    map: &'a Fst<&'static [u8]>,
    node: usize,
    sum: u64,
    length: usize,
}

impl Walk<'_> {
    /// Goes along `piece`; false if no term continues so.
    pub(crate) fn step(&mut self, piece: &[u8]) -> bool {
        for &byte in piece {
            let node = self.map.node(self.node);
            let Some(index) = node.find_input(byte) else { return false };
            let transition = node.transition(index);
            self.sum = self.sum.wrapping_add(transition.out.value());
            self.node = transition.addr;
            self.length = self.length.saturating_add(1);
        }
        true
    }

    /// Returns how many bytes were walked.
    pub(crate) const fn length(&self) -> usize {
        self.length
    }

    /// Returns the classes of the term walked so far, if it is one.
    pub(crate) fn value(&self) -> Option<Classes> {
        let node = self.map.node(self.node);
        node.is_final().then(|| Classes(self.sum.wrapping_add(node.final_output().value())))
    }
}
