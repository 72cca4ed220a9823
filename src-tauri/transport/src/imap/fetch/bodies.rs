//! Owns fetching whole messages: small ones many at a time, large ones in slices. Must not parse them.

use std::collections::{BTreeMap, VecDeque};

use async_imap::imap_proto::{AttributeValue, Response};

use super::DEPTH;
use crate::fail_points::hit;
use crate::imap::session::{Budget, Session};
use crate::imap::{ImapError, Uid, UidSet};
use crate::wire::Limits;

/// How much of a message one command asks for. A server's RFC822.SIZE may be wrong, so every fetch is cut there.
const SLICE: u32 = 1024 * 1024;
/// How many messages one command asks for at most, and how many bytes of them.
const BATCH: usize = 50;
const BATCH_BYTES: u64 = 1024 * 1024;
/// What stands around a literal, generously.
const AROUND: u64 = 4096;

/// A message to fetch, and its size as the server says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which message.
    pub uid: Uid,
    /// Its size in bytes, from [`super::Headers`]; only for planning.
    pub size: u32,
}

/// A fetched message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Which message.
    pub uid: Uid,
    /// Its bytes.
    pub bytes: BodyBytes,
}

/// A message's bytes, or why there are none.
#[derive(Clone, PartialEq, Eq)]
pub enum BodyBytes {
    /// The whole message exactly as the server has it.
    Whole(Vec<u8>),
    /// The message is larger than the caller's cap.
    TooLarge,
}

impl std::fmt::Debug for BodyBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::TooLarge => f.write_str("TooLarge"),
        }
    }
}

/// Messages on their way. Dropping it before the last batch leaves the connection unusable.
#[derive(Debug)]
pub struct BodyFetch<'a> {
    session: &'a mut Session,
    cap: u64,
    waiting: VecDeque<Job>,
    asked: VecDeque<(UidSet, Budget)>,
    /// A server may answer several commands at once, and say so only then: what came for later batches.
    early: BTreeMap<Uid, Vec<u8>>,
}

#[derive(Debug)]
enum Job {
    /// Small messages, together.
    Batch(Vec<Wanted>),
    /// One message from where it was cut on.
    Rest(Uid, Vec<u8>),
}

impl<'a> BodyFetch<'a> {
    pub(in crate::imap) fn new(session: &'a mut Session, wanted: &[Wanted], cap: u64) -> Self {
        Self { session, cap, waiting: plan(wanted), asked: VecDeque::new(), early: BTreeMap::new() }
    }

    /// The next messages, each whole; `None` after the last. Messages that are gone are left out.
    ///
    /// # Errors
    /// `ImapError`; the connection is unusable then.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Body>>, ImapError> {
        if hit("imap::between_batches") {
            return Err(ImapError::Lost);
        }
        if self.asked.is_empty() && self.session.is_poisoned() {
            return Err(ImapError::Poisoned);
        }
        loop {
            self.ask().await?;
            if self.asked.is_empty() {
                return match self.waiting.pop_front() {
                    Some(Job::Rest(uid, have)) => self.rest(uid, have).await.map(Some),
                    Some(Job::Batch(_)) | None => Ok(None),
                };
            }
            let bodies = self.receive().await?;
            if !bodies.is_empty() || (self.asked.is_empty() && self.waiting.is_empty()) {
                return Ok(Some(bodies));
            }
        }
    }

    /// Asks ahead, but for nothing behind a message in slices: its next slice must be the next answer.
    async fn ask(&mut self) -> Result<(), ImapError> {
        while self.asked.len() < DEPTH
            && matches!(self.waiting.front(), Some(Job::Batch(_)))
            && let Some(Job::Batch(batch)) = self.waiting.pop_front()
        {
            let Some(set) = UidSet::of(batch.iter().map(|wanted| wanted.uid)) else { continue };
            let budget = budget(&batch);
            let line = format!("UID FETCH {set} (UID BODY.PEEK[]<0.{SLICE}>)");
            self.session.start("FETCH", &line, budget).await?;
            self.asked.push_back((set, budget));
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<Vec<Body>, ImapError> {
        let Some((set, budget)) = self.asked.front() else { return Ok(Vec::new()) };
        let (asked, early) = (&self.asked, &mut self.early);
        let done = self
            .session
            .finish(*budget, |response| {
                if let Some((uid, data)) = slice(response, 0)
                    && asked.iter().any(|(set, _)| set.contains(uid))
                {
                    early.entry(uid).or_insert_with(|| data.to_vec());
                }
                Ok(())
            })
            .await;
        if let Err(error) = done {
            self.session.poison();
            return Err(error);
        }
        let slices: Vec<(Uid, Vec<u8>)> =
            early.extract_if(.., |uid, _| set.contains(*uid)).collect();
        self.asked.pop_front();
        let mut bodies = Vec::with_capacity(slices.len());
        for (uid, bytes) in slices {
            if bytes.len() >= SLICE as usize {
                self.waiting.push_front(Job::Rest(uid, bytes));
            } else {
                bodies.push(Body { uid, bytes: self.capped(bytes) });
            }
        }
        Ok(bodies)
    }

    /// Fetches slice after slice until one is short: that is the end, whatever size was told.
    async fn rest(&mut self, uid: Uid, mut have: Vec<u8>) -> Result<Vec<Body>, ImapError> {
        loop {
            if hit("imap::between_batches") {
                return Err(ImapError::Lost);
            }
            let Ok(offset) = u32::try_from(have.len()) else {
                return Ok(vec![Body { uid, bytes: BodyBytes::TooLarge }]);
            };
            if u64::from(offset) > self.cap {
                return Ok(vec![Body { uid, bytes: BodyBytes::TooLarge }]);
            }
            let line = format!("UID FETCH {} (UID BODY.PEEK[]<{offset}.{SLICE}>)", uid.get());
            let mut next: Option<Vec<u8>> = None;
            let budget = budget(&[Wanted { uid, size: SLICE }]);
            self.session
                .run("FETCH", &line, budget, |response| {
                    if let Some((found, data)) = slice(response, offset)
                        && found == uid
                    {
                        next = Some(data.to_vec());
                    }
                    Ok(())
                })
                .await?;
            // Gone in the middle: no part is given out.
            let Some(next) = next else { return Ok(Vec::new()) };
            have.extend_from_slice(&next);
            if next.len() < SLICE as usize {
                return Ok(vec![Body { uid, bytes: self.capped(have) }]);
            }
        }
    }

    fn capped(&self, bytes: Vec<u8>) -> BodyBytes {
        if bytes.len() as u64 > self.cap { BodyBytes::TooLarge } else { BodyBytes::Whole(bytes) }
    }
}

fn budget(batch: &[Wanted]) -> Budget {
    let told = batch.iter().map(|wanted| u64::from(wanted.size.min(SLICE))).sum::<u64>();
    // Batches overlap on the wire: what is allowed counts for all that are in flight.
    let each = u64::from(SLICE).saturating_add(AROUND);
    let answer = each.saturating_mul((BATCH.saturating_mul(DEPTH)) as u64);
    Budget {
        limits: Limits { literal: Some(u64::from(SLICE)), answer, ..Limits::IMAP },
        expected: told,
    }
}

/// Cuts the list, in its order, into commands.
fn plan(wanted: &[Wanted]) -> VecDeque<Job> {
    let mut jobs: VecDeque<Job> = VecDeque::new();
    let mut bytes = 0_u64;
    for message in wanted {
        if message.size >= SLICE {
            jobs.push_back(Job::Rest(message.uid, Vec::new()));
            continue;
        }
        let size = u64::from(message.size);
        match jobs.back_mut() {
            Some(Job::Batch(batch))
                if batch.len() < BATCH && bytes.saturating_add(size) <= BATCH_BYTES =>
            {
                batch.push(*message);
                bytes = bytes.saturating_add(size);
            }
            _ => {
                jobs.push_back(Job::Batch(vec![*message]));
                bytes = size;
            }
        }
    }
    jobs
}

/// The UID and the bytes from `offset` on, if the response is that slice of a message.
fn slice<'r>(response: &'r Response<'_>, offset: u32) -> Option<(Uid, &'r [u8])> {
    let Response::Fetch(_, attributes) = response else { return None };
    let (mut uid, mut bytes) = (None, None);
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(value) => uid = Uid::new(*value),
            AttributeValue::BodySection { section: None, index, data }
                if index.unwrap_or(0) == offset =>
            {
                // Past the end some servers say NIL, others the empty string.
                bytes = Some(data.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    Some((uid?, bytes?))
}

#[cfg(test)]
mod tests;
