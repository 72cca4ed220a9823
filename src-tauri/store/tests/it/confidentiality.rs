//! What lies on the disk: nothing readable, and after a deletion nothing at all.
//!
//! The pages are decrypted here by SQLCipher's published format (AES-256-CBC, the IV in the page's reserved bytes), without
//! any of its code, so that free pages and the insides of the index are seen too.

use std::fs;
use std::path::Path;

use openssl::symm::{Cipher, Crypter, Mode};
use wardmail_store::{
    Action, Address, AuditSigner, Body, Derived, DraftContent, DraftKind, NewAttachment, NewGroup,
    NewMessage, OutboxState, PhiMark, RemovedBy, Security, SubmissionStatus,
};

use zeroize::Zeroizing;

use crate::aids::{KEY, Mailbox, NEW_YEAR, contains, message};

const PAGE: usize = 4096;
/// SQLCipher 4 reserves the IV (16) and HMAC-SHA-512 (64) at the end of each page.
const RESERVED: usize = 80;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const SALT: usize = 16;

/// No other word of the mailbox begins like it, so that the index can't have shortened it away.
const NEEDLE: &str = "qzxqneedlewort";

fn decrypt_page(page: &[u8], first: bool) -> Vec<u8> {
    let skip = if first { SALT } else { 0 };
    let (body, reserved) = page.split_at(PAGE - RESERVED);
    let mut crypter =
        Crypter::new(Cipher::aes_256_cbc(), Mode::Decrypt, &KEY, Some(&reserved[..16])).unwrap();
    crypter.pad(false);
    let mut plain = vec![0; PAGE];
    let length = crypter.update(&body[skip..], &mut plain).unwrap();
    plain.truncate(length);
    plain
}

/// Every page of the file and every page image of its write-ahead log, decrypted.
fn decrypted(path: &Path) -> Vec<u8> {
    let file = fs::read(path).unwrap();
    let mut plain: Vec<u8> = file
        .chunks_exact(PAGE)
        .enumerate()
        .flat_map(|(number, page)| decrypt_page(page, number == 0))
        .collect();
    let wal = fs::read(path.with_extension("db-wal")).unwrap_or_default();
    let frames = wal.get(WAL_HEADER..).unwrap_or_default().chunks_exact(FRAME_HEADER + PAGE);
    for frame in frames {
        let first = frame[..4] == [0, 0, 0, 1];
        plain.extend(decrypt_page(&frame[FRAME_HEADER..], first));
    }
    plain
}

fn needle_message(uid: u32) -> NewMessage {
    NewMessage {
        subject: format!("{NEEDLE}subject of the visit"),
        from: Address {
            name: format!("{NEEDLE}name"),
            address: format!("{NEEDLE}from@lab.example"),
        },
        recipients: format!("{NEEDLE}recipient@clinic.example"),
        message_id: format!("{NEEDLE}messageid@lab.example"),
        references: vec![format!("{NEEDLE}reference@lab.example")],
        ..message(uid)
    }
}

fn needle_derived() -> Derived {
    Derived {
        subject: Some(format!("{NEEDLE}protected subject")),
        snippet: format!("{NEEDLE}snippet"),
        text: format!(
            "Seen today. {NEEDLE}body {NEEDLE}body again, and {}",
            "ordinary words ".repeat(400)
        ),
        attachment_names: vec![format!("{NEEDLE}attachment.pdf")],
        has_attachments: true,
        security: Security::Sealed,
        phi: PhiMark::default(),
    }
}

/// A mailbox in which the message with UID 150 of 300 has the needle wherever a message can have one.
fn mailbox_with_needle() -> Mailbox {
    let mailbox = Mailbox::new();
    let batch =
        (1..=300).map(|uid| if uid == 150 { needle_message(uid) } else { message(uid) }).collect();
    for (uid, id) in (1..).zip(mailbox.insert(batch)) {
        let derived = if uid == 150 {
            needle_derived()
        } else {
            crate::aids::derived(&format!("ordinary text {uid}"))
        };
        let raw = format!("Subject: x\r\n\r\n{}\r\n{}", derived.text, "noise".repeat(uid));
        mailbox
            .write(move |dao| dao.store_body(id, Body { raw: raw.as_bytes(), derived: &derived }));
    }
    mailbox
}

#[test]
fn no_marker_is_readable_on_the_disk_while_open_or_after() {
    let mailbox = mailbox_with_needle();
    mailbox.write(|dao| {
        let mut draft = DraftContent::new(DraftKind::New);
        draft.body = format!("{NEEDLE}draft");
        let id = dao.save_draft(None, &draft, 1)?;
        let bytes = format!("{NEEDLE}attached").into_bytes();
        dao.add_attachment(
            id,
            &NewAttachment { name: "a.txt", mime_type: "text/plain", bytes: &bytes },
        )
    });
    let readable = |name: &str| {
        let bytes = fs::read(mailbox.folder.path().join(name)).unwrap();
        assert!(!bytes.is_empty(), "{name} is there");
        contains(&bytes, NEEDLE.as_bytes())
            || contains(&bytes, b"CREATE TABLE")
            || contains(&bytes, &KEY)
    };
    for name in ["mailbox.db", "mailbox.db-wal", "mailbox.db-shm", "mailbox.db.check"] {
        assert!(!readable(name), "{name} while open");
    }
    assert!(contains(&decrypted(&mailbox.path()), NEEDLE.as_bytes()), "the scan would find it");
    mailbox.store.close_blocking().unwrap();
    for entry in fs::read_dir(mailbox.folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!readable(&name), "{name} after closing");
    }
}

#[test]
fn an_expunged_message_leaves_no_word_on_any_page() {
    let mailbox = mailbox_with_needle();
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let before = decrypted(&mailbox.path());
    for part in [
        "protected",
        "body",
        "from",
        "recipient",
        "messageid",
        "reference",
        "snippet",
        "attachment",
    ] {
        assert!(
            contains(&before, format!("{NEEDLE}{part}").as_bytes()),
            "the scan finds the {part}"
        );
    }
    let inbox = mailbox.inbox;
    assert_eq!(mailbox.write(move |dao| dao.expunge(inbox, &[150, 9_999])), 1);
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let after = decrypted(&mailbox.path());
    assert!(contains(&after, b"ordinary"), "the scan still sees the rest");
    // A word that shares its beginning with a neighbour is stored without it: look for every tail too.
    for from in 0..NEEDLE.len() - 5 {
        let tail = &NEEDLE.as_bytes()[from..];
        assert!(!contains(&after, tail), "left on a page: ...{}", String::from_utf8_lossy(tail));
    }
}

/// What the outbox says of the needle's message, once it was sent and its copy lies on the server.
fn sent_with_needle(mailbox: &Mailbox) {
    let sent = mailbox.add_folder("Sent", wardmail_store::FolderRole::Sent);
    let new = wardmail_store::NewSubmission {
        account: mailbox.account,
        draft: None,
        snapshot: format!("{{\"subject\":\"{NEEDLE}snapshot\"}}"),
        message_id: format!("{NEEDLE}messageid@lab.example"),
        not_before_ms: 0,
        state: OutboxState::Queued,
        reason: String::new(),
        groups: vec![NewGroup {
            envelope_from: format!("{NEEDLE}envelope@clinic.example"),
            recipients: vec![format!("{NEEDLE}rcpt@home.example")],
            bytes: format!("{NEEDLE}bytes").repeat(200).into_bytes(),
        }],
    };
    mailbox.write(move |dao| {
        let outbox = dao.submit(&new, 1)?;
        let bytes = new.groups[0].bytes.clone();
        let copy = dao.queue_sent_copy(Some(outbox), sent, &new.message_id, &bytes, 1)?;
        let state = OutboxState::Sent;
        let reason = String::new();
        let status = SubmissionStatus { state, reason, not_before_ms: 0, next_attempt_ms: 0 };
        dao.set_submission(outbox, &status)?;
        dao.sent_copy_done(copy)
    });
}

/// Looks for every tail of the needle: a word that shares its beginning with a neighbour is stored without it.
fn assert_nothing_left(mailbox: &Mailbox) {
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let after = decrypted(&mailbox.path());
    assert!(contains(&after, b"ordinary"), "the scan still sees the rest");
    for from in 0..NEEDLE.len() - 5 {
        let tail = &NEEDLE.as_bytes()[from..];
        assert!(!contains(&after, tail), "left on a page: ...{}", String::from_utf8_lossy(tail));
    }
}

/// Writes the index anew, bit by bit; says in how many steps.
fn settled(mailbox: &Mailbox) -> u32 {
    (1..10_000).find(|_| mailbox.write(|dao| dao.settle_index(4))).unwrap()
}

#[test]
fn a_message_that_the_owner_deletes_leaves_no_word_once_it_is_removed() {
    let mailbox = mailbox_with_needle();
    sent_with_needle(&mailbox);
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let before = decrypted(&mailbox.path());
    for part in ["body", "snippet", "messageid", "reference", "snapshot", "envelope", "rcpt"] {
        let wanted = format!("{NEEDLE}{part}");
        assert!(contains(&before, wanted.as_bytes()), "the scan finds the {part}");
    }
    let inbox = mailbox.inbox;
    let id = mailbox.read(move |dao| dao.find_by_uid(inbox, 150)).unwrap();
    assert_eq!(mailbox.write(move |dao| dao.delete_until(&[id], 20)), 1);
    assert_eq!(mailbox.write(move |dao| dao.remove(&[id], RemovedBy::Owner, false)), 1);
    assert_eq!(settled(&mailbox), 1, "its words went at once");
    assert_nothing_left(&mailbox);
}

#[test]
fn what_retention_removes_leaves_no_word_once_the_index_is_settled() {
    let mailbox = mailbox_with_needle();
    sent_with_needle(&mailbox);
    let inbox = mailbox.inbox;
    let old = mailbox.read(move |dao| dao.outdated(inbox, NEW_YEAR + 200 * 86_400_000, 500));
    assert_eq!(old.len(), 199);
    for batch in old.chunks(40).map(<[_]>::to_vec) {
        mailbox.write(move |dao| dao.remove(&batch, RemovedBy::Policy, false));
    }
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let between = decrypted(&mailbox.path());
    assert!(contains(&between, &NEEDLE.as_bytes()[3..]), "the scan finds what the index has");
    assert!(settled(&mailbox) > 1, "in steps");
    assert_nothing_left(&mailbox);
    let found = |typed: &str| {
        let query = wardmail_store::SearchQuery::parse(typed, &jiff::tz::TimeZone::UTC);
        mailbox.read(move |dao| dao.search(&query, 200, None)).hits.len()
    };
    assert_eq!((found("ordinary "), found("number150 "), found("number250 ")), (101, 0, 1));
}

#[test]
fn many_expunged_at_once_leave_no_word_either() {
    let mailbox = mailbox_with_needle();
    let inbox = mailbox.inbox;
    mailbox.write(move |dao| dao.expunge(inbox, &(101..=200).collect::<Vec<_>>()));
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    let after = decrypted(&mailbox.path());
    for from in 0..NEEDLE.len() - 5 {
        let tail = &NEEDLE.as_bytes()[from..];
        assert!(!contains(&after, tail), "left on a page: ...{}", String::from_utf8_lossy(tail));
    }
    let found = |typed: &str| {
        let query = wardmail_store::SearchQuery::parse(typed, &jiff::tz::TimeZone::UTC);
        mailbox.read(move |dao| dao.search(&query, 200, None)).hits.len()
    };
    assert_eq!((found("ordinary "), found("number150 "), found("number201 ")), (200, 0, 1));
    // The few that follow are taken out word by word again.
    mailbox.store_text(
        mailbox.read(move |dao| dao.find_by_uid(inbox, 201)).unwrap(),
        &format!("{NEEDLE}again"),
    );
    mailbox.write(move |dao| dao.expunge(inbox, &[201]));
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    assert!(!contains(&decrypted(&mailbox.path()), &NEEDLE.as_bytes()[3..]));
}

#[test]
fn a_replaced_text_and_a_deleted_draft_leave_nothing_either() {
    let mailbox = mailbox_with_needle();
    let inbox = mailbox.inbox;
    let draft = mailbox.write(|dao| {
        let mut draft = DraftContent::new(DraftKind::New);
        draft.subject = format!("{NEEDLE}draft");
        let id = dao.save_draft(None, &draft, 1)?;
        let bytes = format!("{NEEDLE}attached").repeat(3_000).into_bytes();
        dao.add_attachment(
            id,
            &NewAttachment { name: "a.txt", mime_type: "text/plain", bytes: &bytes },
        )?;
        Ok(id)
    });
    let folder = mailbox.add_folder("Other", wardmail_store::FolderRole::Other);
    mailbox.write(move |dao| {
        let id = dao.find_by_uid(inbox, 150)?.unwrap();
        dao.move_message(id, folder, 1)?;
        dao.delete_draft(draft)
    });
    let account = mailbox.account;
    let pending = mailbox.read(move |dao| dao.pending_actions(account, 10));
    assert!(matches!(pending[0].action, Action::Move { to } if to == folder));
    mailbox.write(move |dao| dao.delete_folder(folder));
    assert!(mailbox.store.checkpoint_blocking().unwrap());
    assert!(!contains(&decrypted(&mailbox.path()), &NEEDLE.as_bytes()[3..]));
    assert!(mailbox.read(move |dao| dao.pending_actions(account, 10)).is_empty());
}

/// Who opens a locked mailbox with its key finds the key that signs next, and none that signed.
#[test]
fn a_key_that_signed_the_log_is_nowhere_once_the_mailbox_is_closed() {
    let mailbox = Mailbox::new();
    let secret = |epoch: u8| [0x51, 0x9e, 0xc3, 0x07, epoch, 0xaa, 0x10, 0x77].repeat(4);
    for epoch in 0..20_u8 {
        let bytes: [u8; 32] = secret(epoch).try_into().unwrap();
        let signer = AuditSigner { epoch: epoch.into(), secret: Zeroizing::new(bytes) };
        mailbox.write(move |dao| dao.set_audit_signer(&signer));
    }
    assert!(contains(&decrypted(&mailbox.path()), &secret(0)), "the log still has it while open");
    mailbox.store.close_blocking().unwrap();
    let closed = decrypted(&mailbox.path());
    assert!(contains(&closed, &secret(19)));
    for epoch in 0..19 {
        assert!(!contains(&closed, &secret(epoch)), "{epoch}");
    }
}
