//! The small numbers that stand in columns, as enums. A code never changes its meaning and is never used again.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $code,)*
        }

        impl $name {
            /// Every value, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the number that stands in the column.
            pub const fn code(self) -> i64 {
                self as i64
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_i64()? {
                    $($code => Ok(Self::$variant),)*
                    other => Err(FromSqlError::OutOfRange(other)),
                }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.code()))
            }
        }
    )*};
}

codes! {
    /// What a folder is for (RFC 6154).
    FolderRole {
        /// Any folder without a special use.
        Other = 0,
        /// Where mail arrives.
        Inbox = 1,
        /// Copies of what was sent.
        Sent = 2,
        /// The server's drafts folder.
        Drafts = 3,
        /// Deleted mail.
        Trash = 4,
        /// Mail kept for good.
        Archive = 5,
        /// Unwanted mail.
        Junk = 6,
        /// No folder of the server: what the owner deleted and can still take back. Nothing lists it.
        Hidden = 7,
    }

    /// Who had a message removed from this computer.
    RemovedBy {
        /// The owner: by deleting it, or by its own time.
        Owner = 0,
        /// The policy's retention.
        Policy = 1,
    }

    /// How a message is protected end to end, as far as it is known.
    #[derive(Default)]
    Security {
        /// Not looked at yet: the body is not here.
        #[default]
        Unknown = 0,
        /// Neither signed nor encrypted.
        Plain = 1,
        /// Signed, in clear.
        Signed = 2,
        /// Encrypted, without a signature.
        Sealed = 3,
        /// Encrypted and signed.
        SealedAndSigned = 4,
        /// Encrypted to a key that is not here.
        KeyMissing = 5,
        /// Encrypted or signed, and not readable or not intact.
        Broken = 6,
    }

    /// What the PHI detector found in a message. It is PHI itself and stays in the mailbox.
    PhiVerdict {
        /// Not scanned by the ruleset in force: counts as PHI.
        Unknown = 0,
        /// Nothing found, which permits nothing.
        Clean = 1,
        /// PHI found.
        Phi = 2,
        /// PHI of a specially protected category found.
        SpeciallyProtected = 3,
    }

    /// How much of a message is here.
    BodyState {
        /// The head only; the body is still to be fetched.
        HeaderOnly = 0,
        /// The whole message, as received.
        Fetched = 1,
        /// Larger than the limit: fetched only when asked for.
        TooLarge = 2,
        /// The last try to fetch or to store it failed.
        Failed = 3,
    }

    /// Why a draft was begun.
    DraftKind {
        /// A message of its own.
        New = 0,
        /// A reply to the sender.
        Reply = 1,
        /// A reply to everybody.
        ReplyAll = 2,
        /// A forwarded message.
        Forward = 3,
    }

    /// Where a submission stands.
    OutboxState {
        /// Waits for its time: the undo window, the schedule or the next try.
        Queued = 0,
        /// Stopped by a decision; the reason says which. Goes on only when somebody acts.
        Held = 1,
        /// Claimed by the sender.
        Sending = 2,
        /// Accepted for every group.
        Sent = 3,
        /// The server's answer was lost after the data: asked about, never blindly sent again.
        Uncertain = 4,
        /// Given up; the reason says why.
        Failed = 5,
    }

    /// Where one delivery group of a submission stands.
    DeliveryState {
        /// Not handed over yet.
        Waiting = 0,
        /// The data is on its way: a crash from here on leaves the group uncertain.
        Sending = 1,
        /// Accepted by the server.
        Sent = 2,
        /// The answer was lost after the data.
        Uncertain = 3,
        /// Refused for good.
        Failed = 4,
    }

    /// Whether a sent copy lies on the server.
    SentCopyState {
        /// Still to be appended.
        Pending = 0,
        /// Appended; the bytes are gone from here.
        Done = 1,
    }

    /// How far somebody else's certificate is trusted.
    Trust {
        /// Known, never used.
        Unknown = 0,
        /// Seen with mail of this address before.
        Seen = 1,
        /// Compared by the owner with the person it belongs to.
        Verified = 2,
        /// Refused by the owner.
        Rejected = 3,
    }

    /// Where somebody else's certificate came from.
    CertificateSource {
        /// A file that the owner imported.
        File = 0,
        /// A message (Autocrypt header or attached key).
        Message = 1,
        /// A Web Key Directory.
        Wkd = 2,
        /// A key server.
        KeyServer = 3,
        /// The organisation's directory, by policy.
        Policy = 4,
    }
}
