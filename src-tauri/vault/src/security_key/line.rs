//! One call at a time, on a thread of its own, given up after a time or when it is cancelled.
//!
//! Keys are spoken to by calls that block until the key answers. A call that was given up goes on in its thread until the
//! key ends it by itself (some 30 seconds); the next one waits in line for that, within its own time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::SecurityKeyError;

pub(super) type Answered = Result<Zeroizing<Vec<u8>>, SecurityKeyError>;

/// The line before the keys.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Held by whoever speaks to a key.
    speaking: Arc<Mutex<()>>,
    /// Whoever waits for an answer.
    callers: Mutex<Vec<Weak<Sender<Answered>>>>,
}

impl Line {
    /// Does `job` when its turn has come; it is not begun once its caller has given up.
    pub(super) fn call(
        &self,
        patience: Duration,
        job: impl FnOnce() -> Answered + Send + 'static,
    ) -> Answered {
        let (sender, answers) = mpsc::channel();
        let caller = Arc::new(sender);
        let (wanted, speaking) = (Arc::downgrade(&caller), Arc::clone(&self.speaking));
        self.callers().push(Arc::downgrade(&caller));
        let worker = thread::Builder::new().name("security key".to_owned()).spawn(move || {
            let turn = speaking.lock().unwrap_or_else(PoisonError::into_inner);
            if wanted.upgrade().is_some() {
                // The library panics where a key answers nonsense.
                let answered = catch_unwind(AssertUnwindSafe(job));
                let answered = answered.unwrap_or(Err(SecurityKeyError::Failed));
                if let Some(caller) = wanted.upgrade() {
                    caller.send(answered).ok();
                }
            }
            drop(turn);
        });
        if worker.is_err() {
            return Err(SecurityKeyError::Failed);
        }
        let answered = answers.recv_timeout(patience);
        drop(caller);
        answered.unwrap_or(Err(SecurityKeyError::NotTouched))
    }

    /// Ends every wait.
    pub(super) fn cancel(&self) {
        for caller in self.callers().drain(..).filter_map(|caller| caller.upgrade()) {
            caller.send(Err(SecurityKeyError::Cancelled)).ok();
        }
    }

    fn callers(&self) -> MutexGuard<'_, Vec<Weak<Sender<Answered>>>> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.retain(|caller| caller.strong_count() > 0);
        callers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn gives_the_answer_or_the_error() {
        let line = Line::default();
        assert_eq!(line.call(LONG, || Ok(vec![7].into())).unwrap().as_slice(), [7]);
        let failed = line.call(LONG, || Err(SecurityKeyError::WrongKey));
        assert_eq!(failed.unwrap_err(), SecurityKeyError::WrongKey);
    }

    /// The call that is given up goes on; the one behind it is not begun before it ended.
    #[test]
    fn a_call_is_given_up_and_the_next_waits_in_line() {
        let line = Line::default();
        let (end, ended) = mpsc::channel::<()>();
        let blocked = line.call(Duration::from_millis(1), move || {
            ended.recv().ok();
            Ok(vec![1].into())
        });
        assert_eq!(blocked.unwrap_err(), SecurityKeyError::NotTouched);
        let second = line.call(Duration::from_millis(1), || panic!("not its turn"));
        assert_eq!(second.unwrap_err(), SecurityKeyError::NotTouched);
        drop(end);
        assert_eq!(line.call(LONG, || Ok(vec![3].into())).unwrap().as_slice(), [3]);
    }

    #[test]
    fn a_wait_is_cancelled() {
        let line = Line::default();
        let (begin, begun) = mpsc::channel::<()>();
        let (end, ended) = mpsc::channel::<()>();
        thread::scope(|scope| {
            let line = &line;
            scope.spawn(move || {
                begun.recv().ok();
                line.cancel();
            });
            let cancelled = line.call(LONG, move || {
                begin.send(()).ok();
                ended.recv().ok();
                Ok(Vec::new().into())
            });
            assert_eq!(cancelled.unwrap_err(), SecurityKeyError::Cancelled);
        });
        drop(end);
        line.cancel();
        assert!(line.call(LONG, || Ok(Vec::new().into())).is_ok(), "nothing waited");
    }

    #[test]
    fn a_key_that_answers_nonsense_has_failed() {
        let line = Line::default();
        let failed = line.call(LONG, || panic!("as the library does"));
        assert_eq!(failed.unwrap_err(), SecurityKeyError::Failed);
    }
}
