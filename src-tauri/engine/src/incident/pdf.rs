//! The report on paper: US Letter, the standard fonts, text only.
//!
//! What the standard fonts can't show is a question mark here; the JSON beside it has it as it is.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};
use wardmail_api::words::incident::{Line, Section};

const WIDTH: f32 = 612.0;
const HEIGHT: f32 = 792.0;
const MARGIN: f32 = 60.0;
const FOOT: f32 = 40.0;
/// Where values of facts begin.
const INDENT: f32 = 190.0;
const SIZE: f32 = 9.5;
const LEADING: f32 = 13.0;
/// Pages at most; what does not fit is named as left out.
const MAX_PAGES: usize = 200;

const REGULAR: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// Writes a report.
pub(crate) fn render(title: &str, lead: &str, sections: &[Section], foot: &str) -> Vec<u8> {
    let mut pages = Pages::default();
    pages.text(BOLD, 17.0, MARGIN, title);
    pages.gap(8.0);
    pages.text(REGULAR, SIZE, MARGIN, lead);
    for section in sections {
        pages.heading(section.title);
        for line in &section.lines {
            match line {
                Line::Fact(name, value) => pages.fact(name, value),
                Line::Text(text) => pages.text(REGULAR, SIZE, MARGIN, text),
            }
        }
    }
    written(pages.done, foot)
}

/// Pages as they fill.
struct Pages {
    done: Vec<Vec<Shown>>,
    /// How far down the page is filled.
    y: f32,
}

/// A line of text at its place.
struct Shown {
    font: Name<'static>,
    size: f32,
    x: f32,
    y: f32,
    text: Vec<u8>,
}

impl Default for Pages {
    fn default() -> Self {
        Self { done: vec![Vec::new()], y: HEIGHT - MARGIN }
    }
}

impl Pages {
    fn gap(&mut self, points: f32) {
        self.y -= points;
    }

    /// Makes room for a line, on the next page if need be.
    fn advance(&mut self, points: f32) {
        self.y -= points;
        if self.y < FOOT + LEADING && self.done.len() < MAX_PAGES {
            self.done.push(Vec::new());
            self.y = HEIGHT - MARGIN - points;
        }
    }

    fn show(&mut self, font: Name<'static>, size: f32, x: f32, text: Vec<u8>) {
        let shown = Shown { font, size, x, y: self.y, text };
        if self.y >= FOOT + LEADING
            && let Some(page) = self.done.last_mut()
        {
            page.push(shown);
        }
    }

    fn heading(&mut self, title: &str) {
        self.gap(10.0);
        // A heading stays with what follows.
        if self.y < FOOT + 5.0 * LEADING {
            self.gap(5.0 * LEADING);
        }
        self.text(BOLD, 12.0, MARGIN, title);
        self.gap(2.0);
    }

    fn text(&mut self, font: Name<'static>, size: f32, x: f32, text: &str) {
        for line in wrapped(&encoded(text), font, size, WIDTH - MARGIN - x) {
            self.advance(size * LEADING / SIZE);
            self.show(font, size, x, line);
        }
    }

    fn fact(&mut self, name: &str, value: &str) {
        let values = wrapped(&encoded(value), REGULAR, SIZE, WIDTH - MARGIN - INDENT);
        let names = wrapped(&encoded(name), BOLD, SIZE, INDENT - MARGIN - 8.0);
        for row in 0..values.len().max(names.len()) {
            self.advance(LEADING);
            if let Some(text) = names.get(row) {
                self.show(BOLD, SIZE, MARGIN, text.clone());
            }
            if let Some(text) = values.get(row) {
                self.show(REGULAR, SIZE, INDENT, text.clone());
            }
        }
    }
}

fn written(pages: Vec<Vec<Shown>>, foot: &str) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let mut next = 0;
    let mut id = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, regular, bold) = (id(), id(), id(), id());
    let places: Vec<(Ref, Ref)> = pages.iter().map(|_| (id(), id())).collect();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(places.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(places.iter().map(|(page, _)| *page)).count(count);
    for (font, name) in [(regular, b"Helvetica".as_slice()), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for (number, (lines, (page_id, content_id))) in (1..).zip(pages.into_iter().zip(places)) {
        let mut page = pdf.page(page_id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content_id);
        page.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
        page.finish();
        let mut content = Content::new();
        let foot = encoded(&format!("{foot}    page {number} of {count}"));
        let foot = Shown { font: REGULAR, size: 7.0, x: MARGIN, y: FOOT - 8.0, text: foot };
        for line in lines.iter().chain([&foot]) {
            content.begin_text().set_font(line.font, line.size);
            content.next_line(line.x, line.y).show(Str(&line.text)).end_text();
        }
        pdf.stream(content_id, &content.finish());
    }
    pdf.finish()
}

/// Breaks a text into lines that are no wider than asked; a word that is wider is cut.
fn wrapped(text: &[u8], font: Name<'static>, size: f32, width: f32) -> Vec<Vec<u8>> {
    let mut lines = vec![Vec::new()];
    for word in text.split(|byte| *byte == b' ') {
        let mut rest = word;
        loop {
            let line = lines.last_mut().map(std::mem::take).unwrap_or_default();
            let mut longer = line.clone();
            if !longer.is_empty() {
                longer.push(b' ');
            }
            longer.extend_from_slice(rest);
            if wide(&longer, font, size) <= width {
                lines.pop();
                lines.push(longer);
                break;
            }
            if line.is_empty() {
                let fits = (1..rest.len()).rev().find(|n| wide(&rest[..*n], font, size) <= width);
                let (head, tail) = rest.split_at(fits.unwrap_or(1));
                lines.pop();
                lines.extend([head.to_vec(), Vec::new()]);
                rest = tail;
            } else {
                lines.pop();
                lines.extend([line, Vec::new()]);
            }
        }
    }
    lines
}

fn wide(text: &[u8], font: Name<'static>, size: f32) -> f32 {
    let units: u32 = text.iter().map(|byte| u32::from(units(*byte))).sum();
    // The bold letters are at most a tenth wider.
    let bold = if font == BOLD { 1.1 } else { 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "a line has far fewer units than 2^24")]
    let units = units as f32;
    units * size * bold / 1000.0
}

/// The width of a letter of Helvetica in thousandths of its size (Adobe's metrics of the standard fonts).
fn units(byte: u8) -> u16 {
    const ASCII: [u16; 95] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556,
        556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722,
        722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
        667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
        556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,
        500, 334, 260, 334, 584,
    ];
    usize::from(byte).checked_sub(32).and_then(|index| ASCII.get(index)).copied().unwrap_or(722)
}

/// A text in the fonts' encoding (`WinAnsiEncoding`); control characters are blanks.
fn encoded(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(letter).unwrap_or(b'?'),
            '€' => 0x80,
            '…' => 0x85,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '–' => 0x96,
            '—' => 0x97,
            letter if letter.is_whitespace() || letter.is_control() => b' ',
            _ => b'?',
        })
        .collect()
}

#[cfg(test)]
mod tests;
