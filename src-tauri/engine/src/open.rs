//! Opens a message in the reader, and takes files out of it.

use std::{path::PathBuf, sync::Arc};

use wardmail_api::{
    ApiError, AppEvent, FolderId, MessageId,
    keeping::HoldView,
    mail::{
        AttachmentView, Encryption, HeaderProtection, OpenMessage, Person, ReaderView,
        SaveAttachment, SavedView, Security, Signature, Unreadable,
    },
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_message as message;
use wardmail_store::{self as store, Mark};

use crate::{
    clock,
    door::{Guard, InSession},
    engine::Engine,
    error::Error,
    evidence::opaque,
    files, index, lists,
    reading::Reading,
    retention::Rules,
    session::Session,
};

/// The code of an entry that says that a file was saved which had not arrived whole.
pub(crate) const SAVED_DAMAGED: &str = "attachment.damaged";

/// Messages of a thread shown beside the opened one.
const THREAD: usize = 50;

fn person(address: &message::Address) -> Person {
    Person { name: address.name.clone().unwrap_or_default(), address: address.email.clone() }
}

impl InSession for OpenMessage {
    async fn answer_in(self, session: &Arc<Session>) -> Result<ReaderView, Error> {
        let id = store::MessageId::new(self.id.0);
        let (row, folder, has_body) = session
            .read(move |dao| {
                if dao.is_deleted(id)? {
                    return Err(Error::NotFound);
                }
                let row = dao.message_row(id)?;
                let folder = dao.folder(row.folder)?;
                Ok((row, folder, dao.has_body(id)?))
            })
            .await?;
        let beside = Beside {
            thread: thread_of(session, &row, folder.role).await?,
            hold: Rules::now(session).await?.hold(&folder),
        };
        if !has_body {
            if let Ok(mut wanted) = session.wanted.lock() {
                wanted.push(id);
            }
            session.wake_sync.notify_one();
            return Ok(header_view(row, beside));
        }
        let raw = session.read(move |dao| Ok(dao.raw(id)?)).await?;
        let mut reading = session.read_message(raw.clone()).await?;
        record_view(session, &row, &reading).await;
        if index::security(&reading) != row.security
            || index::is_stale(&row, session.site().await?.ruleset)
        {
            // A certificate or key that came since changes what the message is worth, newer rules what it says of patients.
            match index::derive_again(session, id, raw).await {
                Ok(()) => {
                    session.tell(AppEvent::FolderChanged { folder: FolderId(row.folder.get()) });
                }
                // A full disk doesn't keep anybody from reading.
                Err(error) => error.log("index"),
            }
        }
        let page = reading.page.take();
        let blocked = page.as_ref().map_or(0, |page| page.blocked);
        if let Some(page) = &page {
            reading.attachments.retain(|file| !page.shown.contains(&file.part.0));
        }
        let frame = match page {
            Some(page) => {
                Some(format!("mailview://localhost/{}", session.frames.add(page.html).await))
            }
            None => None,
        };
        Ok(view(row, reading, frame, blocked, beside))
    }
}

/// What stands beside a message in the reader.
struct Beside {
    thread: Vec<wardmail_api::mail::MessageRow>,
    hold: Option<HoldView>,
}

/// Since when a message doesn't hold any more; none if it does.
fn void_since(says: Option<i64>) -> Option<i64> {
    says.filter(|at| *at <= clock::now_ms())
}

async fn thread_of(
    session: &Session,
    row: &store::MessageRow,
    role: store::FolderRole,
) -> Result<Vec<wardmail_api::mail::MessageRow>, Error> {
    let (thread, own) = (row.thread, row.id);
    let rows = session.read(move |dao| Ok(dao.thread(thread)?)).await?;
    Ok(rows.into_iter().filter(|r| r.id != own).take(THREAD).map(|r| lists::row(r, role)).collect())
}

/// Records that the message was looked at, and marks it read, as one.
async fn record_view(session: &Arc<Session>, row: &store::MessageRow, reading: &Reading) {
    let (id, unread) = (row.id, !row.flags.seen);
    let event = read_event(reading).message(opaque(row.public_id));
    // What can't be recorded isn't marked read either.
    session
        .write_noted(event, move |dao| {
            if unread {
                dao.mark(id, Mark::Seen, true, clock::now_ms())?;
            }
            Ok(())
        })
        .await;
    if unread {
        session.tell(AppEvent::FolderChanged { folder: FolderId(row.folder.get()) });
        session.tell(AppEvent::FoldersChanged);
        session.wake_sync.notify_one();
    }
}

/// What the log says of a message that was read, whatever for.
pub(crate) fn read_event(reading: &Reading) -> Event {
    match (reading.security.encryption, reading.is_readable()) {
        (Encryption::Whole, true) => Event::new(EventKind::Decrypt, Outcome::Success),
        (_, false) => Event::new(EventKind::DecryptFailed, Outcome::Failure),
        _ => Event::new(EventKind::View, Outcome::Success),
    }
}

fn view(
    row: store::MessageRow,
    reading: Reading,
    frame: Option<String>,
    blocked: u32,
    beside: Beside,
) -> ReaderView {
    let readable = reading.is_readable();
    let headers = &reading.headers;
    let from = headers.from.first().map_or_else(
        || Person { name: row.from.name.clone(), address: row.from.address.clone() },
        person,
    );
    let attachments = reading
        .attachments
        .iter()
        .map(|a| AttachmentView {
            part: a.part.0,
            name: a.file_name.clone(),
            media_type: a.media_type.clone(),
            size: a.size,
            damaged: !reading.is_whole(a.part),
        })
        .collect();
    ReaderView {
        id: MessageId(row.id.get()),
        folder: FolderId(row.folder.get()),
        subject: if readable { headers.subject.clone().unwrap_or_default() } else { row.subject },
        from,
        to: headers.to.iter().map(person).collect(),
        cc: headers.cc.iter().map(person).collect(),
        date: headers.date.as_ref().map_or(row.date_ms, |date| date.unix_ms),
        text: reading.text.to_string(),
        frame,
        blocked,
        attachments,
        warnings: reading.warnings.iter().copied().collect(),
        seen: true,
        flagged: row.flags.flagged,
        thread: beside.thread,
        body_missing: false,
        kept: row.kept,
        expires: row.expires_ms,
        void_since: void_since(headers.expires.map(|at| at.unix_ms).or(row.void_after_ms)),
        hold: beside.hold,
        security: reading.security,
    }
}

/// What can be shown before the body is here.
fn header_view(row: store::MessageRow, beside: Beside) -> ReaderView {
    ReaderView {
        id: MessageId(row.id.get()),
        folder: FolderId(row.folder.get()),
        subject: row.subject,
        from: Person { name: row.from.name, address: row.from.address },
        to: Vec::new(),
        cc: Vec::new(),
        date: row.date_ms,
        security: Security {
            encryption: Encryption::None,
            signature: Signature::None,
            signers: Vec::new(),
            from_matches_signer: None,
            headers: HeaderProtection::None,
            other_readers: Vec::new(),
            unreadable: Some(Unreadable::NotFetched),
            missing_keys: Vec::new(),
        },
        text: String::new(),
        frame: None,
        blocked: 0,
        attachments: Vec::new(),
        warnings: Vec::new(),
        seen: row.flags.seen,
        flagged: row.flags.flagged,
        thread: beside.thread,
        body_missing: true,
        kept: row.kept,
        expires: row.expires_ms,
        void_since: void_since(row.void_after_ms),
        hold: beside.hold,
    }
}

impl Engine {
    /// The safe name of a file on a message, to ask the user where to save it.
    ///
    /// # Errors
    /// Fails while locked, if there is no such file, or if the passphrase has to be given once more: nobody is asked where
    /// a file is to go that they may not have.
    pub async fn attachment_name(
        self: &Arc<Self>,
        request: &SaveAttachment,
    ) -> Result<String, ApiError> {
        self.know_owner(Guard::OwnerByPolicy).await.map_err(|e| e.to_api())?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        let found = session.run(attachment(&session, request)).await.map_err(|e| e.to_api())?;
        Ok(found.name)
    }

    /// Saves a file of a message where the user said, and records it.
    ///
    /// # Errors
    /// Fails while locked, if there is no such file, or if it can't be written or recorded.
    pub async fn save_attachment(
        self: &Arc<Self>,
        request: SaveAttachment,
        path: PathBuf,
    ) -> Result<SavedView, ApiError> {
        self.know_owner(Guard::OwnerByPolicy).await.map_err(|e| e.to_api())?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        let saved = session.run(async {
            let file = attachment(&session, &request).await?;
            let mut event = Event::new(EventKind::SaveAttachment, Outcome::Success)
                .message(opaque(file.message));
            if !file.whole {
                event = event.code(Code::new(SAVED_DAMAGED));
            }
            session.recorded_first(event, files::save(&session, path, file.bytes)).await
        });
        saved.await.map_err(|error| {
            error.log("save_attachment");
            error.to_api()
        })?;
        Ok(SavedView { saved: true })
    }
}

/// A file of a message.
struct File {
    message: store::PublicId,
    name: String,
    bytes: zeroize::Zeroizing<Vec<u8>>,
    whole: bool,
}

async fn attachment(session: &Session, request: &SaveAttachment) -> Result<File, Error> {
    let id = store::MessageId::new(request.id.0);
    let (public_id, raw) =
        session.read(move |dao| Ok((dao.message_row(id)?.public_id, dao.raw(id)?))).await?;
    let reading = session.read_message(raw).await?;
    let (name, bytes) = reading.attachment(request.part).ok_or(Error::NotFound)?;
    let whole = reading.is_whole(message::PartId(request.part));
    Ok(File { message: public_id, name, bytes, whole })
}

#[cfg(test)]
mod tests;
