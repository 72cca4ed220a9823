//! Linux: one thread that listens to both buses and tries again when one of them goes away.

mod desktop;
mod login;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use async_channel::{Receiver, Sender};
use async_io::Timer;
use futures_util::future::{Either, select};
use futures_util::stream::BoxStream;
use zbus::connection::Builder;
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::{Buses, Coverage, Signal};

/// Signals that wait to be taken; one more is dropped, for then a lock is due anyway.
const BACKLOG: usize = 16;
/// Messages of one kind that wait to be looked at.
const QUEUED: usize = 32;
/// The wait before a bus that went away is tried again; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// How long a bus or a daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listens until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    signals: Receiver<Signal>,
    covered: Arc<Covered>,
}

/// [`Coverage`], shared with the listening thread.
#[derive(Debug, Default)]
struct Covered(AtomicU8);

const SESSION: u8 = 1;
const SCREEN_SAVER: u8 = 2;
const SLEEP: u8 = 4;
const LID: u8 = 8;

impl Watcher {
    /// Starts to listen. It never fails: what can't be listened to is tried again, and [`Watcher::coverage`] tells.
    pub fn start(buses: Buses) -> Self {
        let (tell, signals) = async_channel::bounded(BACKLOG);
        let covered = Arc::<Covered>::default();
        listen("presence-system", &tell, &covered, Bus::System(buses.system));
        listen("presence-session", &tell, &covered, Bus::Session(buses.session));
        Self { signals, covered }
    }

    /// Waits for the next signal; `None` once nothing listens any more.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await.ok()
    }

    /// Says what is listened to at present.
    pub fn coverage(&self) -> Coverage {
        let bits = self.covered.0.load(Ordering::SeqCst);
        Coverage {
            session: bits & SESSION != 0,
            screen_saver: bits & SCREEN_SAVER != 0,
            sleep: bits & SLEEP != 0,
            lid: bits & LID != 0,
        }
    }
}

/// Which bus, and where.
enum Bus {
    System(Option<String>),
    Session(Option<String>),
}

/// Who hears what one bus says.
struct Ear {
    tell: Sender<Signal>,
    covered: Arc<Covered>,
}

impl Ear {
    fn say(&self, signal: Signal) {
        // A full line means that the mailbox is being locked already.
        if self.tell.try_send(signal).is_err() {
            tracing::debug!("nobody takes the signal");
        }
    }

    fn covers(&self, bits: u8) {
        self.covered.0.fetch_or(bits, Ordering::SeqCst);
    }

    fn covers_no_more(&self, bits: u8) {
        self.covered.0.fetch_and(!bits, Ordering::SeqCst);
    }
}

fn listen(name: &str, tell: &Sender<Signal>, covered: &Arc<Covered>, bus: Bus) {
    let ear = Ear { tell: tell.clone(), covered: Arc::clone(covered) };
    let started = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || async_io::block_on(keep_listening(&ear, &bus)));
    if let Err(error) = started {
        tracing::error!(%error, "no thread to listen on");
    }
}

/// Listens until nobody takes the signals any more.
async fn keep_listening(ear: &Ear, bus: &Bus) {
    let mut wait = FIRST_WAIT;
    loop {
        let Some(connected) = unless_closed(ear, listen_once(ear, bus)).await else { return };
        ear.covers_no_more(match bus {
            Bus::System(_) => SESSION | SLEEP | LID,
            Bus::Session(_) => SCREEN_SAVER,
        });
        wait = if connected { FIRST_WAIT } else { wait.saturating_mul(2).min(LONGEST_WAIT) };
        if unless_closed(ear, Timer::after(wait)).await.is_none() {
            return;
        }
    }
}

/// Listens until the bus goes away; says whether it was there at all.
async fn listen_once(ear: &Ear, bus: &Bus) -> bool {
    let Ok(connection) = bus.connect().await else { return false };
    let ended = match bus {
        Bus::System(_) => login::listen(ear, &connection).await,
        Bus::Session(_) => desktop::listen(ear, &connection).await,
    };
    if ended.is_err() {
        tracing::debug!("a bus can't be listened to");
    }
    true
}

/// Works until the watcher is dropped; then there is no answer.
async fn unless_closed<T>(ear: &Ear, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(ear.tell.closed()), pin!(work)).await {
        Either::Left(_) => None,
        Either::Right((done, _)) => Some(done),
    }
}

impl Bus {
    async fn connect(&self) -> zbus::Result<Connection> {
        let builder = match self {
            Self::System(None) => Builder::system(),
            Self::Session(None) => Builder::session(),
            Self::System(Some(address)) | Self::Session(Some(address)) => {
                Builder::address(address.as_str())
            }
        };
        builder?.method_timeout(PATIENCE).build().await
    }
}

/// The messages that fit `rule`; the stream ends with the connection.
async fn messages(
    connection: &Connection,
    rule: MatchRule<'static>,
) -> zbus::Result<BoxStream<'static, zbus::Result<Message>>> {
    let stream = MessageStream::for_match_rule(rule, connection, Some(QUEUED)).await?;
    Ok(Box::pin(stream))
}
