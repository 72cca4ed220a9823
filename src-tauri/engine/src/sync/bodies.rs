//! Bodies of one folder: fetched newest first, what the owner waits for before all.
//!
//! One body that can't be got must not keep all others from coming, and some servers hang up on whoever asks for
//! such a one. So when a batch fails and the server can be reached again, its messages are asked for one by one;
//! one that fails twice is given up until the owner opens it.

use std::{collections::BTreeSet, sync::Arc};

use wardmail_api::{AppEvent, FolderId};
use wardmail_store::{self as store, BodyState, MessageId, MissingBody};
use wardmail_transport::{BodyBytes, ImapClient, Uid, Wanted};

use super::{connect, folder_name};
use crate::{error::Error, index, session::Session};

/// Bodies asked for at once.
const BODIES: u32 = 200;
/// The largest message that is fetched by itself, in bytes.
const BODY_BYTES: u64 = 50 * 1024 * 1024;
/// Messages asked for one by one after a batch failed: as many as may have been in flight.
const DOUBTFUL: usize = 100;
/// Tries of one message.
const TRIES: u32 = 2;
/// Failures in one folder after which this round ends.
const FAILURES: u32 = 10;

/// Where bodies are fetched from, and for whom.
#[derive(Clone, Copy)]
pub(super) struct From<'a> {
    pub(super) session: &'a Arc<Session>,
    pub(super) account: &'a store::Account,
    pub(super) folder: &'a store::Folder,
}

/// A folder's bodies on their way.
struct Fetching<'a> {
    from: From<'a>,
    client: &'a mut ImapClient,
    /// What the owner waits for.
    wanted: &'a [MessageId],
    /// Messages that were fetched, for whoever watches.
    done: u32,
    failures: u32,
}

/// Fetches the bodies that are missing, those in `wanted` before all.
pub(super) async fn fetch(
    from: From<'_>,
    wanted: &[MessageId],
    client: &mut ImapClient,
) -> Result<(), Error> {
    let From { session, folder, .. } = from;
    let mut fetching = Fetching { from, client, wanted, done: 0, failures: 0 };
    fetching.take_up_what_is_waited_for().await?;
    let mut missing = fetching.missing().await?;
    if missing.is_empty() {
        return Ok(());
    }
    fetching.open().await?;
    while !missing.is_empty() {
        fetching.all(&missing).await?;
        session.tell(AppEvent::FolderChanged { folder: FolderId(folder.id.get()) });
        missing = fetching.missing().await?;
    }
    Ok(())
}

impl Fetching<'_> {
    /// What was given up before is tried again if the owner opened it.
    async fn take_up_what_is_waited_for(&self) -> Result<(), Error> {
        if self.wanted.is_empty() {
            return Ok(());
        }
        let (folder, wanted) = (self.from.folder.id, self.wanted.to_vec());
        self.from
            .session
            .write(move |dao| {
                for id in wanted {
                    let row = dao.message_row(id).ok().filter(|row| row.folder == folder);
                    if row.is_some_and(|row| row.body_state == BodyState::Failed) {
                        dao.set_body_state(id, BodyState::HeaderOnly)?;
                    }
                }
                Ok(())
            })
            .await
    }

    async fn missing(&self) -> Result<Vec<MissingBody>, Error> {
        let id = self.from.folder.id;
        let missing = move |dao: &store::ReadDao<'_>| Ok(dao.missing_bodies(id, BODIES)?);
        let mut missing = self.from.session.read(missing).await?;
        missing.sort_by_key(|m| !self.wanted.contains(&m.id));
        Ok(missing)
    }

    async fn open(&mut self) -> Result<(), Error> {
        self.client.examine(&folder_name(self.from.folder)?).await?;
        Ok(())
    }

    /// Connects again after a failure. If that fails too, it was not a message's fault.
    async fn reopen(&mut self, failure: Error) -> Result<(), Error> {
        failure.log("fetch bodies");
        self.failures = self.failures.saturating_add(1);
        if self.failures > FAILURES {
            return Err(failure);
        }
        // Boxed: it is rare, and holds a whole conversation.
        let connecting = Box::pin(connect(self.from.session, self.from.account));
        *self.client = connecting.await?;
        self.open().await
    }

    /// Fetches these, or finds out which of them can't be got.
    async fn all(&mut self, missing: &[MissingBody]) -> Result<(), Error> {
        let (came, failure) = self.batch(missing).await?;
        let left = missing.iter().filter(|m| !came.contains(&m.id));
        let Some(failure) = failure else {
            // The server leaves them out: expunged meanwhile, which the next round finds out, or not to be got.
            for one in left {
                self.give_up(one.id).await?;
            }
            return Ok(());
        };
        self.reopen(failure).await?;
        for one in left.take(DOUBTFUL) {
            self.one(one).await?;
        }
        Ok(())
    }

    async fn one(&mut self, one: &MissingBody) -> Result<(), Error> {
        for _ in 0..TRIES {
            match self.batch(std::slice::from_ref(one)).await? {
                (came, None) if came.contains(&one.id) => return Ok(()),
                (_, None) => break,
                (_, Some(failure)) => self.reopen(failure).await?,
            }
        }
        self.give_up(one.id).await
    }

    async fn give_up(&self, id: MessageId) -> Result<(), Error> {
        let state =
            move |dao: &mut store::WriteDao<'_>| Ok(dao.set_body_state(id, BodyState::Failed)?);
        self.from.session.write(state).await
    }

    /// Asks for these messages; says which came, and what ended it if the server did.
    async fn batch(
        &mut self,
        missing: &[MissingBody],
    ) -> Result<(BTreeSet<MessageId>, Option<Error>), Error> {
        let wanted: Vec<Wanted> = missing.iter().filter_map(wanted).collect();
        let bulk = wanted.len() > 20;
        let mut came = BTreeSet::new();
        let mut fetch = self.client.bodies(&wanted, BODY_BYTES)?;
        loop {
            let bodies = match fetch.next_batch().await {
                Ok(Some(bodies)) => bodies,
                Ok(None) => return Ok((came, None)),
                Err(error) => return Ok((came, Some(error.into()))),
            };
            for body in bodies {
                let Some(found) = missing.iter().find(|m| m.uid == body.uid.get()) else {
                    continue;
                };
                keep(self.from.session, found.id, body.bytes, bulk).await?;
                came.insert(found.id);
                self.done = self.done.saturating_add(1);
            }
            let total = self.done.saturating_add(small(missing.len().saturating_sub(came.len())));
            self.from.session.tell(AppEvent::Syncing { done: self.done, total });
        }
    }
}

/// Keeps what came. What can't be read or kept is marked, and stands in nobody's way.
async fn keep(session: &Session, id: MessageId, bytes: BodyBytes, bulk: bool) -> Result<(), Error> {
    let state = match bytes {
        BodyBytes::TooLarge => BodyState::TooLarge,
        BodyBytes::Whole(raw) => match index::store_body(session, id, raw, bulk).await {
            Err(error @ (Error::Internal(_) | Error::Store(store::Error::TooLarge))) => {
                error.log("keep body");
                BodyState::Failed
            }
            done => return done,
        },
    };
    session.write(move |dao| Ok(dao.set_body_state(id, state)?)).await
}

fn wanted(missing: &MissingBody) -> Option<Wanted> {
    Some(Wanted {
        uid: Uid::new(missing.uid)?,
        size: u32::try_from(missing.size).unwrap_or(u32::MAX),
    })
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
