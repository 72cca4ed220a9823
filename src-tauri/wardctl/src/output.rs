//! Writes answers and errors: plain text for people, JSON for scripts.
//!
//! With `--json` an answer is one JSON value on standard output and an error is
//! `{"error":{"code","what","next","detail"}}` there; without, errors go to standard error.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use serde::Serialize;
use wardmail_api::{ApiError, ErrorCode};

/// Exit code for a command line that makes no sense, as clap gives it.
const USAGE: u8 = 2;

/// Says on standard error how long the unlock and the command took, in milliseconds.
pub(crate) fn say_timings(
    unlock: Duration,
    command: Duration,
    lock: Duration,
) -> Result<(), Failure> {
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let said = serde_json::json!({
        "unlock_ms": ms(unlock),
        "command_ms": ms(command),
        "lock_ms": ms(lock),
    });
    Ok(writeln!(io::stderr(), "{said}")?)
}

/// Says something on standard error, where a person may read it; no answer.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stderr(), "{text}")?)
}

/// Where answers go.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine says so.
    Api(ApiError),
    /// The engine says so and where.
    At(ErrorCode, String),
    /// The command line makes no sense.
    Usage(&'static str),
}

impl Failure {
    /// A command line that makes no sense.
    pub(crate) const fn usage(why: &'static str) -> Self {
        Self::Usage(why)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Api(code.into())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is = |kind| error.kind() == kind;
        let code = if is(io::ErrorKind::NotFound) {
            ErrorCode::FileNotFound
        } else if is(io::ErrorKind::StorageFull) || is(io::ErrorKind::QuotaExceeded) {
            ErrorCode::DiskFull
        } else {
            ErrorCode::DiskFailed
        };
        code.into()
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'static str,
    what: &'static str,
    next: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
}

impl Output {
    /// Answers in JSON or for people.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether scripts are reading.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Writes an answer: as JSON, or as the lines that `text` makes.
    pub(crate) fn answer<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<ExitCode, Failure> {
        if self.json {
            self.json_line(value)?;
        } else {
            self.line(text(value).trim_end())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Writes one line of text.
    #[expect(clippy::unused_self, reason = "standard output is this value's to write")]
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// Writes one line of JSON.
    pub(crate) fn json_line<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        let line = serde_json::to_string(value).map_err(|_| ErrorCode::Internal)?;
        self.line(&line)
    }

    /// Writes why a command failed; gives the exit code.
    pub(crate) fn failed(&self, failure: &Failure) -> ExitCode {
        let (code, detail, at) = match failure {
            Failure::Usage(why) => {
                let _nowhere_else = writeln!(io::stderr(), "wardctl: {why}");
                return ExitCode::from(USAGE);
            }
            Failure::Api(error) => (error.code, error.detail, None),
            Failure::At(code, at) => (*code, None, Some(at.as_str())),
        };
        if self.json {
            let body =
                ErrorBody { code: code.slug(), what: code.what(), next: code.next(), detail, at };
            let _nowhere_else = self.json_line(&serde_json::json!({ "error": body }));
        } else {
            let place = at.map(|at| format!(" ({at})")).unwrap_or_default();
            let number = detail.map(|n| format!(" [{n}]")).unwrap_or_default();
            let _nowhere_else = writeln!(io::stderr(), "wardctl: {code}{place}{number}");
        }
        ExitCode::from(code.exit_code())
    }
}
