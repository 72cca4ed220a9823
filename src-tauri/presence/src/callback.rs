//! Systems that tell by calling a function, and that wait with sleep until it returns.

use std::sync::mpsc;
use std::time::Duration;

use async_channel::{Receiver, Sender};

use crate::{Signal, SleepHold};

/// Signals that wait to be taken; one more is dropped, for then a lock is due anyway.
const BACKLOG: usize = 16;

/// Who hears what the system says.
#[derive(Debug, Clone)]
pub(crate) struct Ear(Sender<Signal>);

/// An ear, and where its signals come out.
pub(crate) fn line() -> (Ear, Receiver<Signal>) {
    let (tell, signals) = async_channel::bounded(BACKLOG);
    (Ear(tell), signals)
}

impl Ear {
    /// Passes a signal on.
    pub(crate) fn say(&self, signal: Signal) {
        // A full line means that the mailbox is being locked already.
        if self.0.try_send(signal).is_err() {
            tracing::debug!("nobody takes the signal");
        }
    }

    /// Tells of sleep, and returns when whoever took the signal is done, or the patience ends.
    pub(crate) fn say_sleep(&self, patience: Duration) {
        let (awake, let_go) = mpsc::channel::<()>();
        self.say(Signal::GoingToSleep(SleepHold::of(awake)));
        // Nothing is ever sent: it ends when the other end is dropped.
        let _ended = let_go.recv_timeout(patience);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// As long as a test would never wait.
    const LONG: Duration = Duration::from_hours(24);

    #[test]
    fn sleep_waits_until_the_hold_is_dropped() {
        let (ear, signals) = line();
        let told = thread::spawn(move || ear.say_sleep(LONG));
        let signal = signals.recv_blocking().unwrap();
        assert!(matches!(signal, Signal::GoingToSleep(_)));
        assert!(!told.is_finished());
        drop(signal);
        told.join().unwrap();
    }

    #[test]
    fn sleep_waits_for_nobody_who_does_not_listen_and_no_longer_than_it_may() {
        let (ear, signals) = line();
        ear.say_sleep(Duration::ZERO);
        assert_eq!(signals.len(), 1);
        for _ in 1..BACKLOG {
            ear.say(Signal::Idle);
        }
        ear.say_sleep(LONG);
        assert_eq!(signals.len(), BACKLOG);
        drop(signals);
        ear.say_sleep(LONG);
    }
}
