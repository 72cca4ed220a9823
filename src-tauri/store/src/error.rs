//! Why a mailbox can't be opened, and why a job on it failed. Texts are safe to log: no value of any row, no statement
//! with values, no path, no key.

use std::io;

use rusqlite::ErrorCode;

/// Why a mailbox could not be created or opened. The file is left exactly as it was, whatever the reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no file at the path.
    #[error("there is no mailbox here")]
    Missing,
    /// `create` found a file at the path.
    #[error("a mailbox exists here already")]
    AlreadyExists,
    /// The file is a plain SQLite database.
    #[error("the mailbox file is not encrypted")]
    NotEncrypted,
    /// The linked SQLite is not SQLCipher: a new file would be plain text.
    #[error("this build has no database encryption")]
    NoCipher,
    /// SQLite's memory could not be put under the zeroing allocator.
    #[error("the database memory can't be wiped in this process")]
    Allocator(#[source] crate::AllocatorError),
    /// The file is (as far as can be told) a mailbox, and the key is not its key.
    #[error("the key does not open this mailbox")]
    WrongKey,
    /// The key is right, and the file is damaged, cut or not a mailbox.
    #[error("the mailbox file is damaged")]
    Corrupt,
    /// A newer Wardmail has written this mailbox.
    #[error("the mailbox has schema {found}, this build knows up to {known}")]
    NewerSchema {
        /// Schema version of the file.
        found: u32,
        /// Newest schema version that this build knows.
        known: u32,
    },
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The file system refused.
    #[error("the mailbox file could not be read or written")]
    Io(#[source] io::Error),
    /// SQLite refused for another reason.
    #[error("the mailbox could not be opened")]
    Database(#[source] rusqlite::Error),
}

/// Why a job failed. Whatever a write job had done is rolled back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store is closed or closing.
    #[error("the mailbox is locked")]
    Closed,
    /// The disk is full. Later writes work again once there is space.
    #[error("the disk is full")]
    DiskFull,
    /// There is no such row.
    #[error("no such entry in the mailbox")]
    NotFound,
    /// The change doesn't fit what is stored, for example an audit record that is not the next one.
    #[error("the change conflicts with what is stored")]
    Conflict,
    /// A value is larger than its limit.
    #[error("a value is larger than the mailbox accepts")]
    TooLarge,
    /// Stored data failed its integrity check or can't be what this program wrote.
    #[error("the mailbox file is damaged")]
    Damaged,
    /// The file system failed underneath the database.
    #[error("the mailbox file could not be read or written")]
    Io(#[source] rusqlite::Error),
    /// The connection had failed and the mailbox could not be opened again.
    #[error("the mailbox file could not be opened again")]
    Unavailable(#[source] Box<OpenError>),
    /// The job panicked, or its transaction was aborted underneath it.
    #[error("the mailbox job was aborted")]
    Aborted,
    /// SQLite refused for another reason.
    #[error("the mailbox database refused an operation")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        if matches!(error, Sql::QueryReturnedNoRows) {
            return Self::NotFound;
        }
        if matches!(
            error,
            Sql::FromSqlConversionFailure(..)
                | Sql::IntegralValueOutOfRange(..)
                | Sql::InvalidColumnType(..)
                | Sql::Utf8Error(..)
        ) {
            return Self::Damaged;
        }
        let code = error.sqlite_error_code();
        let is = |one: ErrorCode| code == Some(one);
        if is(ErrorCode::DiskFull) || no_room_to_share(&error) {
            Self::DiskFull
        } else if is(ErrorCode::TooBig) {
            Self::TooLarge
        } else if is(ErrorCode::DatabaseCorrupt) || is(ErrorCode::NotADatabase) {
            Self::Damaged
        } else if is(ErrorCode::OperationInterrupted) {
            // The progress handler of a closing store is the only source of interrupts.
            Self::Closed
        } else if is(ErrorCode::SystemIoFailure) {
            Self::Io(without_text(error))
        } else {
            Self::Database(without_text(error))
        }
    }
}

/// Whether SQLite could not make its small shared file beside the mailbox larger: it calls that an I/O error, and it
/// means that the disk is full.
pub(crate) fn no_room_to_share(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// Drops SQLite's message, which can quote the text of a statement or of a full-text query; the code stays.
pub(crate) fn without_text(error: rusqlite::Error) -> rusqlite::Error {
    match error.sqlite_error() {
        Some(&code) => rusqlite::Error::SqliteFailure(code, None),
        None => error,
    }
}
