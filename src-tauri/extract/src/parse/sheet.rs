//! Workbooks, cell by cell: a sheet that claims a billion cells costs what it holds.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader, Sheet, SheetType, Xls, Xlsb, Xlsx};

use super::{Place, Reading, Why, table::Rows};

/// Reads a workbook of the present form.
pub(super) fn new(
    reading: &mut Reading<'_>,
    place: &Place,
    bytes: &[u8],
    binary: bool,
) -> Result<(), Why> {
    if binary {
        let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|_| Why::Damaged)?;
        return whole(reading, place, &mut book);
    }
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Why::Damaged)?;
    let sheets = book.sheets_metadata().to_vec();
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    let mut damage = Ok(());
    for (done, sheet) in (0_u32..).zip(&sheets) {
        if !reading.counts(place) {
            return damage;
        }
        reading.sink.progress(done, count);
        reading.text(place, &sheet.name)?;
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet.name) else {
            damage = damage.and(without_cells(sheet));
            continue;
        };
        let mut rows = Rows::default();
        let mut row = (0_u32, Vec::<(u32, String)>::new());
        loop {
            let cell = match cells.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                Err(_) => {
                    damage = Err(Why::Damaged);
                    break;
                }
            };
            let (line, column) = cell.get_position();
            if line != row.0 {
                push(&mut rows, &mut row.1);
                row.0 = line;
                if rows.is_full() {
                    reading.text(place, &rows.take())?;
                }
            }
            row.1.push((column, shown(cell.get_value())));
        }
        push(&mut rows, &mut row.1);
        reading.text(place, &rows.take())?;
    }
    damage
}

/// What it means that a sheet has no cells to read: a chart on a sheet of its own has none, a worksheet lost them.
fn without_cells(sheet: &Sheet) -> Result<(), Why> {
    let has_none =
        matches!(sheet.typ, SheetType::ChartSheet | SheetType::DialogSheet | SheetType::Vba);
    if has_none { Ok(()) } else { Err(Why::Damaged) }
}

/// Reads a workbook of the old binary form.
pub(super) fn old(reading: &mut Reading<'_>, place: &Place, bytes: &[u8]) -> Result<(), Why> {
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| {
        let locked = matches!(error, calamine::XlsError::Password);
        if locked { Why::Encrypted } else { Why::Damaged }
    })?;
    whole(reading, place, &mut book)
}

/// Reads sheet by sheet through a library that holds one whole; the memory limit bounds what a sheet may claim.
fn whole<'b, R: Reader<Cursor<&'b [u8]>>>(
    reading: &mut Reading<'_>,
    place: &Place,
    book: &mut R,
) -> Result<(), Why> {
    let mut damage = Ok(());
    for sheet in book.sheets_metadata().to_vec() {
        if !reading.counts(place) {
            return damage;
        }
        reading.text(place, &sheet.name)?;
        let Ok(range) = book.worksheet_range(&sheet.name) else {
            damage = damage.and(without_cells(&sheet));
            continue;
        };
        let mut rows = Rows::default();
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(|cell| shown(&borrowed(cell))).collect();
            rows.row(cells.iter().map(String::as_str));
            if rows.is_full() {
                reading.text(place, &rows.take())?;
            }
        }
        reading.text(place, &rows.take())?;
    }
    damage
}

fn borrowed(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            DataRef::SharedString(text)
        }
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::Error(_) | Data::Empty => DataRef::Empty,
    }
}

/// The most columns that a row is spread over.
const COLUMNS: u32 = 16_384;

/// Adds the cells of one row, each in its column.
fn push(rows: &mut Rows, cells: &mut Vec<(u32, String)>) {
    let mut spread: Vec<String> = Vec::new();
    for (column, text) in cells.drain(..) {
        let column = usize::try_from(column.min(COLUMNS)).unwrap_or_default();
        if spread.len() <= column {
            spread.resize(column.saturating_add(1), String::new());
        }
        if let Some(cell) = spread.get_mut(column) {
            *cell = text;
        }
    }
    rows.row(spread.iter().map(String::as_str));
}

/// A cell as it is read: a whole number without a point, a date as a date.
fn shown(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    if (hour, minute) == (0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}
