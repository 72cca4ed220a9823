//! Folders, lists, the reader, search.

use serde::{Deserialize, Serialize};

use crate::{FolderId, MessageId, UnixMs, keeping::HoldView, keys::Trust};

/// Asks for the folders.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFolders {}

/// What a folder is for (RFC 6154).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FolderRole {
    /// Incoming mail.
    Inbox,
    /// Copies of what was sent.
    Sent,
    /// Drafts on the server.
    Drafts,
    /// Archive.
    Archive,
    /// Junk.
    Junk,
    /// Bin.
    Trash,
    /// Any other.
    Other,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FolderView {
    /// Its id.
    pub id: FolderId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: FolderRole,
    /// Messages in it.
    pub total: u32,
    /// Of these, unread.
    pub unread: u32,
}

/// Which rows of a folder to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Unread ones.
    Unread,
    /// Starred ones.
    Starred,
    /// Those with files.
    WithFiles,
    /// Encrypted ones.
    Sealed,
}

/// Asks for a page of a folder, newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ListMessages {
    /// The folder.
    pub folder: FolderId,
    /// Which rows.
    pub filter: Filter,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows wanted, 200 at most.
    pub limit: u32,
}

/// How a message is protected, in one mark of a list row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RowMark {
    /// In the clear.
    Plain,
    /// In the clear, with a good signature.
    Signed,
    /// Encrypted, and readable here.
    Sealed,
    /// Encrypted for a key that is not here.
    KeyMissing,
    /// Damaged, or a bad signature.
    Broken,
    /// Its body is not here yet.
    NotFetched,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as IMAP flags are")]
#[serde(rename_all = "camelCase")]
pub struct MessageRow {
    /// The message.
    pub id: MessageId,
    /// The folder it lies in.
    pub folder: FolderId,
    /// Who it is from (in Sent: whom it is to), as shown.
    pub who: String,
    /// Its subject; the protected one once known.
    pub subject: String,
    /// The first words.
    pub snippet: String,
    /// When it was sent.
    pub date: UnixMs,
    /// Read.
    pub seen: bool,
    /// Starred.
    pub flagged: bool,
    /// Answered.
    pub answered: bool,
    /// Has files.
    pub has_attachments: bool,
    /// How it is protected.
    pub mark: RowMark,
    /// The owner keeps it from being deleted.
    pub kept: bool,
    /// When it is removed from this computer by itself.
    pub expires: Option<UnixMs>,
    /// Its sender said that it doesn't hold any more by now.
    pub void: bool,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    /// Where it starts.
    pub offset: u32,
    /// Rows that the filter leaves in the folder.
    pub total: u32,
    /// The rows.
    pub rows: Vec<MessageRow>,
}

/// Asks for messages by words.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SearchMessages {
    /// What the user typed: words, "phrases", from: to: subject: before: after: has: is:
    pub query: String,
    /// Only messages older than the last one of the page before.
    pub before: Option<MessageId>,
    /// Rows wanted, 200 at most.
    pub limit: u32,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage {
    /// Newest first.
    pub rows: Vec<MessageRow>,
    /// Whether there are more.
    pub more: bool,
    /// Messages whose text search covers.
    pub indexed: u32,
    /// All messages here.
    pub total: u32,
    /// Messages that can't be read.
    pub unreadable: u32,
}

/// Opens a message in the reader.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OpenMessage {
    /// The message.
    pub id: MessageId,
}

/// A person on a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Name as given, cleaned for display; may be empty.
    pub name: String,
    /// Address.
    pub address: String,
}

/// How much of the message was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Encryption {
    /// Nothing.
    None,
    /// The whole message.
    Whole,
    /// Some parts; these are not opened.
    Partial,
}

/// What the signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Signature {
    /// There is none.
    None,
    /// Good, over the whole message, by a known certificate.
    Valid,
    /// It doesn't hold.
    Invalid,
    /// By a certificate that is not here.
    Unknown,
    /// Over some parts only.
    Partial,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Fingerprint in groups of four.
    pub fingerprint: String,
    /// Addresses of the certificate, if it is here.
    pub addresses: Vec<String>,
    /// How far it was checked, if it is here.
    pub trust: Option<Trust>,
}

/// Where the shown subject comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderProtection {
    /// Headers travelled in the clear.
    None,
    /// Headers were signed with the message.
    Signed,
    /// Headers were encrypted with the message.
    Encrypted,
}

/// Why a message could not be opened, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unreadable {
    /// Encrypted for keys that are not here.
    KeyMissing,
    /// It was changed or cut on its way, or has no integrity protection.
    Damaged,
    /// It is too large or nested too deep to be opened safely.
    TooLarge,
    /// Encrypted in a way this version can't read.
    Unsupported,
    /// Its body is not here yet, so nothing is known of how it is protected.
    NotFetched,
}

/// How a message is protected, in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Security {
    /// How much was encrypted.
    pub encryption: Encryption,
    /// What the signature is worth.
    pub signature: Signature,
    /// Who signed.
    pub signers: Vec<Signer>,
    /// Whether the shown sender is who signed.
    pub from_matches_signer: Option<bool>,
    /// How the headers travelled.
    pub headers: HeaderProtection,
    /// Who can read it, by the keys it was encrypted for: names or short key ids, the owner left out.
    pub other_readers: Vec<String>,
    /// Why it can't be read, if so.
    pub unreadable: Option<Unreadable>,
    /// Key ids that would be needed.
    pub missing_keys: Vec<String>,
}

/// A file on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentView {
    /// Number within the message.
    pub part: u32,
    /// Safe file name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes, decoded.
    pub size: u64,
    /// Whether it arrived damaged or not complete: what is there can be saved all the same.
    pub damaged: bool,
}

/// Something the reader should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Warning {
    /// Images or styles would have been loaded from elsewhere; they were not.
    RemoteContentBlocked,
    /// A link leads elsewhere than it says.
    MisleadingLink,
    /// The sender in the clear differs from the protected one.
    SenderDiffers,
    /// Replies would go to another address than the sender's.
    ReplyToDiffers,
    /// The name shows an address that is not the sender's.
    NameLooksLikeAddress,
    /// The message has more than one sender line.
    SeveralSenders,
    /// The message is malformed; what could be read is shown.
    Malformed,
    /// The message is longer than what is shown.
    Truncated,
    /// A protected part lies within an unprotected message; it was not opened.
    ProtectedPartNotOpened,
    /// S/MIME protection, which this version does not check.
    SmimeNotChecked,
}

/// A message in the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as those of a row")]
#[serde(rename_all = "camelCase")]
pub struct ReaderView {
    /// The message.
    pub id: MessageId,
    /// The folder it lies in.
    pub folder: FolderId,
    /// Its subject.
    pub subject: String,
    /// Who it is from.
    pub from: Person,
    /// Recipients.
    pub to: Vec<Person>,
    /// Copies.
    pub cc: Vec<Person>,
    /// When it was sent.
    pub date: UnixMs,
    /// How it is protected.
    pub security: Security,
    /// The text, where the message is plain text or for screen readers.
    pub text: String,
    /// The address of the frame that shows its HTML, where it has any.
    pub frame: Option<String>,
    /// How many remote loads were blocked.
    pub blocked: u32,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
    /// Read.
    pub seen: bool,
    /// Starred.
    pub flagged: bool,
    /// The other messages of its thread, oldest first.
    pub thread: Vec<MessageRow>,
    /// Whether the body is not here yet (headers only, and the provider can't be reached).
    pub body_missing: bool,
    /// The owner keeps it from being deleted.
    pub kept: bool,
    /// When it is removed from this computer by itself.
    pub expires: Option<UnixMs>,
    /// Since when it doesn't hold any more, as its sender said: its text is hidden until it is asked for.
    pub void_since: Option<UnixMs>,
    /// The legal hold over it, if there is one.
    pub hold: Option<HoldView>,
}

/// Marks messages as read or starred.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetFlags {
    /// The messages, 500 at most.
    pub ids: Vec<MessageId>,
    /// Read or unread, if it is to change.
    pub seen: Option<bool>,
    /// Starred or not, if it is to change.
    pub flagged: Option<bool>,
}

/// Saves a file where the user says: the shell asks for the place.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaveAttachment {
    /// The message.
    pub id: MessageId,
    /// The file's number.
    pub part: u32,
}

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    /// False when the user changed their mind.
    pub saved: bool,
}

/// Fetches new mail and sends what waits, now.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncNow {}
