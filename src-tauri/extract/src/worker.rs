//! The worker: gives up its rights, reads one question, answers, ends. Must run before the program sets anything up.

mod confine;

use std::{
    io::{self, BufWriter, Read, Write},
    panic,
    process::ExitCode,
};

use crate::{
    parse::{self, Sink, Unread, Why},
    wire::{self, Answer, Question},
};

/// The argument that makes a program the worker.
pub const WORKER_ARGUMENT: &str = "--extract-worker";

/// Runs as the worker iff the program was started as one, and returns with what it is to exit.
///
/// To be called first thing in `main`: nothing may have been opened, read or started before.
#[must_use]
pub fn run_if_worker() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let asked = arguments.next().is_some_and(|first| first == WORKER_ARGUMENT);
    (asked && arguments.next().is_none()).then(|| match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// Gives up what the worker gives up, for the test that tries what is left.
#[doc(hidden)]
pub fn give_up_rights(limits: &crate::Limits) -> io::Result<()> {
    let own_bytes = confine::before_reading()?;
    confine::before_parsing(own_bytes, limits)
}

fn run() -> io::Result<()> {
    // A message of a panic may quote the file.
    panic::set_hook(Box::new(|_| {}));
    let mut stdin = io::stdin().lock();
    let own_bytes = confine::before_reading()?;
    let question: Question = wire::read(&mut stdin)?;
    confine::before_parsing(own_bytes, &question.limits)?;
    let size = question.bytes.min(question.limits.input_bytes);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    stdin.take(size).read_to_end(&mut bytes)?;
    let mut answers = Answers { to: BufWriter::new(io::stdout().lock()), failed: None };
    if bytes.len() as u64 == question.bytes {
        parse::file(&question.name, &bytes, &question.limits, &mut answers);
    } else {
        answers.unread(Unread { part: question.name, why: Why::TooLarge });
    }
    answers.finish()
}

/// Writes what the parsers find.
struct Answers<W: Write> {
    to: BufWriter<W>,
    failed: Option<io::Error>,
}

impl<W: Write> Answers<W> {
    fn say(&mut self, answer: &Answer) {
        if self.failed.is_none()
            && let Err(error) = wire::write(&mut self.to, answer)
        {
            self.failed = Some(error);
        }
    }

    fn finish(mut self) -> io::Result<()> {
        self.say(&Answer::Done);
        match self.failed {
            Some(error) => Err(error),
            None => self.to.flush(),
        }
    }
}

impl<W: Write> Sink for Answers<W> {
    fn name(&mut self, part: &str) {
        self.say(&Answer::Name { part: part.to_owned() });
    }

    fn text(&mut self, part: &str, text: &str) {
        self.say(&Answer::Text { part: part.to_owned(), text: text.to_owned() });
    }

    fn unread(&mut self, unread: Unread) {
        self.say(&Answer::Unread(unread));
        // What is known so far reaches the caller even if the next part ends the worker.
        if self.failed.is_none() {
            self.failed = self.to.flush().err();
        }
    }

    fn progress(&mut self, done: u32, of: u32) {
        self.say(&Answer::Progress { done, of });
        if self.failed.is_none() {
            self.failed = self.to.flush().err();
        }
    }

    fn is_closed(&self) -> bool {
        self.failed.is_some()
    }
}
