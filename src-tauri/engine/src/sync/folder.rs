//! One folder: heads of new messages, flags, what is gone.

use std::{collections::BTreeSet, sync::Arc};

use wardmail_api::{AppEvent, FolderId};
use wardmail_message::{self as message, Limits};
use wardmail_store::{
    self as store, Flags, FolderState, LeftOut, NewMessage, Placement, RemovedBy, ServerFlags,
};
use wardmail_transport::{Flag, Headers, ImapClient, Selected, Uid};

use super::{Gained, batch, folder_name};
use crate::{clock, error::Error, retention::Rules, session::Session};

/// Heads stored in one transaction.
const HEADS: usize = 500;

/// Brings heads, flags and deletions up to date.
pub(super) async fn heads(
    session: &Arc<Session>,
    folder: &store::Folder,
    client: &mut ImapClient,
) -> Result<Gained, Error> {
    let id = folder.id;
    let selected = client.select(&folder_name(folder)?).await?;
    let validity = selected.uid_validity.0;
    if folder.state.uidvalidity != Some(validity) {
        session.write(move |dao| Ok(dao.uidvalidity_changed(id, validity)?)).await?;
    }
    let known: BTreeSet<u32> =
        session.read(move |dao| Ok(dao.known_uids(id)?)).await?.into_iter().collect();
    let mod_seq = selected.highest_mod_seq.map(|m| m.0);
    let unchanged = mod_seq.is_some()
        && mod_seq == folder.state.highestmodseq
        && folder.state.uidvalidity == Some(validity)
        && selected.exists as usize == known.len();
    if unchanged {
        return Ok(Gained::default());
    }
    let present: Vec<Uid> = if selected.exists == 0 { Vec::new() } else { client.uids().await? };
    let there: BTreeSet<u32> = present.iter().map(|uid| uid.get()).collect();
    let gone: Vec<u32> = known.difference(&there).copied().collect();
    let new: Vec<Uid> = present.into_iter().filter(|uid| !known.contains(&uid.get())).collect();
    let stays = Stays::now(session, folder).await?;
    let added = fetch_heads(session, stays, client, &new, known.last().copied()).await?;
    if !known.is_empty() {
        flags(session, id, client).await?;
    }
    let removed = session
        .write(move |dao| {
            let removed = dao.expunge(id, &gone)? + dao.drop_detached(id)?;
            let state = FolderState {
                uidvalidity: Some(validity),
                uidnext: selected.uid_next.map(Uid::get),
                highestmodseq: mod_seq,
            };
            dao.set_folder_state(id, &state)?;
            batch::count(dao, Gained { added: 0, removed })?;
            Ok(removed)
        })
        .await?;
    session.tell(AppEvent::FolderChanged { folder: FolderId(id.get()) });
    session.tell(AppEvent::FoldersChanged);
    Ok(Gained { added, removed })
}

/// Whether the mailbox has what the server said of a folder: nothing came, went or changed since its heads were fetched. What
/// a server doesn't say counts as unchanged.
pub(super) fn is_as_selected(folder: &store::Folder, selected: &Selected) -> bool {
    let state = &folder.state;
    let same_next = selected.uid_next.is_none_or(|next| state.uidnext == Some(next.get()));
    let same_changes =
        selected.highest_mod_seq.is_none_or(|last| state.highestmodseq == Some(last.0));
    state.uidvalidity == Some(selected.uid_validity.0) && same_next && same_changes
}

/// The order in which new heads are fetched, and where they belong: what is newer than everything
/// here goes on top in its order; what a first round that was cut off left out goes below, the newest
/// first, as in a first round.
fn blocks(new: &[Uid], newest_known: Option<u32>) -> Vec<(&[Uid], Placement)> {
    let Some(newest) = newest_known else {
        let placement = |n| if n == 0 { Placement::Newest } else { Placement::Older };
        return new.rchunks(HEADS).enumerate().map(|(n, b)| (b, placement(n))).collect();
    };
    let (older, newer) = new.split_at(new.partition_point(|uid| uid.get() < newest));
    let newer = newer.chunks(HEADS).map(|block| (block, Placement::Newest));
    newer.chain(older.rchunks(HEADS).map(|block| (block, Placement::Older))).collect()
}

/// What of a folder may be taken in.
#[derive(Clone, Copy)]
struct Stays {
    folder: store::FolderId,
    /// What the server took in before stays away.
    floor: Option<i64>,
    /// Whether the server is to delete that too.
    on_server: bool,
}

impl Stays {
    async fn now(session: &Session, folder: &store::Folder) -> Result<Self, Error> {
        let rules = Rules::now(session).await?;
        let floor = rules.floor(folder, clock::now_ms());
        Ok(Self { folder: folder.id, floor, on_server: rules.on_server() })
    }

    fn may_stay(self, new: &NewMessage) -> bool {
        self.floor.is_none_or(|floor| new.received_ms <= 0 || new.received_ms >= floor)
    }
}

fn left_out(new: NewMessage) -> LeftOut {
    let NewMessage { uid, received_ms, message_id, size, .. } = new;
    LeftOut { uid, received_ms, message_id, size }
}

/// Fetches heads in blocks; the first time the newest first, so that today's mail is shown at once.
async fn fetch_heads(
    session: &Arc<Session>,
    stays: Stays,
    client: &mut ImapClient,
    new: &[Uid],
    newest_known: Option<u32>,
) -> Result<u64, Error> {
    let mut new = new.to_vec();
    new.sort_unstable();
    let mut added = 0;
    for (block, placement) in blocks(&new, newest_known) {
        let mut heads = Vec::with_capacity(block.len());
        let mut fetch = client.headers(block)?;
        while let Some(some) = fetch.next_batch().await? {
            heads.extend(some.iter().map(new_message));
        }
        let (mut heads, old): (Vec<_>, Vec<_>) = heads.into_iter().partition(|m| stays.may_stay(m));
        heads.sort_by_key(|m| m.uid);
        added += heads.len() as u64;
        let folder = stays.folder;
        let job = move |dao: &mut store::WriteDao<'_>| -> Result<(), Error> {
            let old: Vec<LeftOut> = old.into_iter().map(left_out).collect();
            dao.leave_out(folder, &old, RemovedBy::Policy, stays.on_server)?;
            dao.insert_headers(folder, &heads, placement)?;
            batch::count(dao, Gained { added: heads.len() as u64, removed: 0 })
        };
        if newest_known.is_none() {
            session.store.write_bulk(job).await?;
        } else {
            session.write(job).await?;
        }
        session.tell(AppEvent::FolderChanged { folder: FolderId(folder.get()) });
    }
    Ok(added)
}

fn new_message(head: &Headers) -> NewMessage {
    let (headers, _defects) = message::parse_headers(&head.bytes, &Limits::default());
    let received_ms = head.internal_date.map_or(0, jiff::Timestamp::as_millisecond);
    let address = |a: &message::Address| store::Address {
        name: a.name.clone().unwrap_or_default(),
        address: a.email.clone(),
    };
    let name = |a: &message::Address| a.name.clone().unwrap_or_else(|| a.email.clone());
    let recipients: Vec<String> = headers.to.iter().chain(&headers.cc).take(20).map(name).collect();
    NewMessage {
        uid: head.uid.get(),
        date_ms: headers.date.as_ref().map_or(received_ms, |date| date.unix_ms),
        received_ms,
        from: headers.from.first().map(address).unwrap_or_default(),
        recipients: recipients.join(", "),
        subject: headers.subject.unwrap_or_default(),
        message_id: headers.message_id.unwrap_or_default(),
        in_reply_to: headers.in_reply_to.into_iter().next().unwrap_or_default(),
        references: headers.references,
        flags: flags_of(&head.flags),
        has_attachments: false,
        security: store::Security::Unknown,
        size: head.size.into(),
        void_after_ms: headers.expires.map(|at| at.unix_ms),
    }
}

fn flags_of(flags: &[Flag]) -> Flags {
    Flags {
        seen: flags.contains(&Flag::Seen),
        answered: flags.contains(&Flag::Answered),
        flagged: flags.contains(&Flag::Flagged),
    }
}

async fn flags(
    session: &Session,
    folder: store::FolderId,
    client: &mut ImapClient,
) -> Result<(), Error> {
    let since = session.read(move |dao| Ok(dao.folder(folder)?.state.highestmodseq)).await?;
    let since = since.filter(|_| client.capabilities().condstore()).map(wardmail_transport::ModSeq);
    let said: Vec<ServerFlags> = client
        .flags(since)
        .await?
        .iter()
        .map(|state| ServerFlags { uid: state.uid.get(), flags: flags_of(&state.flags) })
        .collect();
    session.write(move |dao| Ok(dao.apply_server_flags(folder, &said)?)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(range: std::ops::RangeInclusive<u32>) -> Vec<Uid> {
        range.filter_map(Uid::new).collect()
    }

    #[test]
    fn a_first_round_begins_with_the_newest() {
        let new = uids(1..=1100);
        let blocks = blocks(&new, None);
        assert_eq!(blocks[0], (&new[600..], Placement::Newest));
        assert_eq!(blocks[1], (&new[100..600], Placement::Older));
        assert_eq!(blocks[2], (&new[..100], Placement::Older));
    }

    #[test]
    fn what_a_first_round_left_out_goes_below_what_came_since() {
        let new: Vec<Uid> = uids(1..=600).into_iter().chain(uids(1101..=1700)).collect();
        let blocks = blocks(&new, Some(1100));
        assert_eq!(blocks[0], (&new[600..1100], Placement::Newest));
        assert_eq!(blocks[1], (&new[1100..], Placement::Newest));
        assert_eq!(blocks[2], (&new[100..600], Placement::Older));
        assert_eq!(blocks[3], (&new[..100], Placement::Older));
    }
}
