//! Deleting, taking back, removing for good, and what must not come back from the server.

use wardmail_store::{
    Error, Filter, FolderId, FolderRole, LeftOut, MessageId, NewMessage, Placement, RemovedBy,
    SearchQuery,
};

use crate::aids::{Mailbox, NEW_YEAR, message};

const DAY: i64 = 86_400_000;

fn ids_listed(mailbox: &Mailbox, folder: FolderId) -> Vec<MessageId> {
    let page = mailbox.read(move |dao| dao.list_page(folder, Filter::All, 0, 100));
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.iter().map(|row| row.id).collect()
}

fn found(mailbox: &Mailbox, typed: &str) -> usize {
    let query = SearchQuery::parse(typed, &jiff::tz::TimeZone::UTC);
    mailbox.read(move |dao| dao.search(&query, 200, None)).hits.len()
}

#[test]
fn a_deleted_message_is_nowhere_and_comes_back_as_it_was() {
    let mailbox = Mailbox::new();
    let (inbox, account) = (mailbox.inbox, mailbox.account);
    let answer = NewMessage { references: vec!["1@lab.example".into()], ..message(2) };
    let ids = mailbox.insert(vec![message(1), answer]);
    mailbox.store_text(ids[0], "hyssop and more");
    let (first, second) = (ids[0], ids[1]);
    let thread = mailbox.read(move |dao| dao.message_row(second)).thread;
    let before = mailbox.read(move |dao| dao.message_row(first));

    assert_eq!(mailbox.write(move |dao| dao.delete_until(&[first], 500)), 1);
    assert_eq!(mailbox.write(move |dao| dao.delete_until(&[first], 900)), 0, "it is already");
    assert_eq!(ids_listed(&mailbox, inbox), [second]);
    assert_eq!(found(&mailbox, "hyssop "), 0);
    assert_eq!(mailbox.read(move |dao| dao.thread(thread)).len(), 1);
    assert!(mailbox.read(move |dao| dao.is_deleted(first)));
    assert_eq!(mailbox.read(move |dao| dao.folders(account)).len(), 1, "the place is hidden");
    assert_eq!(mailbox.insert(vec![message(1)]), [], "the server has it still");
    assert_eq!(mailbox.read(move |dao| dao.known_uids(inbox)), [1, 2]);
    assert_eq!(mailbox.read(|dao| dao.next_deletion()), Some(500));
    assert!(mailbox.read(|dao| dao.due_deletions(499, 10)).is_empty());
    assert_eq!(mailbox.read(|dao| dao.due_deletions(500, 10))[0].folder, inbox);

    assert_eq!(mailbox.write(move |dao| dao.take_back(&[first])), [inbox]);
    assert!(mailbox.read(move |dao| dao.message_row(first)) == before);
    assert_eq!(found(&mailbox, "hyssop "), 1);
    assert_eq!(mailbox.write(move |dao| dao.take_back(&[first])), []);
}

#[test]
fn what_was_removed_stays_away_until_the_server_lost_it() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let ids = mailbox.insert((1..=3).map(message).collect());
    let removed = ids[1];
    mailbox.write(move |dao| dao.remove(&[removed], RemovedBy::Owner, false));
    assert_eq!(mailbox.insert((1..=3).map(message).collect()), [ids[0], ids[2]]);
    assert_eq!(mailbox.read(move |dao| dao.known_uids(inbox)), [1, 2, 3]);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).total, 2);

    // The server numbers the folder anew: the same message is known by its mark, another is not taken for it.
    mailbox.write(move |dao| dao.uidvalidity_changed(inbox, 9));
    let anew = NewMessage { uid: 41, ..message(2) };
    let other = NewMessage { uid: 42, size: 7, ..message(2) };
    let came = mailbox.insert(vec![anew, other]);
    assert_eq!(came.len(), 1);
    assert!(!ids.contains(&came[0]));
    mailbox.write(move |dao| dao.drop_detached(inbox));
    assert_eq!(mailbox.read(move |dao| dao.known_uids(inbox)), [41, 42]);

    assert_eq!(
        mailbox.write(move |dao| dao.expunge(inbox, &[41])),
        0,
        "no message of this mailbox"
    );
    assert_eq!(mailbox.read(move |dao| dao.known_uids(inbox)), [42]);
}

#[test]
fn a_mark_that_the_server_no_longer_has_is_forgotten() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let ids = mailbox.insert(vec![message(1)]);
    mailbox.write(move |dao| dao.remove(&ids, RemovedBy::Owner, false));
    mailbox.write(move |dao| dao.uidvalidity_changed(inbox, 9));
    mailbox.write(move |dao| dao.drop_detached(inbox));
    assert_eq!(mailbox.insert(vec![message(1)]).len(), 1, "it came anew");
}

#[test]
fn retention_finds_what_is_old_or_over_and_leaves_what_is_kept() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let undated = NewMessage { received_ms: 0, ..message(9) };
    let ids = mailbox.insert((1..=5).map(message).chain([undated]).collect());
    let (kept, over) = (ids[0], ids[4]);
    assert_eq!(mailbox.write(move |dao| dao.keep(&[kept], true)), 1);
    assert_eq!(mailbox.write(move |dao| dao.keep(&[kept], true)), 0);
    assert_eq!(mailbox.write(move |dao| dao.set_expiry(&[over, kept], Some(100))), 2);
    let old = move |before: i64| mailbox.read(move |dao| dao.outdated(inbox, before, 10));
    assert_eq!(old(NEW_YEAR + 4 * DAY), ids[1..3]);
    assert_eq!(old(NEW_YEAR), []);
}

#[test]
fn a_message_whose_own_time_is_over_is_found_unless_it_is_kept() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let ids = mailbox.insert((1..=2).map(message).collect());
    let both = ids.clone();
    mailbox.write(move |dao| dao.set_expiry(&both, Some(100)));
    let kept = ids[1];
    mailbox.write(move |dao| dao.keep(&[kept], true));
    assert!(mailbox.read(move |dao| dao.expired(inbox, 99, 10)).is_empty());
    assert_eq!(mailbox.read(move |dao| dao.expired(inbox, 100, 10)), ids[..1]);
    let row = mailbox.read(move |dao| dao.message_row(kept));
    assert_eq!((row.kept, row.expires_ms), (true, Some(100)));
}

#[test]
fn what_policy_removed_comes_back_when_policy_allows_more() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let left = |uid: u32| LeftOut {
        uid,
        received_ms: message(uid).received_ms,
        message_id: message(uid).message_id,
        size: message(uid).size,
    };
    let all: Vec<LeftOut> = (1..=4).map(left).collect();
    mailbox.write(move |dao| dao.leave_out(inbox, &all, RemovedBy::Policy, true));
    assert_eq!(mailbox.insert((1..=4).map(message).collect()), []);
    assert_eq!(mailbox.read(move |dao| dao.removals_to_tell(inbox, 10)), [1, 2, 3, 4]);
    mailbox.write(move |dao| dao.removals_told(inbox, &[2, 3]));
    assert_eq!(mailbox.read(move |dao| dao.removals_to_tell(inbox, 10)), [1, 4]);
    let from = message(3).received_ms;
    assert_eq!(mailbox.write(move |dao| dao.let_come_back(inbox, Some(from))), 2);
    assert_eq!(mailbox.insert((1..=4).map(message).collect()).len(), 2);
    assert_eq!(mailbox.write(move |dao| dao.let_come_back(inbox, None)), 2);
}

#[test]
fn a_folder_that_goes_takes_its_deleted_messages_along() {
    let mailbox = Mailbox::new();
    let other = mailbox.add_folder("Other", FolderRole::Other);
    let ids = mailbox.write(move |dao| dao.insert_headers(other, &[message(1)], Placement::Newest));
    let id = ids[0];
    mailbox.write(move |dao| dao.delete_until(&[id], 5));
    mailbox.write(move |dao| dao.delete_folder(other));
    let gone = mailbox.store.read_blocking(move |dao| dao.message_row(id));
    assert!(matches!(gone, Err(Error::NotFound)));
    assert_eq!(mailbox.read(|dao| dao.next_deletion()), None);
}

#[test]
fn the_file_holds_all_that_was_written_while_it_is_quiet() {
    let mailbox = Mailbox::new();
    mailbox.insert((1..=50).map(message).collect());
    let (path, wal) = (mailbox.path(), mailbox.path().with_extension("db-wal"));
    let copy = mailbox.folder.path().join("copy.db");
    let to = copy.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let copied = runtime.block_on(mailbox.store.while_quiet(move || {
        assert_eq!(std::fs::metadata(wal).unwrap().len(), 0);
        Ok::<_, Error>(std::fs::copy(path, to).is_ok())
    }));
    assert!(copied.unwrap());
    mailbox.write(|dao| dao.set_setting("after", "1"));
    let store = wardmail_store::Store::open(&copy, &crate::aids::KEY).unwrap();
    let inbox = mailbox.inbox;
    assert_eq!(store.read_blocking(move |dao| dao.folder(inbox)).unwrap().total, 50);
    assert_eq!(store.read_blocking(|dao| dao.setting("after")).unwrap(), None);
    store.close_blocking().unwrap();
}
