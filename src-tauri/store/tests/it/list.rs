//! Pages of a long list against the plain answer.

use wardmail_store::{Body, Filter, Flags, FolderRole, MessageId, NewMessage, Placement, Security};

use crate::aids::{Mailbox, derived, message};

const MESSAGES: u32 = 10_000;

/// What a message is decides its UID: dates repeat and jump, flags and properties follow small primes.
fn varied(uid: u32) -> NewMessage {
    let base = message(uid % 977);
    NewMessage {
        uid,
        message_id: format!("varied.{uid}@lab.example"),
        flags: Flags {
            seen: !uid.is_multiple_of(3),
            answered: false,
            flagged: uid.is_multiple_of(7),
        },
        has_attachments: uid.is_multiple_of(5),
        security: if uid.is_multiple_of(11) { Security::SealedAndSigned } else { Security::Plain },
        ..base
    }
}

fn passes(filter: Filter, message: &NewMessage) -> bool {
    match filter {
        Filter::All => true,
        Filter::Unread => !message.flags.seen,
        Filter::Flagged => message.flags.flagged,
        Filter::Attachments => message.has_attachments,
        Filter::Sealed => message.security == Security::SealedAndSigned,
    }
}

#[test]
fn every_page_of_ten_thousand_is_what_sorting_them_all_gives() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let other = mailbox.add_folder("Other", FolderRole::Other);
    let mut all: Vec<(i64, MessageId, NewMessage)> = Vec::new();
    for batch in (1..=MESSAGES).collect::<Vec<_>>().chunks(1_000) {
        let batch: Vec<NewMessage> = batch.iter().copied().map(varied).collect();
        let copy = batch.clone();
        let ids = mailbox.store.write_bulk_blocking(move |dao| {
            dao.insert_headers(other, &copy[..10], Placement::Newest)?;
            dao.insert_headers(inbox, &copy, Placement::Newest)
        });
        let ids: Vec<MessageId> = ids.map_err(|error: wardmail_store::Error| error).unwrap();
        all.extend(ids.into_iter().zip(batch).map(|(id, new)| (new.date_ms, id, new)));
    }
    all.sort_by_key(|(date, id, _)| std::cmp::Reverse((*date, *id)));

    for filter in
        [Filter::All, Filter::Unread, Filter::Flagged, Filter::Attachments, Filter::Sealed]
    {
        let expected: Vec<MessageId> =
            all.iter().filter(|(_, _, new)| passes(filter, new)).map(|(_, id, _)| *id).collect();
        let length = expected.len();
        for offset in [0, 1, 49, 50, 333, length / 2, length - 51, length - 1, length, length + 5] {
            let page = mailbox.read(move |dao| dao.list_page(inbox, filter, offset as u64, 50));
            assert_eq!(page.total, length as u64);
            let got: Vec<MessageId> = page.rows.iter().map(|row| row.id).collect();
            let slice = expected.get(offset..(offset + 50).min(length)).unwrap_or_default();
            assert!(got == slice, "{filter:?} at {offset}");
            if let Some(&first) = got.first() {
                let found = mailbox.read(move |dao| dao.offset_of(inbox, filter, first));
                assert_eq!(found, offset as u64, "{filter:?}");
            }
        }
    }
}

#[test]
fn a_row_shows_what_is_stored() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let new = varied(35);
    let id = mailbox.insert(vec![new.clone()])[0];
    mailbox.write(move |dao| {
        dao.store_body(id, Body { raw: b"raw", derived: &derived("Seen today.") })
    });
    let row = mailbox.read(move |dao| dao.list_page(inbox, Filter::All, 0, 10)).rows.remove(0);
    assert!(row.from == new.from && row.recipients == new.recipients && row.subject == new.subject);
    assert_eq!(
        (row.uid, row.date_ms, row.received_ms, row.size),
        (Some(35), new.date_ms, new.received_ms, new.size)
    );
    assert_eq!((row.snippet.as_str(), row.thread_size, row.flags), ("Seen today.", 1, new.flags));
    let whole = mailbox.read(move |dao| dao.message(id));
    assert_eq!((whole.message_id, whole.row.public_id), (new.message_id, row.public_id));
    let public_id = row.public_id;
    assert_eq!(mailbox.read(move |dao| dao.message_by_public_id(public_id)), id);
}

#[test]
fn one_page_has_five_hundred_rows_at_most() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    mailbox.insert((1..=600).map(varied).collect());
    assert_eq!(
        mailbox.read(move |dao| dao.list_page(inbox, Filter::All, 0, u32::MAX)).rows.len(),
        500
    );
}
