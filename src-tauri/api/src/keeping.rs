//! Deleting messages from this computer, keeping them from being deleted, and how long they stay.

use serde::{Deserialize, Serialize};

use crate::{MessageId, UnixMs};

/// Deletes messages from this computer, 500 at most: all of them, or none if one of them may not be deleted. The
/// provider's server is left alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DeleteMessages {
    /// The messages.
    pub ids: Vec<MessageId>,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedView {
    /// How many messages.
    pub messages: u32,
    /// Until when it can be taken back; they go for good then.
    pub until: UnixMs,
}

/// Takes a deletion back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UndoDelete {
    /// The messages.
    pub ids: Vec<MessageId>,
}

/// Keeps messages from being deleted by anybody, or lets them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeepMessages {
    /// The messages, 500 at most.
    pub ids: Vec<MessageId>,
    /// Keep them.
    pub keep: bool,
}

/// Sets when messages are removed from this computer by themselves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetExpiry {
    /// The messages, 500 at most.
    pub ids: Vec<MessageId>,
    /// In so many days from now; never if absent.
    pub days: Option<u32>,
}

/// A legal hold over a message: nothing deletes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldView {
    /// Who set it.
    pub by: String,
    /// Why, if they say.
    pub reason: Option<String>,
}

/// What came of removing mail whose time is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweptView {
    /// Messages that the owner had deleted, gone for good now.
    pub deleted: u64,
    /// Messages whose own time was over.
    pub expired: u64,
    /// Messages that policy's retention removed.
    pub retired: u64,
}
