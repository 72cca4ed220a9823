//! Identifiers of rows. Each table has a type of its own, so that a draft's id can't be taken for a message's.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number that came from [`Self::get`], for example back from the window.
            pub const fn new(id: i64) -> Self {
                Self(id)
            }

            /// Returns the number itself.
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }
    )*};
}

row_ids! {
    /// Identifies a mail account.
    AccountId,
    /// Identifies a change of a message that the server doesn't know yet.
    ActionId,
    /// Identifies an attachment of a draft.
    AttachmentId,
    /// Identifies somebody else's certificate.
    CertificateId,
    /// Identifies a draft.
    DraftId,
    /// Identifies a folder of an account.
    FolderId,
    /// Identifies a delivery group of an outbox entry.
    GroupId,
    /// Identifies one of the owner's keys.
    KeyId,
    /// Identifies a message. Also its row in the search index: a greater id was stored as newer mail.
    MessageId,
    /// Identifies an outbox entry.
    OutboxId,
    /// Identifies a copy of a sent message that is to be appended to a folder of the server.
    SentCopyId,
    /// Identifies a thread.
    ThreadId,
}

/// A random name that may leave the mailbox: the audit log knows messages and submissions by it and by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicId([u8; 16]);

impl PublicId {
    /// Wraps bytes that came from [`Self::as_bytes`].
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Display for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromSql for PublicId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_blob()?.try_into().map(Self).map_err(|_| FromSqlError::InvalidType)
    }
}

impl ToSql for PublicId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}
