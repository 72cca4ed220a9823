//! The SQLCipher mailbox: one encrypted file, its schema and migrations, the readers, the one writer, and full-text
//! search.
//!
//! A tour:
//! - [`Store`] creates, opens and closes the file, and runs *jobs* on it. [`Store::read`] lends a closure a [`ReadDao`]
//!   on one of three read-only connections; [`Store::write`] lends a closure a [`WriteDao`] inside one transaction on
//!   the one read-write connection. The compiler refuses a write in a read job.
//! - The DAO functions speak the language of mail: folders, message heads, bodies, flags, drafts, the outbox. Each
//!   lives in the module of its concern, beside the row types that it returns.
//! - [`OpenError`] says why a mailbox can't be opened (a wrong key, damage and a newer schema are three different
//!   things); [`Error`] says why a job failed. Neither ever carries mail text, an address or a key.
//! - [`schema`] documents every table and column.
//!
//! What this crate must not do: know what a message, a key or a policy *means*. It keeps bytes, small codes and the
//! text to be searched, and never parses mail, decides on sending, or touches the network. It is the only crate that
//! knows `rusqlite`, and it never deletes or replaces a mailbox that it could not open.

mod alloc;
mod codes;
mod dao;
mod error;
mod ids;
mod pack;
mod redact;
pub mod schema;
mod store;

pub use alloc::{AllocatorError, install_zeroing_allocator};
pub use codes::{
    BodyState, CertificateSource, DeliveryState, DraftKind, FolderRole, OutboxState, PhiVerdict,
    RemovedBy, Security, SentCopyState, Trust,
};
pub use dao::accounts::{Account, AccountSettings, Endpoint};
pub use dao::actions::{Action, PendingAction};
pub use dao::audit::{AuditCheckpoint, AuditHead, AuditRecord, AuditSigner, HASH_LEN};
pub use dao::bodies::{Body, Derived, MissingBody};
pub use dao::census::{Census, Correspondents};
pub use dao::certificates::{Certificate, NewCertificate};
pub use dao::drafts::{Draft, DraftAttachment, DraftContent, NewAttachment};
pub use dao::flags::{Flags, Mark, ServerFlags};
pub use dao::folders::{Folder, FolderState, NewFolder};
pub use dao::keys::{NewKey, OwnKey};
pub use dao::list::{Filter, Page};
pub use dao::messages::{Address, Message, MessageRow, NewMessage, PhiMark, Placement};
pub use dao::outbox::{
    Claimed, DeliveryGroup, DraftRevision, NewGroup, NewSubmission, OutboxEntry, SentCopy,
    SubmissionStatus,
};
pub use dao::removal::{Deletion, LeftOut};
pub use dao::search::query::{Column, SearchQuery, Term};
pub use dao::search::{Coverage, MAX_SEARCH_HITS, SearchHit, SearchPage};
pub use dao::sync::SyncState;
pub use dao::{ReadDao, WriteDao};
pub use error::{Error, OpenError};
pub use ids::{
    AccountId, ActionId, AttachmentId, CertificateId, DraftId, FolderId, GroupId, KeyId, MessageId,
    OutboxId, PublicId, SentCopyId, ThreadId,
};
pub use pack::MAX_BLOB_LEN;
pub use store::{IntegrityReport, KEY_LEN, Store};
