//! One keyed connection: the pragmas that every connection gets, and what can be asked of a connection as a whole.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use zeroize::Zeroizing;

use super::{IntegrityReport, KEY_LEN};
use crate::pack::MAX_BLOB_LEN;
use crate::{Error, OpenError};

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Statements kept prepared for each connection: about as many as the DAO has.
const STATEMENT_CACHE: usize = 160;

/// Opens a connection and gives it the key, before anything touches the file. [`configure`] comes next, and reads it.
///
/// # Errors
/// [`OpenError::NoCipher`] if the linked SQLite would ignore the key.
pub(super) fn connect(
    path: &Path,
    key: &[u8; KEY_LEN],
    access: Access,
) -> Result<Connection, OpenError> {
    let mode = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    // Each connection stays on its thread. No URI: a path may contain anything.
    let conn = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // SQLCipher would report a wrong key on stderr.
    conn.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    conn.execute_batch(&key_statement(key)).map_err(|_| OpenError::NoCipher)?;
    let cipher: Option<String> =
        conn.query_row("PRAGMA cipher_version", [], |row| row.get(0)).optional()?;
    if cipher.is_none_or(|version| version.is_empty()) {
        return Err(OpenError::NoCipher);
    }
    Ok(conn)
}

fn key_statement(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    let mut statement = Zeroizing::new(String::with_capacity(2 * KEY_LEN + 24));
    statement.push_str("PRAGMA key = \"x'");
    for byte in key {
        // Writing to a string can't fail, and its capacity holds it all: no copy stays behind.
        let _ = write!(statement, "{byte:02x}");
    }
    statement.push_str("'\";");
    statement
}

/// Sets what every connection is set to.
pub(super) fn configure(conn: &Connection, access: Access) -> rusqlite::Result<()> {
    conn.busy_timeout(Duration::ZERO)?;
    conn.execute_batch(
        "PRAGMA cipher_memory_security = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    // In KiB: 40 MiB for all four connections at most.
    let cache = match access {
        Access::Read => -8_192,
        Access::Write => -16_384,
    };
    conn.pragma_update(None, "cache_size", cache)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    // A packed value has a few bytes more than what it packs.
    conn.set_limit(
        Limit::SQLITE_LIMIT_LENGTH,
        i32::try_from(MAX_BLOB_LEN + 64 * 1024).unwrap_or(i32::MAX),
    )?;
    conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(())
}

/// Reads the first page and asks whether the connection still works: after a damaged page SQLCipher refuses everything.
pub(super) fn responds(conn: &Connection) -> bool {
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).is_ok()
}

/// Folds the write-ahead log into the file and truncates it; false if a reader kept part of it.
pub(super) fn truncate_wal(conn: &Connection) -> Result<bool, Error> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

pub(super) fn check_integrity(conn: &Connection) -> Result<IntegrityReport, Error> {
    let damaged_pages = faults(conn, "PRAGMA cipher_integrity_check")?;
    let structure_faults = faults(conn, "PRAGMA quick_check")?;
    let orphaned_rows = if damaged_pages + structure_faults == 0 {
        faults(conn, "PRAGMA foreign_key_check")?
    } else {
        0
    };
    Ok(IntegrityReport { damaged_pages, structure_faults, orphaned_rows })
}

/// Counts the rows of a checking pragma that report a fault. A check that itself fails on damage is one fault.
fn faults(conn: &Connection, pragma: &str) -> Result<u64, Error> {
    let count = || -> Result<u64, Error> {
        let mut statement = conn.prepare(pragma)?;
        let mut rows = statement.query([])?;
        let mut faults = 0;
        while let Some(row) = rows.next()? {
            let sound = row.get_ref(0)?.as_str().is_ok_and(|text| text == "ok");
            faults += u64::from(!sound);
        }
        Ok(faults)
    };
    match count() {
        Err(Error::Damaged) => Ok(1),
        other => other,
    }
}
