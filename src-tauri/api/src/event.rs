//! What the engine tells its front ends unasked: that something changed, never its content.

use serde::{Deserialize, Serialize};

use crate::{DraftAttachmentId, DraftId, ErrorCode, FolderId, OutboxId, session::LockReason};

/// Name of the window event that carries an [`AppEvent`].
pub const EVENT: &str = "wardmail";

/// Something changed; ask again for what you show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum AppEvent {
    /// The mailbox was locked: drop everything.
    Locked {
        /// Why.
        reason: LockReason,
    },
    /// The mailbox will lock itself soon.
    LockSoon {
        /// In so many seconds.
        seconds: u64,
    },
    /// The window is to be closed: save what is being written, then close with
    /// [`CloseWindow`](crate::session::CloseWindow).
    CloseAsked {
        /// Messages that wait in the undo window: ask first if there are any.
        waiting: u32,
    },
    /// The folder list or its counts changed.
    FoldersChanged,
    /// Messages of a folder changed.
    FolderChanged {
        /// Which.
        folder: FolderId,
    },
    /// The outbox changed.
    OutboxChanged {
        /// Which message.
        id: OutboxId,
    },
    /// A file on a draft is being checked for PHI.
    CheckingFile {
        /// The draft.
        draft: DraftId,
        /// The file.
        attachment: DraftAttachmentId,
        /// Parts done.
        done: u32,
        /// Parts in all.
        total: u32,
    },
    /// A file on a draft was checked: its plan may be another.
    FileChecked {
        /// The draft.
        draft: DraftId,
    },
    /// A backup is being written.
    BackingUp {
        /// How far it is, of 100.
        percent: u32,
    },
    /// A profile is being made from a backup.
    Restoring {
        /// How far it is, of 100.
        percent: u32,
    },
    /// Synchronising, with progress where it is known.
    Syncing {
        /// Messages done.
        done: u32,
        /// Messages in all.
        total: u32,
    },
    /// Everything is up to date.
    Synced,
    /// The provider can't be reached, or refuses.
    Offline {
        /// Why.
        reason: ErrorCode,
    },
    /// The policy changed, or stopped being readable.
    PolicyChanged,
}
