//! Opening an existing mailbox, and saying exactly why it can't be opened. Nothing here deletes, replaces or repairs.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use super::KEY_LEN;
use super::connection::{self, Access};
use super::key_check::{self, Verdict};
use crate::error::{no_room_to_share, without_text};
use crate::{OpenError, schema};

/// SQLCipher's page size: a shorter file can't be a mailbox, whatever the key.
const PAGE_LEN: u64 = 4096;

/// What every plain SQLite file begins with.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Opens the writing connection: verifies file and key, brings the schema up to date, switches to WAL.
pub(super) fn open_writer(path: &Path, key: &[u8; KEY_LEN]) -> Result<Connection, OpenError> {
    look_at_file(path)?;
    let mut conn = connection::connect(path, key, Access::Write)?;
    // Until the key has proved right, closing must not fold a write-ahead log into the file.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    verify_key(&conn, path, key)?;
    connection::configure(&conn, Access::Write)?;
    schema::refuse_newer(&conn)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    conn.execute_batch("PRAGMA journal_mode = WAL;")?;
    schema::migrate(&mut conn)?;
    if key_check::ask(path, key) != Verdict::Right {
        // Only evidence for a better message later: a mailbox that opens is not refused for it.
        drop(key_check::write(path, key));
    }
    Ok(conn)
}

/// Opens a reading connection on a mailbox that the writer has open.
pub(super) fn open_reader(path: &Path, key: &[u8; KEY_LEN]) -> Result<Connection, OpenError> {
    let conn = connection::connect(path, key, Access::Read)?;
    connection::configure(&conn, Access::Read)?;
    schema::refuse_newer(&conn)?;
    Ok(conn)
}

fn look_at_file(path: &Path) -> Result<(), OpenError> {
    let mut file = File::open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            OpenError::Missing
        } else {
            OpenError::Io(error)
        }
    })?;
    let mut header = Vec::with_capacity(PLAIN_HEADER.len());
    (&mut file).take(PLAIN_HEADER.len() as u64).read_to_end(&mut header).map_err(OpenError::Io)?;
    if header == PLAIN_HEADER {
        return Err(OpenError::NotEncrypted);
    }
    if file.metadata().map_err(OpenError::Io)?.len() < PAGE_LEN {
        return Err(OpenError::Corrupt);
    }
    Ok(())
}

/// Reads the first page. "Not a database" is a wrong key unless the check beside the mailbox knows the key: the caller's
/// key is then right and the page is damaged.
fn verify_key(conn: &Connection, path: &Path, key: &[u8; KEY_LEN]) -> Result<(), OpenError> {
    match conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)) {
        Ok(_) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            match key_check::ask(path, key) {
                Verdict::Right => Err(OpenError::Corrupt),
                Verdict::Wrong | Verdict::NoEvidence => Err(OpenError::WrongKey),
            }
        }
        Err(error) => Err(error.into()),
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        if code == Some(ErrorCode::DatabaseCorrupt) || code == Some(ErrorCode::NotADatabase) {
            Self::Corrupt
        } else if code == Some(ErrorCode::DiskFull) || no_room_to_share(&error) {
            Self::DiskFull
        } else {
            Self::Database(without_text(error))
        }
    }
}
