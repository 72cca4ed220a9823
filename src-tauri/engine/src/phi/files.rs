//! What is in the files of a draft: their text by a worker process, what was found kept with the file, so that typing stays cheap.

use std::sync::Arc;

use wardmail_api::{AppEvent, DraftAttachmentId, DraftId};
use wardmail_extract::{Extraction, Extractor};
use wardmail_phi::{Detector, Kind, Knowledge};
use wardmail_store::{self as store, DraftAttachment};

use super::{
    Files,
    known::Known,
    outcome::{IdentityKey, Outcome},
};
use crate::{error::Error, session::Session, tools};

/// What was found in each file; nothing for one that is still being checked.
pub(super) async fn checked(
    session: &Arc<Session>,
    draft: store::DraftId,
    files: Vec<DraftAttachment>,
    known: &Known,
    when: Files,
) -> Result<Vec<(DraftAttachment, Option<Outcome>)>, Error> {
    let mut all = Vec::new();
    let mut waits = false;
    for file in files {
        let mut found = kept(session, file.id, &known.stamp).await?;
        if found.is_none() && when == Files::First {
            found = Some(check(session, draft, &file, known).await?);
        }
        waits |= found.is_none();
        all.push((file, found));
    }
    if waits {
        let (held, known) = (Arc::clone(session), known.clone());
        let work = async move { check_rest(&held, draft, &known).await };
        session.beside("check_files", work);
    }
    Ok(all)
}

/// What an earlier check under the same rules and knowledge found.
async fn kept(
    session: &Session,
    id: store::AttachmentId,
    stamp: &str,
) -> Result<Option<Outcome>, Error> {
    let stamp = stamp.to_owned();
    let found = session.read(move |dao| Ok(dao.attachment_check(id, &stamp)?)).await?;
    // What can't be read back is checked again.
    Ok(found.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Checks what isn't yet, file by file, and tells after each.
async fn check_rest(
    session: &Arc<Session>,
    draft: store::DraftId,
    known: &Known,
) -> Result<(), Error> {
    let files = session.read(move |dao| Ok(dao.attachments(draft)?)).await?;
    for file in files {
        if kept(session, file.id, &known.stamp).await?.is_none() {
            check(session, draft, &file, known).await?;
            session.tell(AppEvent::FileChecked { draft: DraftId(draft.get()) });
        }
    }
    Ok(())
}

/// Checks a file and keeps what was found. One worker at a time; who waited for another looks first whether it did the same.
async fn check(
    session: &Arc<Session>,
    draft: store::DraftId,
    file: &DraftAttachment,
    known: &Known,
) -> Result<Outcome, Error> {
    let _alone = session.checking.lock().await;
    if let Some(found) = kept(session, file.id, &known.stamp).await? {
        return Ok(found);
    }
    let id = file.id;
    let bytes = session.read(move |dao| Ok(dao.attachment_bytes(id)?)).await?;
    let bytes = zeroize::Zeroizing::new(bytes);
    let tell = |progress: wardmail_extract::Progress| {
        session.tell(AppEvent::CheckingFile {
            draft: DraftId(draft.get()),
            attachment: DraftAttachmentId(id.get()),
            done: progress.done,
            total: progress.of,
        });
    };
    let extraction = Extractor::this_program().extract(&file.name, &bytes, tell).await;
    let detector = Arc::clone(&session.detector);
    let (knowledge, key) = (known.for_files.clone(), session.identity_key());
    let outcome = session.cpu(move || examine(&detector, extraction, &knowledge, &key)).await?;
    let json = serde_json::to_string(&outcome).map_err(|_| Error::Internal("outcome"))?;
    let stamp = known.stamp.clone();
    session.write(move |dao| Ok(dao.keep_attachment_check(id, &stamp, &json)?)).await?;
    Ok(outcome)
}

/// Scans what was taken out of a file, its name and the names in it.
fn examine(
    detector: &Detector,
    extraction: Extraction,
    knowledge: &Knowledge,
    key: &IdentityKey,
) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.unread = extraction.unread;
    let names = extraction.names.into_iter().map(|name| tools::spaced(&name));
    for text in names.chain(extraction.texts.into_iter().map(|text| text.text)) {
        let scan = detector.scan(&text, Kind::File, knowledge);
        outcome.merge(Outcome::of(&text, &scan, key));
    }
    outcome
}
