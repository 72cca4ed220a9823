//! Deleting messages, keeping them, and what runs when their time is over.

use std::{process::ExitCode, sync::Arc};

use wardmail_api::{
    MessageId,
    keeping::{DeleteMessages, KeepMessages, SetExpiry, SweptView, UndoDelete},
};
use wardmail_engine::Engine;

use crate::{
    cli::KeepingCommand,
    output::{Failure, Output},
};

fn messages(ids: &[i64]) -> Vec<MessageId> {
    ids.iter().map(|id| MessageId(*id)).collect()
}

/// Runs a command about how long messages stay.
pub(crate) async fn run(
    command: &KeepingCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        KeepingCommand::Delete { ids, at_once: true } => {
            let deleted = engine.delete_at_once(messages(ids)).await?;
            output.answer(&deleted, |d| format!("{} removed for good.", d.messages))
        }
        KeepingCommand::Delete { ids, at_once: false } => {
            let deleted = engine.call(DeleteMessages { ids: messages(ids) }).await?;
            output.answer(&deleted, |d| {
                format!("{} deleted; `undelete` takes it back until {} ms.", d.messages, d.until)
            })
        }
        KeepingCommand::Undelete { ids } => {
            engine.call(UndoDelete { ids: messages(ids) }).await?;
            done(output)
        }
        KeepingCommand::Keep { ids, off } => {
            engine.call(KeepMessages { ids: messages(ids), keep: !off }).await?;
            done(output)
        }
        KeepingCommand::Expire { ids, days, never: _ } => {
            engine.call(SetExpiry { ids: messages(ids), days: *days }).await?;
            done(output)
        }
        KeepingCommand::Sweep => output.answer(&engine.run_retention().await?, swept),
    }
}

fn done(output: &Output) -> Result<ExitCode, Failure> {
    output.answer(&serde_json::json!({ "done": true }), |_| "Done.".to_owned())
}

fn swept(swept: &SweptView) -> String {
    format!(
        "Removed: {} deleted before, {} whose time was over, {} by policy.",
        swept.deleted, swept.expired, swept.retired
    )
}
