//! Folders, lists, messages, search.

use std::{fmt::Write as _, process::ExitCode, sync::Arc};

use wardmail_api::{
    ErrorCode, FolderId, MessageId,
    compose::{DraftRow, ListDrafts},
    mail::{
        Filter, FolderRole, ListFolders, ListMessages, MessagePage, MessageRow, OpenMessage,
        Person, ReaderView, SaveAttachment, SearchMessages,
    },
    words::{DAMAGED_FILE, security_line, warning_sentence},
};
use wardmail_engine::Engine;

use crate::{
    cli::{FilterWord, ListArguments, MailCommand},
    output::{Failure, Output},
};

/// Runs a command about mail.
pub(crate) async fn run(
    command: &MailCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    match command {
        MailCommand::Sync => {
            let synced = engine.sync_once().await?;
            output.answer(&synced, |s| format!("{} new, {} gone", s.added, s.removed))
        }
        MailCommand::Folders => {
            let folders = engine.call(ListFolders {}).await?;
            output.answer(&folders, |all| {
                let line = |f: &wardmail_api::mail::FolderView| {
                    format!("{:>4}  {:<24} {:>6} ({} unread)", f.id.0, f.name, f.total, f.unread)
                };
                all.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
        MailCommand::Drafts => {
            let drafts = engine.call(ListDrafts {}).await?;
            output.answer(&drafts, |all| {
                let line = |d: &DraftRow| format!("{:>6}  {:<28} {}", d.id.0, d.who, d.subject);
                all.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
        MailCommand::List(arguments) => list(arguments, engine, output).await,
        MailCommand::Show { id } => {
            let view = engine.call(OpenMessage { id: MessageId(*id) }).await?;
            output.answer(&view, show)
        }
        MailCommand::Save { id, part, out } => {
            let request = SaveAttachment { id: MessageId(*id), part: *part };
            let saved = engine.save_attachment(request, out.clone()).await?;
            output.answer(&saved, |_| "Saved.".to_owned())
        }
        MailCommand::Search { query, limit } => {
            let request = SearchMessages { query: query.clone(), before: None, limit: *limit };
            output.answer(&engine.call(request).await?, |page| rows(&page.rows))
        }
    }
}

async fn list(
    arguments: &ListArguments,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let folder = match folder(&arguments.folder, engine).await? {
        Found::Folder(folder) => folder,
        // Every account has one; before the first synchronisation, or on a server without it, it is empty.
        Found::NotThereYet => {
            let empty = MessagePage { offset: arguments.offset, total: 0, rows: Vec::new() };
            return output.answer(&empty, |page| rows(&page.rows));
        }
    };
    let filter = match arguments.filter {
        FilterWord::All => Filter::All,
        FilterWord::Unread => Filter::Unread,
        FilterWord::Starred => Filter::Starred,
        FilterWord::WithFiles => Filter::WithFiles,
        FilterWord::Sealed => Filter::Sealed,
    };
    let request = ListMessages { folder, filter, offset: arguments.offset, limit: arguments.limit };
    output.answer(&engine.call(request).await?, |page| rows(&page.rows))
}

/// What a name stands for.
enum Found {
    Folder(FolderId),
    /// One of the usual folders, which isn't known yet.
    NotThereYet,
}

async fn folder(wanted: &str, engine: &Arc<Engine>) -> Result<Found, Failure> {
    let role = match wanted.to_lowercase().as_str() {
        "inbox" => Some(FolderRole::Inbox),
        "sent" => Some(FolderRole::Sent),
        "drafts" => Some(FolderRole::Drafts),
        "archive" => Some(FolderRole::Archive),
        "junk" => Some(FolderRole::Junk),
        "trash" => Some(FolderRole::Trash),
        _ => None,
    };
    let folders = engine.call(ListFolders {}).await?;
    let found = folders.iter().find(|f| {
        role == Some(f.role)
            || (role.is_none() && (f.name == wanted || f.id.0.to_string() == wanted))
    });
    match found {
        Some(folder) => Ok(Found::Folder(folder.id)),
        None if role.is_some() => Ok(Found::NotThereYet),
        None => Err(ErrorCode::NotFound.into()),
    }
}

fn rows(rows: &[MessageRow]) -> String {
    let line = |row: &MessageRow| {
        let unread = if row.seen { " " } else { "*" };
        format!(
            "{:>12} {unread} {:<10} {:<28} {}",
            row.id.0,
            format!("{:?}", row.mark),
            row.who,
            row.subject
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn people(list: &[Person]) -> String {
    let one = |p: &Person| {
        if p.name.is_empty() { p.address.clone() } else { format!("{} <{}>", p.name, p.address) }
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn show(view: &ReaderView) -> String {
    let from = if view.from.name.is_empty() { &view.from.address } else { &view.from.name };
    let line = security_line(&view.security, from);
    let mut text = format!(
        "From: {}\nTo: {}\nSubject: {}\n\n{}\n{}\n",
        people(std::slice::from_ref(&view.from)),
        people(&view.to),
        view.subject,
        line.headline,
        line.detail,
    );
    for warning in &view.warnings {
        let _infallible = writeln!(text, "! {}", warning_sentence(*warning));
    }
    if let Some(hold) = &view.hold {
        let reason = hold.reason.as_deref().unwrap_or("no reason given");
        let _infallible = writeln!(text, "! Under legal hold by {}: {reason}", hold.by);
    }
    if view.kept {
        let _infallible = writeln!(text, "! Kept: nothing deletes it.");
    }
    if let Some(at) = view.expires {
        let _infallible = writeln!(text, "! Is deleted from this computer at {at} ms.");
    }
    if let Some(at) = view.void_since {
        let _infallible = writeln!(text, "! No longer valid since {at} ms, its sender says.");
    }
    if view.body_missing {
        let _infallible = writeln!(text, "\n{}", ErrorCode::BodyNotFetched);
    }
    let _infallible = writeln!(text, "\n{}", view.text);
    for file in &view.attachments {
        let _infallible = writeln!(text, "[{}] {} ({} bytes)", file.part, file.name, file.size);
        if file.damaged {
            let _infallible = writeln!(text, "    {DAMAGED_FILE}");
        }
    }
    text
}
