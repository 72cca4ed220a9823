//! The schema: what each table and column means, and how an older file is brought up to date.
//!
//! The SQL stands in `migrations/`, one numbered file per step; how many there are *is* the version, kept in
//! `PRAGMA user_version`. A step and its version are committed together. Files of a released version are never edited,
//! columns never change their meaning and codes (see the enums of this crate) are never used again.
//! All times are Unix milliseconds in UTC. "Packed" columns hold bytes that may be compressed, with a tag in front.
//!
//! # Tables
//!
//! **`settings`**: what the program remembers for its user. `key`: dotted name, of this crate's own `store.…`; `value`: JSON.
//!
//! **`accounts`**: one row per mail account. `label`: the owner's name for it; `address`, `display_name`: what stands in
//! From; `imap_host`, `imap_port`, `smtp_host`, `smtp_port`: the servers; `username`: login name; `secret_sealed`: the
//! password or token, sealed under a key derived from the mailbox key.
//!
//! **`folders`**: one row per mailbox of an account. `account_id`; `name`: as shown; `wire_name`: as the server spells it,
//! unique in the account; `role`: [`FolderRole`]; `uidvalidity`, `uidnext`, `highestmodseq`: what the server last said,
//! NULL before; `total`, `unread`: counts kept by triggers on `messages`.
//!
//! **`sync_states`**: one row per folder that was synced. `folder_id`; `lowest_uid`: how far back the heads are here, NULL before the
//! first; `last_sync_ms`: last success; `failure`: code of the last failure, empty after a success; `failures`: how many
//! in a row.
//!
//! **`threads`**: one row per thread. `size`: its messages, kept by triggers; a thread without messages is deleted.
//!
//! **`messages`**: one row per message and folder. `id`: also its row in the search index; mail that is newer than what
//! is here gets ids from 2^31 upwards, older mail downwards from there, so that a greater id is newer; `public_id`: random
//! name for the audit log; `folder_id`; `uid`: the server's, or `-id` while the server's isn't known (moved here offline,
//! or `UIDVALIDITY` changed); `thread_id`; `date_ms`: the Date header; `received_ms`: the server's INTERNALDATE;
//! `from_name`, `from_address`; `recipients`: To and Cc for display and search; `subject`: the protected one once it is
//! known; `snippet`: first words of the text; `message_id`, `in_reply_to`: those headers without angle brackets, or empty;
//! `seen`, `answered`, `flagged`: 0 or 1; `has_attachments`: 0 or 1; `security`: [`Security`]; `phi_verdict`:
//! [`PhiVerdict`]; `phi_ruleset`: version of the rules that gave it, 0 for none; `size`: the server's RFC822.SIZE in bytes;
//! `body_state`: [`BodyState`]; `index_state`: what of it a search finds: 0 nothing, 1 the head, 2 head and text; `kept`: 1 if
//! the owner keeps it from being removed; `expires_ms`: when it is removed by itself, NULL for never; `void_after_ms`: the
//! sender's Expires header, NULL for none, which removes nothing.
//!
//! **`message_id_floor`**: one row. `lowest`: the smallest message id ever given; older mail gets smaller ones. Ids are
//! never used again.
//!
//! **`message_references`**: which Message-IDs a message stands beside in a thread: its own and those that it refers to.
//! `message_id`: the message's row; `position`; `reference`: a Message-ID. Two messages with a reference in common are in
//! the same thread.
//!
//! **`bodies`**: one row per fetched message. `message_id`: the message's row; `packed`: the bytes exactly as received.
//!
//! **`search_texts`**: what `search_index` was given for a message, so that the same can be taken out again, and excerpts
//! can be shown. `message_id`: the message's row; `packed`: the five texts, each behind its length.
//!
//! **`search_index`**: FTS5 without content, one row per message: `subject`, `sender`, `recipients`, `body`,
//! `attachments` (their names). Rows go by the 'delete' command with secure-delete on, which leaves no word behind.
//!
//! **`actions`**: changes that the server doesn't know yet, in the order in which they must be told. `message_id`: the
//! message's row; `folder_id`, `uid`: where the server has the message (`uid` 0: not known any more); `kind`: 0 flag,
//! 1 move, 2 expunge; `mark`: for a flag 0 seen, 1 answered, 2 flagged (its value stands in `messages`);
//! `target_folder_id`: for a move; `attempts`; `created_ms`.
//!
//! **`deletions`**: messages that the owner deleted and can still take back; they lie in a folder of the role
//! [`FolderRole::Hidden`](crate::FolderRole::Hidden) meanwhile. `message_id`: the message's row; `folder_id`, `uid`: where it lay (`uid` 0: not known any
//! more); `due_ms`: when it is removed for good.
//!
//! **`removed`**: messages that were removed here, or never taken in, and that the server may still have: they don't come
//! back. `folder_id`; `uid`: the server's, NULL since it numbers the folder anew; `mark`: hash of salt, size and Message-ID, by which
//! the message is known again, NULL if it has none; `removed_by`: [`RemovedBy`]; `received_ms`: the server's INTERNALDATE;
//! `on_server`: 1 while the server is still to delete it too.
//!
//! **`removed_salt`**: one row. `salt`: random, for the marks.
//!
//! **`outbox`**: submissions. `public_id`: random name for the audit log; `account_id`; `snapshot`: JSON of the engine, to
//! show the entry and to build it again; `state`: [`OutboxState`]; `reason`: code, or empty; `not_before_ms`: end of the
//! undo window, or the schedule; `attempts`; `next_attempt_ms`: back-off; `message_id`: the same for every group and every
//! try; `created_ms`.
//!
//! **`outbox_groups`**: one row per delivery group (recipients that get the same bytes). `outbox_id`; `position`;
//! `envelope_from`; `recipients`: JSON array of addresses; `packed`: final bytes, empty once all is sent; `state`: [`DeliveryState`];
//! `smtp_reply`: the server's last answer; `updated_ms`.
//!
//! **`drafts`**: one row per draft. `public_id`; `account_id`: to send with, NULL if not chosen; `kind`: [`DraftKind`];
//! `source_message_id`: what is answered or forwarded, NULL if none or gone; `recipients_to`, `recipients_cc`,
//! `recipients_bcc`: JSON arrays of `{name, address}`; `subject`; `body`: text; `override_reason`: code from the pick-list,
//! or empty; `override_note`: free text, stays here; `options`: JSON of the engine; `revision`: grows with every save and every file;
//! `updated_ms`; `outbox_id`: the submission made of it, which hides the draft, NULL otherwise.
//!
//! **`draft_attachments`**: `draft_id`; `name`; `mime_type`; `size`: bytes; `packed`: the bytes.
//!
//! **`attachment_checks`**: what the PHI check found in a draft's file, without its text. `attachment_id`; `stamp`: hash of the rules
//! and the knowledge it was checked under, under others it is stale; `found`: JSON of the engine.
//!
//! **`sent_copies`**: copies of what was sent, for the server's folder. `outbox_id`: NULL once that is gone; `folder_id`;
//! `message_id`: to recognise it on the server; `packed`: the bytes, empty once done; `state`: [`SentCopyState`];
//! `attempts`; `next_attempt_ms`; `created_ms`.
//!
//! **`certificates`**: other people's. `fingerprint`: upper-case hex; `user_ids`: for display, one a line; `bytes`;
//! `trust`: [`Trust`]; `source`: [`CertificateSource`]; `first_seen_ms`.
//!
//! **`certificate_addresses`**: which addresses a certificate names. `address`: lower case; `certificate_id`.
//!
//! **`own_keys`**: the owner's. `fingerprint`; `secret_sealed`: sealed under a key derived from the mailbox key; `public`;
//! `created_ms`; `is_default`: 1 for at most one.
//!
//! **`audit`**: the audit log; triggers refuse everything but the next record. `seq`: from 1; `record`; `hash`: 32 bytes.
//! **`audit_head`**: one row. `seq`, `hash`: of the last record, so that a cut tail is noticed.
//!
//! **`audit_checkpoints`**: signatures over the audit log; triggers refuse everything but the next one. `epoch`: number of
//! the key that signed, from 0; `seq`: of the record that is signed; `line`: what the audit crate wrote.
//!
//! **`audit_signer`**: at most one row: the key that signs next. `epoch`: its number; `secret`: 32 bytes. Each signature
//! replaces it; `secure_delete` and the truncated write-ahead log leave nothing of the one before once the mailbox is closed.
//!
//! [`BodyState`]: crate::BodyState
//! [`CertificateSource`]: crate::CertificateSource
//! [`DeliveryState`]: crate::DeliveryState
//! [`DraftKind`]: crate::DraftKind
//! [`FolderRole`]: crate::FolderRole
//! [`OutboxState`]: crate::OutboxState
//! [`PhiVerdict`]: crate::PhiVerdict
//! [`RemovedBy`]: crate::RemovedBy
//! [`Security`]: crate::Security
//! [`SentCopyState`]: crate::SentCopyState
//! [`Trust`]: crate::Trust

use rusqlite::{Connection, TransactionBehavior};

use crate::OpenError;

/// Every step, in order. The last one's number is the current version.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_mailbox.sql"),
    include_str!("../migrations/0002_audit_checkpoints.sql"),
    include_str!("../migrations/0003_attachment_checks.sql"),
    include_str!("../migrations/0004_retention.sql"),
];

/// Returns the schema version that this build writes.
pub fn version() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Brings the schema up to date, step by step. A step is committed together with its number.
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    let found = refuse_newer(conn)?;
    for (number, step) in (1_u32..).zip(MIGRATIONS).skip_while(|(number, _)| *number <= found) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        fail::fail_point!("store-migration-before-commit");
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
        fail::fail_point!("store-migration-after-commit");
    }
    Ok(())
}

/// Returns the version of the file.
///
/// # Errors
/// [`OpenError::NewerSchema`] if this build doesn't know it.
pub(crate) fn refuse_newer(conn: &Connection) -> Result<u32, OpenError> {
    let found = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = version();
    if found > known { Err(OpenError::NewerSchema { found, known }) } else { Ok(found) }
}
