//! What lies between two tokens, as a set of marks.

/// What lies between two tokens: a set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gap(u32);

impl Gap {
    pub(crate) const SPACE: u32 = 1;
    pub(crate) const HYPHEN: u32 = 1 << 1;
    pub(crate) const SLASH: u32 = 1 << 2;
    pub(crate) const COMMA: u32 = 1 << 3;
    pub(crate) const PERIOD: u32 = 1 << 4;
    pub(crate) const COLON: u32 = 1 << 5;
    pub(crate) const STOP: u32 = 1 << 6;
    pub(crate) const OPEN: u32 = 1 << 7;
    pub(crate) const CLOSE: u32 = 1 << 8;
    pub(crate) const LINE: u32 = 1 << 9;
    pub(crate) const PARAGRAPH: u32 = 1 << 10;
    pub(crate) const AT: u32 = 1 << 11;
    pub(crate) const HASH: u32 = 1 << 12;
    pub(crate) const APOSTROPHE: u32 = 1 << 13;
    pub(crate) const CELL: u32 = 1 << 14;
    pub(crate) const EQUALS: u32 = 1 << 15;
    pub(crate) const AND: u32 = 1 << 16;
    pub(crate) const OTHER: u32 = 1 << 17;
    pub(crate) const PERCENT: u32 = 1 << 18;
    pub(crate) const MONEY: u32 = 1 << 19;
    pub(crate) const UNDERSCORE: u32 = 1 << 20;
    pub(crate) const LESS: u32 = 1 << 21;

    pub(crate) const fn has(self, marks: u32) -> bool {
        self.0 & marks != 0
    }

    /// What lies after the last token.
    pub(crate) const END: Self = Self(Self::PARAGRAPH);

    /// Returns true iff nothing but `marks` lies here (and something does).
    pub(crate) const fn only(self, marks: u32) -> bool {
        self.0 != 0 && self.0 & !marks == 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn add(&mut self, byte: u8) {
        self.0 |= match byte {
            b' ' | b'\r' => Self::SPACE,
            b'-' => Self::HYPHEN,
            b'/' | b'\\' => Self::SLASH,
            b',' => Self::COMMA,
            b'.' => Self::PERIOD,
            b':' => Self::COLON,
            b'!' | b'?' | b';' => Self::STOP,
            b'(' | b'[' | b'{' => Self::OPEN,
            b')' | b']' | b'}' => Self::CLOSE,
            b'\n' if self.has(Self::LINE) => Self::PARAGRAPH,
            b'\n' => Self::LINE,
            b'@' => Self::AT,
            b'#' => Self::HASH,
            b'\'' => Self::APOSTROPHE,
            b'\t' | b'|' | b'^' => Self::CELL,
            b'=' => Self::EQUALS,
            b'&' | b'+' => Self::AND,
            b'%' => Self::PERCENT,
            b'$' => Self::MONEY,
            b'_' => Self::UNDERSCORE,
            b'<' | b'>' => Self::LESS,
            _ => Self::OTHER,
        };
    }
}
