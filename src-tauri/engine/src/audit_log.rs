//! The whole log of the mailbox: verified, and written into a file.

use std::{io::Write, path::PathBuf, sync::Arc};

use wardmail_api::audit::{AuditFormat, AuditSignature, AuditVerdict, VerifyAudit};
use wardmail_audit::{
    Checkpoint, Code, Conversion, Event, EventKind, Expected, Export, ExportError, Form, Head,
    LogReport, LogVerifier, OpaqueId, Outcome, Record, SignatureState, Signer,
};
use wardmail_store::{AuditCheckpoint, ReadDao};

use crate::{
    clock,
    door::InSession,
    error::Error,
    evidence,
    files::{self, Standing},
    session::Session,
    tools::{KnownOutside, hex},
};

/// Rows that are read at once.
const PAGE: u32 = 500;

/// A line of the log.
enum Line<'a> {
    Entry(&'a [u8]),
    Signature(&'a str),
}

/// Goes through the log from its first entry, each signature after the entry that it signs.
fn each_line(
    dao: &ReadDao<'_>,
    mut each: impl FnMut(Line<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut signatures = Signatures { dao, page: Vec::new().into_iter(), next: None, epoch: 0 };
    signatures.advance()?;
    let mut after = 0;
    loop {
        let page = dao.audit_page(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for stored in &page {
            each(Line::Entry(&stored.record))?;
            while let Some(line) = signatures.up_to(stored.seq)? {
                each(Line::Signature(&line))?;
            }
        }
    }
    // What signs an entry that isn't there any more.
    while let Some(line) = signatures.up_to(u64::MAX)? {
        each(Line::Signature(&line))?;
    }
    Ok(())
}

/// The signatures, page by page.
struct Signatures<'d, 'c> {
    dao: &'d ReadDao<'c>,
    page: std::vec::IntoIter<AuditCheckpoint>,
    next: Option<AuditCheckpoint>,
    epoch: u64,
}

impl Signatures<'_, '_> {
    fn advance(&mut self) -> Result<(), Error> {
        self.next = self.page.next();
        if self.next.is_none() {
            self.page = self.dao.audit_checkpoints(self.epoch, PAGE)?.into_iter();
            self.next = self.page.next();
        }
        if let Some(next) = &self.next {
            self.epoch = next.epoch.saturating_add(1);
        }
        Ok(())
    }

    /// The next signature, if it signs an entry up to this one.
    fn up_to(&mut self, seq: u64) -> Result<Option<String>, Error> {
        if self.next.as_ref().is_none_or(|next| next.seq > seq) {
            return Ok(None);
        }
        let line = self.next.take().map(|next| next.line);
        self.advance()?;
        Ok(line)
    }
}

/// The key that signs next, if there is one.
fn signer(dao: &ReadDao<'_>) -> Result<Option<Signer>, Error> {
    let kept = dao.audit_signer()?;
    kept.map(|kept| Ok(Signer::restore(kept.epoch, &kept.secret)?)).transpose()
}

/// The log's fingerprint: of the first key that signed.
pub(crate) fn verdict(report: LogReport) -> AuditVerdict {
    let LogReport { report, signature, key, signed_to, .. } = report;
    AuditVerdict {
        intact: report.is_clean(),
        entries: report.good,
        head: report.head.map(|head| hex(&head.hash)),
        first_bad: report.finding.map(|found| (found.seq, found.tampering.code().to_owned())),
        signature: match signature {
            SignatureState::Signed => AuditSignature::Signed,
            SignatureState::Unsigned => AuditSignature::Unsigned,
            _ => AuditSignature::Broken,
        },
        key: key.map(|key| key.to_string()),
        signed_to,
        vouched_to: report.vouched,
    }
}

/// Checks the log from its first entry to its last: against what the mailbox says of its end, its
/// signatures, the key that must have begun it, and what was told outside.
pub(crate) async fn verify(
    session: &Session,
    outside: KnownOutside,
) -> Result<AuditVerdict, Error> {
    session
        .read(move |dao| {
            let stored = dao.audit_head()?;
            let Some(log) = evidence::known_log_id(dao)? else {
                return Ok(verdict(LogVerifier::new(Expected::default()).finish(None)));
            };
            let mut verifier = LogVerifier::new(outside.of(Some(log)));
            each_line(dao, |line| {
                match line {
                    Line::Entry(line) => verifier.line(line),
                    Line::Signature(line) => verifier.line(line.as_bytes()),
                }
                Ok(())
            })?;
            let next = signer(dao)?.map(|signer| signer.public_key());
            let end = Head { seq: stored.seq, hash: stored.hash };
            Ok(verdict(verifier.finish_profile(end, next, outside.pin)))
        })
        .await
}

impl InSession for VerifyAudit {
    async fn answer_in(self, session: &Arc<Session>) -> Result<AuditVerdict, Error> {
        verify(session, KnownOutside::default()).await
    }
}

/// Writes the log into a file that only its owner can read, whole or not at all, and records that first: what can't be
/// recorded is not taken out. Returns how many entries were written.
pub(crate) async fn export_to(
    session: &Session,
    format: AuditFormat,
    path: PathBuf,
    standing: Standing,
) -> Result<u64, Error> {
    files::check_place(&path, standing)?;
    let into_file = async {
        let (file, writer) = files::begin(&path)?;
        let written = write(session, format, writer).await;
        files::conclude(&path, standing, file, written)
    };
    session.recorded_first(exported(format), into_file).await
}

fn exported(format: AuditFormat) -> Event {
    let code = match format {
        AuditFormat::Jsonl => "audit_log.jsonl",
        AuditFormat::Csv => "audit_log.csv",
        AuditFormat::Syslog => "audit_log.syslog",
        AuditFormat::Fhir => "audit_log.fhir",
    };
    Event::new(EventKind::Export, Outcome::Success).code(Code::new(code))
}

async fn write(
    session: &Session,
    format: AuditFormat,
    out: impl Write + Send + 'static,
) -> Result<u64, Error> {
    session
        .read(move |dao| {
            let log = evidence::known_log_id(dao)?.ok_or(Error::NotFound)?;
            match format {
                AuditFormat::Jsonl => write_lines(dao, log, out),
                AuditFormat::Csv => convert(dao, log, Form::Csv, out),
                AuditFormat::Syslog => convert(dao, log, Form::Syslog, out),
                AuditFormat::Fhir => convert(dao, log, Form::Fhir, out),
            }
        })
        .await
}

fn failed(error: ExportError) -> Error {
    match error {
        ExportError::Io(error) => Error::File(error),
        _ => Error::Internal("export"),
    }
}

fn write_lines(dao: &ReadDao<'_>, log: OpaqueId, out: impl Write) -> Result<u64, Error> {
    let mut export = Export::new(out, log);
    let mut count = 0;
    each_line(dao, |line| {
        match line {
            Line::Entry(line) => {
                count += 1;
                match std::str::from_utf8(line).ok().and_then(|line| Record::from_line(line).ok()) {
                    Some(record) => export.record(&record),
                    // Evidence of what was done to it: verification names it.
                    None => export.damaged(line),
                }
            }
            Line::Signature(line) => match Checkpoint::from_line(line) {
                Some(checkpoint) => export.checkpoint(&checkpoint),
                None => export.damaged(line.as_bytes()),
            },
        }
        .map_err(failed)
    })?;
    export.finish(clock::now_ms(), signer(dao)?.as_ref()).map_err(failed)?;
    Ok(count)
}

fn convert(dao: &ReadDao<'_>, log: OpaqueId, form: Form, out: impl Write) -> Result<u64, Error> {
    let mut conversion = Conversion::new(out, form, log).map_err(failed)?;
    let mut count = 0;
    each_line(dao, |line| {
        let Line::Entry(line) = line else { return Ok(()) };
        let text = std::str::from_utf8(line).map_err(|_| Error::AuditDamaged)?;
        let record = Record::from_line(text).map_err(|_| Error::AuditDamaged)?;
        count += 1;
        conversion.record(&record).map_err(failed)
    })?;
    conversion.finish().map_err(failed)?;
    Ok(count)
}
