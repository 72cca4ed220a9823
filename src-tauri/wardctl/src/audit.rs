//! The profile's audit log. An exported one is verified in `offline`, without a passphrase.

use std::{fs::File, io::BufReader, path::Path, process::ExitCode, sync::Arc};

use wardmail_api::{
    audit::{AuditFilter, AuditFormat, AuditRow, AuditVerdict, ListAudit},
    words::audit::{backing_sentence, verdict_sentence},
};
use wardmail_engine::{Engine, tools::KnownOutside};

use crate::{
    cli::{AuditCommand, FormatWord, VerifyArguments},
    output::{Failure, Output},
};

/// The log does not hold: `wardctl audit verify` ends with this.
pub(crate) const NOT_INTACT: u8 = 9;

/// Runs a command about the log.
pub(crate) async fn run(
    command: &AuditCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        AuditCommand::Verify(arguments) => {
            let verdict = engine.verify_audit(known_outside(arguments)?).await?;
            say_verdict(&verdict, output)
        }
        AuditCommand::Export { format, out } => export(*format, out, engine, output).await,
        AuditCommand::List { limit } => {
            let request = ListAudit { before: None, limit: *limit, filter: AuditFilter::default() };
            let page = engine.call(request).await?;
            output.answer(&page, |page| {
                let line =
                    |row: &AuditRow| format!("{:>8}  {}  {}", row.seq, row.time, row.sentence);
                page.rows.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
    }
}

async fn export(
    format: FormatWord,
    out: &Path,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let format = match format {
        FormatWord::Jsonl => AuditFormat::Jsonl,
        FormatWord::Csv => AuditFormat::Csv,
        FormatWord::Syslog => AuditFormat::Syslog,
        FormatWord::Fhir => AuditFormat::Fhir,
    };
    let entries = engine.export_audit_new(format, out.to_owned()).await?;
    output.answer(&serde_json::json!({ "entries": entries }), |_| {
        format!("{entries} entries written.")
    })
}

/// What the command line says that is known outside.
pub(crate) fn known_outside(arguments: &VerifyArguments) -> Result<KnownOutside, Failure> {
    let mut outside = KnownOutside::default();
    if let Some(key) = &arguments.key {
        outside.key(key)?;
    }
    for path in &arguments.anchor {
        outside.anchors(BufReader::new(File::open(path)?))?;
    }
    Ok(outside)
}

/// Says what was found.
pub(crate) fn say_verdict(verdict: &AuditVerdict, output: &Output) -> Result<ExitCode, Failure> {
    output.answer(verdict, |verdict| {
        let mut lines = vec![verdict_sentence(verdict), backing_sentence(verdict)];
        lines.extend(verdict.head.as_ref().map(|head| format!("Last entry's hash: {head}")));
        lines.extend(verdict.key.as_ref().map(|key| format!("First key's fingerprint: {key}")));
        lines.join("\n")
    })?;
    Ok(if verdict.intact { ExitCode::SUCCESS } else { ExitCode::from(NOT_INTACT) })
}
