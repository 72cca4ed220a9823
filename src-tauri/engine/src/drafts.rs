//! Drafts: begun, saved, given files, answered from.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};
use wardmail_api::{
    ApiError, DraftAttachmentId, DraftId, ErrorCode, MessageId,
    compose::{
        AttachFile, DiscardDraft, DraftAttachmentView, DraftKind, DraftRow, DraftSaved, DraftView,
        ListDrafts, NewDraft, OpenDraft, RecipientSuggestion, RemoveAttachment, SaveDraft,
        SuggestRecipients,
    },
    mail::{Encryption, Unreadable},
};
use wardmail_message::{self as message, ReplyScope};
use wardmail_store::{self as store, DraftContent, NewAttachment};

use crate::{
    accounts, clock,
    door::InSession,
    engine::Engine,
    error::Error,
    evidence::opaque,
    files::{self, ATTACHMENT_BYTES},
    open::read_event,
    reading::Reading,
    session::Session,
};

/// Suggestions shown at once.
const SUGGESTIONS: usize = 8;
/// Recipients of one draft.
const RECIPIENTS: usize = 500;
/// Bytes of subject and text together.
const TEXT_BYTES: usize = 4 * 1024 * 1024;

/// What a draft remembers beside its text.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Thread {
    pub(crate) answers_sealed: bool,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
}

impl Thread {
    /// Reads what a draft remembers.
    pub(crate) fn of(content: &DraftContent) -> Self {
        serde_json::from_str(&content.options).unwrap_or_default()
    }
}

/// A recipient as typed: an address if it is one, else the words as they stand.
pub(crate) fn typed_to_stored(typed: &[String]) -> Vec<store::Address> {
    typed
        .iter()
        .map(|text| match parse_one(text) {
            Some(address) => {
                store::Address { name: address.name.unwrap_or_default(), address: address.email }
            }
            None => store::Address { name: String::new(), address: text.trim().to_owned() },
        })
        .collect()
}

/// The one address in a text, if it is one.
pub(crate) fn parse_one(text: &str) -> Option<message::Address> {
    let mut found = message::parse_address_list(text).into_iter();
    match (found.next(), found.next()) {
        (Some(Ok(address)), None) => Some(address),
        _ => None,
    }
}

/// A stored recipient as it is typed.
pub(crate) fn stored_to_typed(stored: &[store::Address]) -> Vec<String> {
    stored.iter().map(|a| written(&a.name, &a.address)).collect()
}

fn written(name: &str, address: &str) -> String {
    if name.is_empty() {
        address.to_owned()
    } else if name.contains(['"', ',', '<', '>', ';', ':', '@', '(', ')']) {
        format!("\"{}\" <{address}>", name.replace(['"', '\\'], ""))
    } else {
        format!("{name} <{address}>")
    }
}

const fn kind_to_api(kind: store::DraftKind) -> DraftKind {
    match kind {
        store::DraftKind::New => DraftKind::New,
        store::DraftKind::Reply => DraftKind::Reply,
        store::DraftKind::ReplyAll => DraftKind::ReplyAll,
        store::DraftKind::Forward => DraftKind::Forward,
    }
}

const fn kind_to_store(kind: DraftKind) -> store::DraftKind {
    match kind {
        DraftKind::New => store::DraftKind::New,
        DraftKind::Reply => store::DraftKind::Reply,
        DraftKind::ReplyAll => store::DraftKind::ReplyAll,
        DraftKind::Forward => store::DraftKind::Forward,
    }
}

fn view(draft: store::Draft, attachments: Vec<store::DraftAttachment>) -> DraftView {
    let content = draft.content;
    DraftView {
        id: DraftId(draft.id.get()),
        kind: kind_to_api(content.kind),
        answers_sealed: Thread::of(&content).answers_sealed,
        to: stored_to_typed(&content.to),
        cc: stored_to_typed(&content.cc),
        bcc: stored_to_typed(&content.bcc),
        subject: content.subject,
        body: content.body,
        attachments: attachments
            .into_iter()
            .map(|a| DraftAttachmentView {
                id: DraftAttachmentId(a.id.get()),
                name: a.name,
                media_type: a.mime_type,
                size: a.size,
            })
            .collect(),
        updated: draft.updated_ms,
    }
}

/// A draft as shown.
pub(crate) async fn load(session: &Session, id: store::DraftId) -> Result<DraftView, Error> {
    session.read(move |dao| Ok(view(dao.draft(id)?, dao.attachments(id)?))).await
}

impl InSession for NewDraft {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftView, Error> {
        let mut content = DraftContent::new(kind_to_store(self.kind));
        let mut carried = Vec::new();
        let account = accounts::first(session).await?;
        content.account = Some(account.id);
        if let Some(MessageId(of)) = self.of {
            let source = store::MessageId::new(of);
            content.source = Some(source);
            let raw = session.read(move |dao| Ok(dao.raw(source)?)).await.map_err(not_fetched)?;
            let row = session.read(move |dao| Ok(dao.message_row(source)?)).await?;
            let reading = session.read_message(raw).await?;
            // Its text goes into the draft, so it was read; whether it was opened before is another entry's matter.
            session.note(read_event(&reading).message(opaque(row.public_id))).await;
            if let Some(why) = reading.security.unreadable {
                return Err(Error::Stopped(unreadable_code(why)));
            }
            answer(&mut content, self.kind, &reading, &account.settings.address)?;
            if self.kind == DraftKind::Forward {
                carried = reading.attachments.iter().filter_map(|a| carry(&reading, a)).collect();
                let bytes: usize = carried.iter().map(|(.., bytes)| bytes.len()).sum();
                if bytes as u64 > ATTACHMENT_BYTES {
                    return Err(Error::TooLarge);
                }
            }
        }
        let id = session
            .write(move |dao| {
                let id = dao.save_draft(None, &content, clock::now_ms())?;
                for (name, media_type, bytes) in &carried {
                    dao.add_attachment(id, &NewAttachment { name, mime_type: media_type, bytes })?;
                }
                Ok(id)
            })
            .await?;
        load(session, id).await
    }
}

/// A draft that can't be changed is one that was queued.
pub(crate) fn queued(error: store::Error) -> Error {
    match error {
        store::Error::Conflict => Error::Stopped(ErrorCode::DraftQueued),
        other => other.into(),
    }
}

fn not_fetched(error: Error) -> Error {
    match error {
        Error::Store(store::Error::NotFound) => Error::BodyNotFetched,
        other => other,
    }
}

const fn unreadable_code(why: Unreadable) -> ErrorCode {
    match why {
        Unreadable::KeyMissing => ErrorCode::NotDecryptable,
        Unreadable::Damaged => ErrorCode::MessageDamaged,
        Unreadable::TooLarge => ErrorCode::MessageTooLarge,
        Unreadable::Unsupported => ErrorCode::SealUnsupported,
        Unreadable::NotFetched => ErrorCode::BodyNotFetched,
    }
}

type Carried = (String, String, zeroize::Zeroizing<Vec<u8>>);

fn carry(reading: &Reading, info: &message::AttachmentInfo) -> Option<Carried> {
    let (name, bytes) = reading.attachment(info.part.0)?;
    Some((name, info.media_type.clone(), bytes))
}

/// Fills an answer: recipients, subject, quoted text, thread. What was sealed stays sealed.
fn answer(
    content: &mut DraftContent,
    kind: DraftKind,
    reading: &Reading,
    own: &str,
) -> Result<(), Error> {
    let headers = &reading.headers;
    let subject = headers.subject.as_deref();
    let text = reading.reader_text();
    let stored = |list: Vec<message::Address>| -> Vec<store::Address> {
        list.into_iter()
            .map(|a| store::Address { name: a.name.unwrap_or_default(), address: a.email })
            .collect()
    };
    if kind == DraftKind::Forward {
        content.subject = message::forward_subject(subject);
        content.body = message::quote_forward(headers, &text);
    } else {
        let scope = if kind == DraftKind::ReplyAll { ReplyScope::All } else { ReplyScope::Author };
        let recipients = message::reply_recipients(headers, &[own], scope);
        content.to = stored(recipients.to);
        content.cc = stored(recipients.cc);
        content.subject = message::reply_subject(subject);
        content.body = format!("\n\n{}", message::quote_reply(headers, &text));
    }
    let thread = Thread {
        answers_sealed: reading.security.encryption == Encryption::Whole,
        in_reply_to: if kind == DraftKind::Forward { None } else { headers.message_id.clone() },
        references: if kind == DraftKind::Forward {
            Vec::new()
        } else {
            message::reply_references(headers)
        },
    };
    content.options = serde_json::to_string(&thread).map_err(|_| Error::Internal("draft"))?;
    Ok(())
}

impl InSession for ListDrafts {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<DraftRow>, Error> {
        let drafts = session.read(|dao| Ok(dao.drafts()?)).await?;
        Ok(drafts
            .into_iter()
            .map(|draft| DraftRow {
                id: DraftId(draft.id.get()),
                who: shown(&draft.content.to),
                subject: draft.content.subject,
                updated: draft.updated_ms,
            })
            .collect())
    }
}

/// People in one line.
pub(crate) fn shown(people: &[store::Address]) -> String {
    let name =
        |a: &store::Address| if a.name.is_empty() { a.address.clone() } else { a.name.clone() };
    people.iter().map(name).collect::<Vec<_>>().join(", ")
}

impl InSession for OpenDraft {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftView, Error> {
        load(session, store::DraftId::new(self.id.0)).await
    }
}

impl InSession for SaveDraft {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftSaved, Error> {
        let recipients = self.to.len() + self.cc.len() + self.bcc.len();
        if recipients > RECIPIENTS {
            return Err(Error::Stopped(ErrorCode::TooManyRecipients));
        }
        if self.subject.len() + self.body.len() > TEXT_BYTES {
            return Err(Error::TooLarge);
        }
        let id = store::DraftId::new(self.id.0);
        let updated = clock::now_ms();
        session
            .write(move |dao| {
                let mut content = dao.draft(id)?.content;
                content.to = typed_to_stored(&self.to);
                content.cc = typed_to_stored(&self.cc);
                content.bcc = typed_to_stored(&self.bcc);
                content.subject = self.subject;
                content.body = self.body;
                dao.save_draft(Some(id), &content, updated).map_err(queued)?;
                Ok(DraftSaved { updated })
            })
            .await
    }
}

impl InSession for DiscardDraft {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let id = store::DraftId::new(self.id.0);
        session.write(move |dao| dao.delete_draft(id).map_err(queued)).await
    }
}

impl InSession for RemoveAttachment {
    async fn answer_in(self, session: &Arc<Session>) -> Result<DraftView, Error> {
        let id = store::AttachmentId::new(self.attachment.0);
        let draft = store::DraftId::new(self.draft.0);
        session.write(move |dao| dao.remove_attachment(draft, id).map_err(queued)).await?;
        load(session, draft).await
    }
}

impl InSession for SuggestRecipients {
    async fn answer_in(self, session: &Arc<Session>) -> Result<Vec<RecipientSuggestion>, Error> {
        let wanted = self.text.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let starts = |text: &str| {
            text.to_lowercase().split([' ', '.', '@', '-']).any(|word| word.starts_with(&wanted))
                || text.to_lowercase().starts_with(&wanted)
        };
        let keys = session.keys().await;
        let now = clock::now();
        let mut found = Vec::new();
        for known in keys.book.others() {
            for address in &known.addresses {
                if starts(&known.name) || starts(address) {
                    found.push(RecipientSuggestion {
                        name: known.name.clone(),
                        address: address.clone(),
                        can_seal: known.certificate.can_encrypt(now).is_ok(),
                    });
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.address.cmp(&b.address)));
        found.dedup();
        found.truncate(SUGGESTIONS);
        Ok(found)
    }
}

impl Engine {
    /// Attaches files that the user picked.
    ///
    /// # Errors
    /// Fails while locked, or if a file can't be read or is too large; files before it are attached.
    pub async fn attach_files(
        self: &Arc<Self>,
        request: AttachFile,
        paths: Vec<PathBuf>,
    ) -> Result<DraftView, ApiError> {
        let session = self.session().await.map_err(|e| e.to_api())?;
        let id = store::DraftId::new(request.draft.0);
        let attached = session.run(async {
            for path in paths {
                let picked = files::read(&session, path).await?;
                session
                    .write(move |dao| {
                        let already: u64 = dao.attachments(id)?.iter().map(|a| a.size).sum();
                        if already + picked.bytes.len() as u64 > ATTACHMENT_BYTES {
                            return Err(Error::TooLarge);
                        }
                        let new = NewAttachment {
                            name: &picked.name,
                            mime_type: picked.media_type,
                            bytes: &picked.bytes,
                        };
                        dao.add_attachment(id, &new).map_err(queued)?;
                        Ok(())
                    })
                    .await?;
            }
            load(&session, id).await
        });
        attached.await.map_err(|error| {
            error.log("attach_file");
            error.to_api()
        })
    }
}

#[cfg(test)]
mod tests;
