//! The words of a rich-text file (RTF 1.9.1), in the order in which they are read. Reads control words and builds no tree; pictures and
//! embedded objects are not read.

use encoding_rs::{Encoding, WINDOWS_1252};

use super::{Place, Reading, Why};

/// The most groups within groups.
const DEPTH: usize = 1000;
/// The longest control word, in bytes.
const WORD: usize = 32;

/// What holds no words for a reader.
const HIDDEN: [&[u8]; 17] = [
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"pict",
    b"themedata",
    b"colorschememapping",
    b"datastore",
    b"listtable",
    b"listoverridetable",
    b"rsidtbl",
    b"generator",
    b"xmlnstbl",
    b"latentstyles",
    b"objdata",
    b"blipuid",
    b"pgptbl",
    b"filetbl",
];

/// What holds words of its own: they neither run into those before nor those after.
const APART: [&[u8]; 16] = [
    b"title",
    b"subject",
    b"author",
    b"manager",
    b"company",
    b"keywords",
    b"doccomm",
    b"footnote",
    b"header",
    b"headerf",
    b"footer",
    b"footerf",
    b"annotation",
    b"atnauthor",
    b"shptxt",
    b"fldinst",
];

/// Passes the words on; says so if an object is embedded, whose content isn't read.
pub(super) fn read(reading: &mut Reading<'_>, place: &Place, bytes: &[u8]) -> Result<(), Why> {
    let mut words = Words::default();
    let whole = words.all(bytes);
    reading.text(place, &words.text)?;
    whole?;
    if words.embeds { Err(Why::UnknownKind) } else { Ok(()) }
}

/// What holds inside one group.
#[derive(Clone, Copy)]
struct Group {
    hidden: bool,
    apart: bool,
    /// How many characters stand in for one in Unicode.
    stand_ins: usize,
}

struct Words {
    text: String,
    groups: Vec<Group>,
    group: Group,
    encoding: &'static Encoding,
    /// Bytes of the code page, until they can be decoded together.
    pending: Vec<u8>,
    /// The first half of a character beyond the first plane.
    half: Option<u16>,
    /// Characters still to be passed over.
    skip: usize,
    embeds: bool,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            text: String::new(),
            groups: Vec::new(),
            group: Group { hidden: false, apart: false, stand_ins: 1 },
            encoding: WINDOWS_1252,
            pending: Vec::new(),
            half: None,
            skip: 0,
            embeds: false,
        }
    }
}

impl Words {
    fn all(&mut self, bytes: &[u8]) -> Result<(), Why> {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = match byte {
                b'{' => {
                    if self.groups.len() >= DEPTH {
                        return Err(Why::TooDeep);
                    }
                    self.flush();
                    self.groups.push(self.group);
                    self.group.apart = false;
                    after
                }
                b'}' => {
                    self.flush();
                    if self.group.apart {
                        self.space('\n');
                    }
                    self.group = self.groups.pop().unwrap_or(self.group);
                    self.skip = 0;
                    after
                }
                b'\\' => self.control(after),
                b'\r' | b'\n' => after,
                _ => {
                    self.byte(byte);
                    after
                }
            };
        }
        self.flush();
        if self.groups.is_empty() { Ok(()) } else { Err(Why::Damaged) }
    }

    /// Takes what follows a backslash; returns the rest.
    fn control<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some((&first, after)) = bytes.split_first() else { return bytes };
        if first.is_ascii_alphabetic() {
            return self.word(bytes);
        }
        match first {
            b'\'' => {
                let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                if let Some(code) = code {
                    self.byte(code);
                    return after.get(2..).unwrap_or_default();
                }
            }
            b'\\' | b'{' | b'}' => self.byte(first),
            b'~' => self.byte(b' '),
            b'_' => self.byte(b'-'),
            b'\r' | b'\n' => self.space('\n'),
            // What follows is for programs that know it.
            b'*' => self.group.hidden = true,
            _ => {}
        }
        after
    }

    /// Takes a control word with its number; returns the rest.
    fn word<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let letters = bytes.iter().take(WORD).take_while(|b| b.is_ascii_alphabetic()).count();
        let (name, rest) = bytes.split_at_checked(letters).unwrap_or((bytes, b""));
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest.iter().skip(sign).take(10).take_while(|b| b.is_ascii_digit()).count();
        let length = if digits == 0 { 0 } else { sign.saturating_add(digits) };
        let (number, rest) = rest.split_at_checked(length).unwrap_or((b"", rest));
        let number: Option<i64> =
            std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        match (name, number) {
            (b"u", Some(code)) => self.unicode(code),
            (b"uc", Some(count)) => {
                self.group.stand_ins = usize::try_from(count).unwrap_or(1).min(16);
            }
            (b"bin", Some(length)) => {
                let length = usize::try_from(length).unwrap_or(0);
                return rest.get(length..).unwrap_or_default();
            }
            (b"ansicpg", Some(page)) => {
                let label = format!("windows-{page}");
                self.encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
            }
            (b"par" | b"line" | b"row" | b"sect" | b"page" | b"nestrow", _) => self.space('\n'),
            (b"tab" | b"cell" | b"nestcell", _) => self.space('\t'),
            (b"emdash" | b"endash", _) => self.space('-'),
            (b"lquote" | b"rquote", _) => self.space('\''),
            (b"ldblquote" | b"rdblquote", _) => self.space('"'),
            (name, _) if APART.contains(&name) => {
                // Comments and links count even where a program may pass them over.
                self.group.hidden = self.groups.last().is_some_and(|around| around.hidden);
                self.group.apart = true;
                self.space('\n');
            }
            (name, _) if HIDDEN.contains(&name) => {
                self.embeds |= name == b"objdata";
                self.group.hidden = true;
            }
            _ => {}
        }
        rest
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip = self.skip.saturating_sub(1);
        } else if !self.group.hidden {
            self.pending.push(byte);
        }
    }

    /// Writes a character that isn't of the code page.
    fn space(&mut self, letter: char) {
        self.flush();
        if !self.group.hidden {
            self.text.push(letter);
        }
    }

    /// A character by its number in UTF-16, in a signed word.
    fn unicode(&mut self, code: i64) {
        self.flush();
        self.skip = self.group.stand_ins;
        let Ok(unit) = u16::try_from(code.rem_euclid(0x1_0000)) else { return };
        if self.group.hidden {
            return;
        }
        let units = [self.half.take().unwrap_or(unit), unit];
        let units = if units.first() == units.last() { units.get(1..) } else { units.get(..) };
        if (0xD800..0xDC00).contains(&unit) {
            self.half = Some(unit);
            return;
        }
        let letters = char::decode_utf16(units.unwrap_or_default().iter().copied());
        self.text.extend(letters.filter_map(Result::ok));
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.text.push_str(&self.encoding.decode_without_bom_handling(&self.pending).0);
            self.pending.clear();
        }
    }
}
