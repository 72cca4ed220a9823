//! What the owner must be told and can't miss: kept in the mailbox until it was read.

use std::sync::Arc;

use wardmail_api::session::{DismissNotices, Notice};
use wardmail_store::{ReadDao, WriteDao};

use crate::{door::InSession, error::Error, session::Session};

const NOTICES: &str = "access.notices";
/// More are not kept: the log has all of them.
const MOST: usize = 50;

/// What the owner hasn't been told yet, oldest first.
pub(crate) fn pending(dao: &ReadDao<'_>) -> Result<Vec<Notice>, Error> {
    let json = dao.setting(NOTICES)?;
    // A list that can't be read was written by a later version; it must not keep the owner out.
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// Adds one, in the transaction of what it tells.
pub(crate) fn add(dao: &mut WriteDao<'_>, notice: Notice) -> Result<(), Error> {
    let mut notices = pending(dao)?;
    if notices.len() < MOST && notices.last() != Some(&notice) {
        notices.push(notice);
    }
    let json = serde_json::to_string(&notices).map_err(|_| Error::Internal("notices"))?;
    Ok(dao.set_setting(NOTICES, &json)?)
}

/// Takes the last one back: what it tells didn't come about.
pub(crate) fn take_back(dao: &mut WriteDao<'_>, notice: &Notice) -> Result<(), Error> {
    let mut notices = pending(dao)?;
    if notices.last() != Some(notice) {
        return Ok(());
    }
    notices.pop();
    let json = serde_json::to_string(&notices).map_err(|_| Error::Internal("notices"))?;
    Ok(dao.set_setting(NOTICES, &json)?)
}

impl InSession for DismissNotices {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        session.write(|dao| Ok(dao.remove_setting(NOTICES)?)).await
    }
}
