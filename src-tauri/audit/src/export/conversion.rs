//! The log in the forms that other programs read. Each entry carries its number and hash, so that it can be found again in
//! the JSON Lines, which alone can be verified.

use std::io::Write;

use super::{ExportError, fhir, syslog, table};
use crate::event::OpaqueId;
use crate::record::Record;

/// A form that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated values (RFC 4180) with a header line, safe to open in a spreadsheet.
    Csv,
    /// Syslog messages (RFC 5424), one a line.
    Syslog,
    /// FHIR R4 `AuditEvent` resources, one a line (NDJSON).
    Fhir,
}

/// Writes entries in one of the [`Form`]s.
#[derive(Debug)]
pub struct Conversion<W> {
    out: W,
    form: Form,
    log: OpaqueId,
}

impl<W: Write> Conversion<W> {
    /// Begins with what stands before the first entry.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn new(mut out: W, form: Form, log: OpaqueId) -> Result<Self, ExportError> {
        if form == Form::Csv {
            out.write_all(&table::header()?)?;
        }
        Ok(Self { out, form, log })
    }

    /// Writes the next entry.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn record(&mut self, record: &Record) -> Result<(), ExportError> {
        match self.form {
            Form::Csv => self.out.write_all(&table::row(record)?)?,
            Form::Syslog => writeln!(self.out, "{}", syslog::message(record, &self.log))?,
            Form::Fhir => writeln!(self.out, "{}", fhir::resource(record, &self.log))?,
        }
        Ok(())
    }

    /// Ends it and gives the writer back.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn finish(mut self) -> Result<W, ExportError> {
        self.out.flush()?;
        Ok(self.out)
    }
}

#[cfg(test)]
mod tests;
