//! Mail accounts.

use rusqlite::{Row, params};

use super::{ReadDao, WriteDao};
use crate::redact::log_safe_debug;
use crate::{AccountId, Error};

/// A server's name and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// DNS name.
    pub host: String,
    /// TCP port, not 0.
    pub port: u16,
}

/// What the owner has set for an account.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSettings {
    /// The owner's name for the account.
    pub label: String,
    /// The address that mail is sent from.
    pub address: String,
    /// The name beside it.
    pub display_name: String,
    /// The IMAP server.
    pub imap: Endpoint,
    /// The submission server.
    pub smtp: Endpoint,
    /// Login name at both.
    pub username: String,
    /// Password or token, sealed by the engine.
    pub secret_sealed: Vec<u8>,
}

log_safe_debug!(AccountSettings { imap, smtp });

/// A mail account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// What the owner has set.
    pub settings: AccountSettings,
}

const COLUMNS: &str = "id, label, address, display_name, imap_host, imap_port, smtp_host, smtp_port, username, secret_sealed";

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let settings = AccountSettings {
        label: row.get(1)?,
        address: row.get(2)?,
        display_name: row.get(3)?,
        imap: Endpoint { host: row.get(4)?, port: row.get(5)? },
        smtp: Endpoint { host: row.get(6)?, port: row.get(7)? },
        username: row.get(8)?,
        secret_sealed: row.get(9)?,
    };
    Ok(Account { id: row.get(0)?, settings })
}

impl ReadDao<'_> {
    /// Returns every account, the oldest first.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.rows(&format!("SELECT {COLUMNS} FROM accounts ORDER BY id"), [], account)
    }

    /// Returns an account.
    pub fn account(&self, id: AccountId) -> Result<Account, Error> {
        self.one(&format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1"), [id], account)
    }
}

impl WriteDao<'_> {
    /// Adds an account.
    pub fn insert_account(&mut self, new: &AccountSettings) -> Result<AccountId, Error> {
        let sql = "INSERT INTO accounts (label, address, display_name, imap_host, imap_port, smtp_host, smtp_port,
                       username, secret_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let (imap, smtp) = (&new.imap, &new.smtp);
        let AccountSettings { label, address, display_name, username, secret_sealed, .. } = new;
        self.insert(
            sql,
            params![
                label,
                address,
                display_name,
                imap.host,
                imap.port,
                smtp.host,
                smtp.port,
                username,
                secret_sealed
            ],
        )
        .map(AccountId::new)
    }

    /// Replaces an account's settings.
    pub fn update_account(&mut self, id: AccountId, new: &AccountSettings) -> Result<(), Error> {
        let sql = "UPDATE accounts SET label = ?2, address = ?3, display_name = ?4, imap_host = ?5, imap_port = ?6,
                       smtp_host = ?7, smtp_port = ?8, username = ?9, secret_sealed = ?10 WHERE id = ?1";
        let (imap, smtp) = (&new.imap, &new.smtp);
        let AccountSettings { label, address, display_name, username, secret_sealed, .. } = new;
        let values = params![
            id,
            label,
            address,
            display_name,
            imap.host,
            imap.port,
            smtp.host,
            smtp.port,
            username,
            secret_sealed
        ];
        self.execute_one(sql, values)
    }

    /// Deletes an account with its folders and everything in them, as [`WriteDao::delete_folder`] does.
    pub fn delete_account(&mut self, id: AccountId) -> Result<(), Error> {
        for folder in self.folders(id)? {
            self.delete_folder(folder.id)?;
        }
        self.execute_one("DELETE FROM accounts WHERE id = ?1", [id])
    }
}
