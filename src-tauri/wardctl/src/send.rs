//! Writing, sending, the outbox.

use std::{process::ExitCode, sync::Arc};

use wardmail_api::{
    ErrorCode, MessageId, OutboxId,
    compose::{
        AttachFile, CancelOutbox, DiscardDraft, DraftKind, DraftView, ListOutbox, NewDraft,
        OutboxRow, OutboxState, OverrideReason, Queued, RetryOutbox, SaveDraft, Send, SettleOutbox,
    },
};
use wardmail_engine::Engine;

use crate::{
    cli::{OutboxCommand, ReasonWord, SendArguments},
    output::{Failure, Output},
    secrets,
};

/// Writes a message and sends it, or only queues it.
pub(crate) async fn send(
    arguments: &SendArguments,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let of = arguments.reply_to.map(MessageId);
    let kind = if of.is_some() { DraftKind::Reply } else { DraftKind::New };
    let draft = engine.call(NewDraft { kind, of }).await?;
    let id = draft.id;
    let queued = match queue(draft, arguments, engine).await {
        Ok(queued) => queued,
        Err(failure) => {
            // Whoever is refused has the text still, and asked for no draft. Why it was refused says more
            // than why it can't be discarded: then it stays among the drafts.
            let _best_effort = engine.call(DiscardDraft { id }).await;
            return Err(failure);
        }
    };
    if arguments.queue_only {
        return output.answer(&queued, |q| format!("Queued as {}.", q.id.0));
    }
    let delivered = engine.deliver_now(queued.id).await?;
    output.answer(&delivered, |d| match d.reason {
        Some(code) => format!("{:?}: {code}", d.state),
        None => format!("{:?}", d.state),
    })?;
    Ok(match (delivered.state, delivered.reason) {
        (OutboxState::Sent, _) => ExitCode::SUCCESS,
        (_, Some(code)) => ExitCode::from(code.exit_code()),
        (_, None) => ExitCode::from(ErrorCode::Internal.exit_code()),
    })
}

/// Fills a draft and queues it.
async fn queue(
    draft: DraftView,
    arguments: &SendArguments,
    engine: &Arc<Engine>,
) -> Result<Queued, Failure> {
    let subject = match &arguments.subject_file {
        Some(file) => secrets::text(file)?.trim_end().to_owned(),
        None => arguments.subject.clone(),
    };
    let body = secrets::text(&arguments.body_file)?;
    let save = SaveDraft {
        id: draft.id,
        to: if arguments.to.is_empty() { draft.to } else { arguments.to.clone() },
        cc: if arguments.cc.is_empty() { draft.cc } else { arguments.cc.clone() },
        bcc: arguments.bcc.clone(),
        subject: if subject.is_empty() { draft.subject } else { subject },
        body: format!("{body}{}", draft.body),
    };
    engine.call(save).await?;
    if !arguments.attach.is_empty() {
        engine.attach_files(AttachFile { draft: draft.id }, arguments.attach.clone()).await?;
    }
    let reason = arguments.reason.map(|word| match word {
        ReasonWord::NotAPatient => OverrideReason::NotAPatient,
        ReasonWord::Urgent => OverrideReason::Urgent,
        ReasonWord::RecipientNeedsIt => OverrideReason::RecipientNeedsIt,
        ReasonWord::PatientAsked => OverrideReason::PatientAsked,
        ReasonWord::Other => OverrideReason::Other,
    });
    Ok(engine
        .call(Send { draft: draft.id, revision: None, reason, answered: None, note: None })
        .await?)
}

/// Runs a command about the outbox.
pub(crate) async fn outbox(
    command: Option<&OutboxCommand>,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        None => {
            let rows = engine.call(ListOutbox {}).await?;
            return output.answer(&rows, |all| all.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
        Some(OutboxCommand::Retry { id }) => engine.call(RetryOutbox { id: OutboxId(*id) }).await?,
        Some(OutboxCommand::Cancel { id }) => {
            engine.call(CancelOutbox { id: OutboxId(*id) }).await?;
        }
        Some(OutboxCommand::Settle { id, arrived }) => {
            engine.call(SettleOutbox { id: OutboxId(*id), arrived: *arrived }).await?;
        }
    }
    output.answer(&true, |_| "Done.".to_owned())
}

fn line(row: &OutboxRow) -> String {
    let why = row.reason.map(|code| format!("  {code}")).unwrap_or_default();
    format!("{:>6}  {:<10} {}{why}", row.id.0, format!("{:?}", row.state), row.who)
}
