//! The caller's side: starts the worker, feeds it, believes no length it names, and ends it on time. Must never fail: whatever goes
//! wrong is a part that was not read.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdout, Command},
};

use crate::{
    Limits, Unread, WORKER_ARGUMENT, Why,
    wire::{self, Answer, Question},
};

/// What is told of parts that could not be read at most, so that a worker that lies costs no memory.
const MOST_UNREAD: usize = 1000;
/// The most that the names of parts may take together, in bytes.
const NAMES: u64 = 16 << 20;

/// Takes text out of files.
#[derive(Clone, Debug)]
pub struct Extractor {
    program: PathBuf,
    limits: Limits,
}

/// The text of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// The names of the file and of the files in it, with their way: `records.zip › census.xlsx`.
    pub names: Vec<String>,
    /// Texts in the order of the file, a long one in several segments.
    pub texts: Vec<Text>,
    /// What could not be read, or not whole. Empty means that everything was.
    pub unread: Vec<Unread>,
}

/// A segment of text.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The part that it is from.
    pub part: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// How far reading got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Parts done.
    pub done: u32,
    /// Of how many.
    pub of: u32,
}

impl Default for Extractor {
    fn default() -> Self {
        Self::this_program()
    }
}

impl Extractor {
    /// Uses this very program as the worker; its `main` calls [`crate::run_if_worker`] first.
    #[must_use]
    pub fn this_program() -> Self {
        // Not the path it was started by: an update may have put another program there.
        Self::program("/proc/self/exe")
    }

    /// Uses another program as the worker.
    #[must_use]
    pub fn program(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), limits: Limits::default() }
    }

    /// Sets other limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Takes the text out of a file. Dropping the future kills the worker.
    pub async fn extract(
        &self,
        name: &str,
        bytes: &[u8],
        mut progress: impl FnMut(Progress),
    ) -> Extraction {
        // Said here, not by the worker: a name is checked even if the worker can't start or ends before its first word.
        let mut found = Extraction { names: vec![name.to_owned()], ..Extraction::default() };
        let why = if bytes.len() as u64 > self.limits.input_bytes {
            Some(Why::TooLarge)
        } else {
            let wall = Duration::from_secs(self.limits.wall_seconds);
            let asked = self.ask(name, bytes, &mut found, &mut progress);
            tokio::time::timeout(wall, asked).await.unwrap_or(Some(Why::TooSlow))
        };
        if let Some(why) = why {
            found.unread.push(Unread { part: name.to_owned(), why });
        }
        found
    }

    /// Returns what went wrong with the worker itself.
    async fn ask(
        &self,
        name: &str,
        bytes: &[u8],
        found: &mut Extraction,
        progress: &mut impl FnMut(Progress),
    ) -> Option<Why> {
        let Ok(mut child) = self.start() else { return Some(Why::NotStarted) };
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Some(Why::NotStarted);
        };
        let question =
            Question { name: name.to_owned(), bytes: bytes.len() as u64, limits: self.limits };
        let Ok(question) = wire::frame(&question) else { return Some(Why::NotStarted) };
        let feed = async move {
            // A worker that ended reads no more; what it answered tells.
            let _ended = stdin.write_all(&question).await;
            let _ended = stdin.write_all(bytes).await;
        };
        let (done, ()) =
            tokio::join!(answers(stdout, self.limits.text_bytes, found, progress), feed);
        self.why_ended(&mut child, done).await
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(&self.program)
            .arg(WORKER_ARGUMENT)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    /// What the end of the worker says.
    async fn why_ended(&self, child: &mut Child, done: Option<bool>) -> Option<Why> {
        use std::os::unix::process::ExitStatusExt as _;
        if done.is_none() {
            // It said what nobody says: nothing more is heard from it.
            let _ended = child.start_kill();
        }
        let status = child.wait().await.ok()?;
        match (done, status.signal()) {
            (Some(true), _) => None,
            (_, Some(signal)) if signal == libc::SIGXCPU => Some(Why::TooSlow),
            (_, Some(_)) | (None, None) => Some(Why::BrokeDown),
            (Some(false), None) => Some(Why::NotStarted),
        }
    }
}

/// Reads answers until the last: true if it came, false if the worker ended before, nothing if it said nonsense.
async fn answers(
    mut from: ChildStdout,
    mut text_left: u64,
    found: &mut Extraction,
    progress: &mut impl FnMut(Progress),
) -> Option<bool> {
    let mut length = [0; 4];
    let mut frame = Vec::new();
    let mut names_left = NAMES;
    loop {
        if from.read_exact(&mut length).await.is_err() {
            return Some(false);
        }
        frame.clear();
        frame.resize(wire::checked(length).ok()?, 0);
        if from.read_exact(&mut frame).await.is_err() {
            return Some(false);
        }
        match serde_json::from_slice(&frame).ok()? {
            Answer::Progress { done, of } => progress(Progress { done, of }),
            Answer::Text { part, text } => {
                text_left = text_left.checked_sub(text.len() as u64)?;
                found.texts.push(Text { part, text });
            }
            Answer::Name { part } => {
                names_left = names_left.checked_sub(part.len() as u64)?;
                found.names.push(part);
            }
            Answer::Unread(unread) if found.unread.len() < MOST_UNREAD => found.unread.push(unread),
            Answer::Unread(_) => {}
            Answer::Done => return Some(true),
        }
    }
}
