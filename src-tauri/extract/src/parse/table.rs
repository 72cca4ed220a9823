//! Rows of cells as text in which each value stands beside its column's heading, since "MRN" may stand a thousand rows above a number.

use crate::wire;

/// The longest heading that is repeated, in bytes.
const HEADING: usize = 40;
/// The most columns whose heading is kept.
const COLUMNS: usize = 512;

/// Rows becoming text.
#[derive(Debug, Default)]
pub(super) struct Rows {
    headings: Option<Vec<String>>,
    text: String,
}

impl Rows {
    /// Adds a row. The first with a cell of letters in it is taken for the headings.
    pub(super) fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        let cells: Vec<&str> = cells.map(str::trim).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            return;
        }
        let headings = self.headings.as_deref().unwrap_or_default();
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            if let Some(heading) = headings.get(column).filter(|heading| !heading.is_empty()) {
                self.text.push_str(heading);
                self.text.push_str(": ");
            }
            self.text.push_str(cell);
            self.text.push('\t');
        }
        self.text.push('\n');
        if self.headings.is_none() && cells.iter().any(|cell| is_heading(cell)) {
            let heading =
                |cell: &&str| if is_heading(cell) { (*cell).to_owned() } else { String::new() };
            self.headings = Some(cells.iter().take(COLUMNS).map(heading).collect());
        }
    }

    /// Whether there is a segment's worth of text.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() >= wire::SEGMENT
    }

    /// The text so far.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// Few words, mostly of letters.
fn is_heading(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    cell.len() <= HEADING && digits <= 2 && cell.chars().any(char::is_alphabetic)
}
