//! The profile's audit log. An exported one is verified in `offline`, without a passphrase.

use std::{fs::File, io::BufWriter, process::ExitCode, sync::Arc};

use wardmail_api::{ErrorCode, settings::ListAudit};
use wardmail_engine::Engine;

use crate::{
    cli::AuditCommand,
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
        AuditCommand::Verify { .. } => {
            let verdict = engine.verify_audit().await?;
            output.answer(&verdict, |v| sentence(v.intact, v.entries, v.first_bad.as_ref()))?;
            Ok(if verdict.intact { ExitCode::SUCCESS } else { ExitCode::from(NOT_INTACT) })
        }
        AuditCommand::Export { out, .. } => {
            let file = BufWriter::new(File::create_new(out).map_err(|error| {
                if error.kind() == std::io::ErrorKind::AlreadyExists {
                    Failure::from(ErrorCode::InvalidRequest)
                } else {
                    Failure::from(error)
                }
            })?);
            let entries = engine.export_audit(file).await?;
            output.answer(&serde_json::json!({ "entries": entries }), |_| {
                format!("{entries} entries written.")
            })
        }
        AuditCommand::List { limit } => {
            let page = engine.call(ListAudit { before: None, limit: *limit }).await?;
            output.answer(&page, |page| {
                let line = |row: &wardmail_api::settings::AuditRow| {
                    format!("{:>8}  {}  {}", row.seq, row.time, row.sentence)
                };
                page.rows.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
    }
}

/// What was found, in a sentence.
pub(crate) fn sentence(intact: bool, entries: u64, first_bad: Option<&(u64, String)>) -> String {
    match first_bad {
        Some((seq, what)) if !intact => format!("Entry {seq} is not as it was written: {what}."),
        _ => format!("All {entries} entries are as they were written."),
    }
}
