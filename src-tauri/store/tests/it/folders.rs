//! Folders, flags, offline changes, and a server that numbers its messages anew.

use wardmail_store::{
    AccountSettings, Action, Body, BodyState, Error, Flags, FolderRole, FolderState, Mark,
    NewFolder, NewMessage, Placement, Security, ServerFlags, SyncState,
};

use crate::aids::{Mailbox, account_settings, derived, message};

const SEEN: Flags = Flags { seen: true, answered: false, flagged: false };

#[test]
fn accounts_and_folders_are_kept_and_changed() {
    let mailbox = Mailbox::new();
    let (account, inbox) = (mailbox.account, mailbox.inbox);
    let changed = AccountSettings { label: "Practice".to_owned(), ..account_settings() };
    let expected = changed.clone();
    mailbox.write(move |dao| dao.update_account(account, &changed));
    assert!(mailbox.read(move |dao| dao.account(account)).settings == expected);

    let sent = mailbox.add_folder("Sent", FolderRole::Sent);
    let state =
        FolderState { uidvalidity: Some(u32::MAX), uidnext: Some(7), highestmodseq: Some(1 << 62) };
    mailbox.write(move |dao| {
        let renamed = NewFolder {
            account,
            name: "Gesendet".into(),
            wire_name: "Sent".into(),
            role: FolderRole::Sent,
        };
        assert_eq!(dao.upsert_folder(&renamed)?, sent, "the same folder");
        dao.set_folder_state(sent, &state)?;
        dao.set_sync_state(
            sent,
            &SyncState { lowest_uid: Some(3), failures: 2, ..SyncState::default() },
        )
    });
    let folder = mailbox.read(move |dao| dao.folder_by_role(account, FolderRole::Sent)).unwrap();
    assert_eq!((folder.id, folder.name.as_str(), folder.state), (sent, "Gesendet", state));
    assert_eq!(mailbox.read(move |dao| dao.sync_state(sent)).lowest_uid, Some(3));
    assert_eq!(mailbox.read(move |dao| dao.sync_state(inbox)), SyncState::default());
    assert!(mailbox.read(move |dao| dao.folder_by_role(account, FolderRole::Junk)).is_none());

    mailbox.insert(vec![message(1)]);
    mailbox.write(move |dao| dao.delete_account(account));
    assert!(mailbox.read(|dao| dao.accounts()).is_empty());
    assert_eq!(mailbox.read(|dao| dao.coverage()).total, 0);
    assert!(matches!(
        mailbox.store.read_blocking(move |dao| dao.folder(sent)),
        Err(Error::NotFound)
    ));
}

#[test]
fn folders_that_the_server_lost_go_and_copies_for_sent_go_where_it_says() {
    let mailbox = Mailbox::new();
    let (account, inbox) = (mailbox.account, mailbox.inbox);
    let guessed = mailbox.add_folder("Sent", FolderRole::Sent);
    let lost = mailbox.add_folder("Lab", FolderRole::Other);
    let copy = mailbox.write(move |dao| {
        dao.insert_headers(lost, &[message(1)], Placement::Newest)?;
        dao.queue_sent_copy(None, guessed, "m1@clinic.example", b"bytes", 5)
    });
    assert_eq!(mailbox.write(move |dao| dao.keep_folders(account, &[inbox])), 1);
    let left = || {
        let folders = mailbox.read(move |dao| dao.folders(account));
        folders.into_iter().map(|folder| folder.id).collect::<Vec<_>>()
    };
    assert_eq!(left(), [inbox, guessed], "a copy waits for it");
    assert_eq!(mailbox.read(|dao| dao.coverage()).total, 0);

    let named = mailbox.add_folder("Gesendet", FolderRole::Sent);
    mailbox.write(move |dao| {
        assert_eq!(dao.move_sent_copies(named)?, 1);
        dao.keep_folders(account, &[inbox, named])
    });
    assert_eq!(left(), [named, inbox]);
    let copies = mailbox.read(move |dao| dao.sent_copies(account, 9, 9));
    assert_eq!((copies[0].id, copies[0].folder), (copy, named));
    assert_eq!(mailbox.read(move |dao| dao.sent_copy_bytes(copy)), b"bytes");
}

#[test]
fn numbers_of_another_server_mean_nothing() {
    let mailbox = Mailbox::new();
    let (account, inbox) = (mailbox.account, mailbox.inbox);
    let ids = mailbox.insert((1..=2).map(message).collect());
    mailbox.write(move |dao| {
        let state = FolderState { uidvalidity: Some(1), uidnext: Some(3), highestmodseq: Some(9) };
        dao.set_folder_state(inbox, &state)?;
        dao.mark(ids[0], Mark::Flagged, true, 5)
    });
    assert_eq!(mailbox.write(move |dao| dao.server_changed(account)), 2);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).state, FolderState::default());
    assert!(mailbox.read(move |dao| dao.known_uids(inbox)).is_empty());
    assert_eq!(mailbox.read(move |dao| dao.pending_actions(account, 9))[0].uid, None);
    // The other server gives the second message the first one's number.
    let same = NewMessage { uid: 1, ..message(2) };
    let again = mailbox.insert(vec![same]);
    assert_eq!(again[0], mailbox.read(move |dao| dao.find_by_message_id("2@lab.example"))[0]);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).total, 2);
}

#[test]
fn the_same_heads_again_change_nothing() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let first = mailbox.insert((1..=5).map(message).collect());
    let again = mailbox.insert((3..=7).map(message).collect());
    assert_eq!(first[2..], again[..3]);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).total, 7);
    assert_eq!(mailbox.read(move |dao| dao.known_uids(inbox)), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(mailbox.read(move |dao| dao.highest_uid(inbox)), Some(7));
}

#[test]
fn older_mail_gets_smaller_ids_and_none_is_used_twice() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let newest = mailbox.insert((11..=20).map(message).collect());
    let older = |uids: std::ops::RangeInclusive<u32>| {
        let batch: Vec<_> = uids.map(message).collect();
        mailbox.write(move |dao| dao.insert_headers(inbox, &batch, Placement::Older))
    };
    let middle = older(6..=10);
    mailbox.write(move |dao| dao.expunge(inbox, &[6, 7, 8, 9, 10]));
    let oldest = older(1..=5);
    assert!(oldest.is_sorted() && middle.is_sorted() && newest.is_sorted());
    assert!(oldest.last() < middle.first() && middle.last() < newest.first());
}

#[test]
fn counters_follow_every_change() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let ids = mailbox.insert((1..=10).map(message).collect());
    let other = mailbox.add_folder("Archive", FolderRole::Archive);
    mailbox.write(move |dao| {
        dao.set_flags(ids[0], SEEN)?;
        dao.set_flags(ids[1], SEEN)?;
        dao.set_flags(ids[1], Flags::default())?;
        dao.move_message(ids[0], other, 1)?;
        dao.move_message(ids[2], other, 1)?;
        dao.expunge(inbox, &[4])
    });
    let counts = |folder| mailbox.read(move |dao| dao.folder(folder).map(|f| (f.total, f.unread)));
    assert_eq!((counts(inbox), counts(other)), ((7, 7), (2, 1)));
}

#[test]
fn the_owners_unsent_change_wins_over_the_servers_word() {
    let mailbox = Mailbox::new();
    let (inbox, account) = (mailbox.inbox, mailbox.account);
    let id = mailbox.insert(vec![message(1)])[0];
    let action = mailbox.write(move |dao| dao.mark(id, Mark::Seen, true, 5)).unwrap();
    let server =
        ServerFlags { uid: 1, flags: Flags { seen: false, answered: true, flagged: false } };
    mailbox.write(move |dao| {
        dao.apply_server_flags(inbox, &[server, ServerFlags { uid: 99, ..server }])
    });
    let flags = mailbox.read(move |dao| dao.message_row(id)).flags;
    assert_eq!(flags, Flags { seen: true, answered: true, flagged: false });

    mailbox.write(move |dao| dao.finish_action(action));
    mailbox.write(move |dao| dao.apply_server_flags(inbox, &[server]));
    assert_eq!(mailbox.read(move |dao| dao.message_row(id)).flags, server.flags);
    assert!(mailbox.read(move |dao| dao.pending_actions(account, 10)).is_empty());
}

#[test]
fn changes_replay_in_order_and_a_flag_only_once() {
    let mailbox = Mailbox::new();
    let account = mailbox.account;
    let trash = mailbox.add_folder("Trash", FolderRole::Trash);
    let ids = mailbox.insert(vec![message(1), message(2)]);
    let moved = ids[1];
    mailbox.write(move |dao| {
        dao.mark(ids[0], Mark::Flagged, true, 1)?;
        assert_eq!(dao.mark(ids[0], Mark::Flagged, true, 2)?, None, "it stands so already");
        dao.move_message(ids[1], trash, 3)?;
        dao.mark(ids[0], Mark::Flagged, false, 4)?;
        dao.mark(ids[1], Mark::Seen, true, 5)?;
        dao.queue_expunge(ids[0], 6)
    });
    let pending = mailbox.read(move |dao| dao.pending_actions(account, 10));
    let actions: Vec<Action> = pending.iter().map(|pending| pending.action).collect();
    assert_eq!(
        actions,
        [
            Action::Move { to: trash },
            Action::SetFlag { mark: Mark::Flagged, on: false },
            Action::SetFlag { mark: Mark::Seen, on: true },
            Action::Expunge,
        ]
    );
    assert_eq!(
        (pending[0].folder, pending[0].uid),
        (mailbox.inbox, Some(2)),
        "the server has it there still"
    );
    assert_eq!(
        (pending[2].folder, pending[2].uid),
        (trash, None),
        "not known before the move is told"
    );
    let first = pending[0].id;
    mailbox.write(move |dao| {
        dao.finish_action(first)?;
        dao.set_uid(moved, 77)
    });
    let pending = mailbox.read(move |dao| dao.pending_actions(account, 10));
    assert_eq!(pending[1].uid, Some(77));
    let failed = pending[1].id;
    assert_eq!(mailbox.write(move |dao| dao.action_failed(failed)), 1);
}

#[test]
fn a_message_moved_offline_is_not_doubled_by_a_sync_before_or_after_the_move_is_told() {
    let mailbox = Mailbox::new();
    let (inbox, account) = (mailbox.inbox, mailbox.account);
    let trash = mailbox.add_folder("Trash", FolderRole::Trash);
    let id = mailbox.insert(vec![message(1)])[0];
    mailbox.write(move |dao| dao.move_message(id, trash, 1));
    assert_eq!(mailbox.insert(vec![message(1)]), [id], "the server has it in the inbox still");
    assert!(mailbox.read(move |dao| dao.known_uids(inbox)).is_empty());
    assert_eq!(mailbox.write(move |dao| dao.drop_detached(trash)), 0, "it waits to be told");

    let action = mailbox.read(move |dao| dao.pending_actions(account, 9))[0].id;
    mailbox.write(move |dao| dao.finish_action(action));
    let moved = NewMessage { uid: 50, ..message(1) };
    let synced = mailbox.write(move |dao| dao.insert_headers(trash, &[moved], Placement::Newest));
    assert_eq!(synced, [id], "the server has it in the trash now");
    assert_eq!(mailbox.read(move |dao| dao.message_row(id)).uid, Some(50));
    assert_eq!(mailbox.read(|dao| dao.coverage()).total, 1);
}

#[test]
fn a_uid_never_belongs_to_two_messages() {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert(vec![message(1), message(2)]);
    let (first, second) = (ids[0], ids[1]);
    assert!(matches!(mailbox.try_write(move |dao| dao.set_uid(second, 1)), Err(Error::Conflict)));
    mailbox.write(move |dao| dao.set_uid(first, 1));
}

#[test]
fn a_new_uidvalidity_keeps_bodies_and_marks_and_loses_what_the_server_lost() {
    let mailbox = Mailbox::new();
    let (inbox, account) = (mailbox.inbox, mailbox.account);
    let ids = mailbox.insert((1..=3).map(message).collect());
    let &[kept, lost, pending] = &ids[..] else { panic!("three ids") };
    mailbox.store_text(kept, "the body of the first");
    mailbox.write(move |dao| dao.mark(pending, Mark::Flagged, true, 1));
    assert_eq!(mailbox.write(move |dao| dao.uidvalidity_changed(inbox, 9)), 3);
    assert_eq!(mailbox.read(move |dao| dao.folder(inbox)).total, 3, "still listed and readable");
    assert_eq!(mailbox.read(move |dao| dao.pending_actions(account, 9))[0].uid, None);

    // The server's new numbers: 1 is another message now, the old 1 is 41, the old 3 is 43; the old 2 is gone.
    let stranger = NewMessage { message_id: "stranger@lab.example".into(), ..message(1) };
    let old_first = NewMessage { uid: 41, flags: SEEN, ..message(1) };
    let old_third = NewMessage { uid: 43, ..message(3) };
    let after = mailbox.insert(vec![stranger, old_first, old_third]);
    assert_eq!(after[1..], [kept, pending]);
    assert!(!ids.contains(&after[0]));
    assert_eq!(mailbox.write(move |dao| dao.drop_detached(inbox)), 1);
    assert!(matches!(
        mailbox.store.read_blocking(move |dao| dao.message_row(lost)),
        Err(Error::NotFound)
    ));

    let row = mailbox.read(move |dao| dao.message_row(kept));
    assert_eq!((row.uid, row.flags, row.body_state), (Some(41), SEEN, BodyState::Fetched));
    assert_eq!(mailbox.read(move |dao| dao.raw(kept)), b"the body of the first");
    let row = mailbox.read(move |dao| dao.message_row(pending));
    assert!(row.flags.flagged, "the server doesn't know yet");
    assert_eq!(mailbox.read(move |dao| dao.pending_actions(account, 9))[0].uid, Some(43));
}

#[test]
fn doubtful_twins_are_fetched_again_rather_than_crossed_over() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let twin = |uid| NewMessage { uid, ..message(1) };
    let ids = mailbox.insert(vec![twin(1), twin(2)]);
    mailbox.store_text(ids[0], "one body");
    mailbox.store_text(ids[1], "another body");
    mailbox.write(move |dao| dao.uidvalidity_changed(inbox, 9));
    let after = mailbox.insert(vec![twin(1), NewMessage { uid: 2, size: 5, ..message(1) }]);
    assert!(after.iter().all(|id| !ids.contains(id)));
    assert_eq!(mailbox.write(move |dao| dao.drop_detached(inbox)), 2);
    assert_eq!(mailbox.read(move |dao| dao.missing_bodies(inbox, 9)).len(), 2);
}

#[test]
fn bodies_are_kept_as_received_and_what_is_missing_is_known() {
    let mailbox = Mailbox::new();
    let inbox = mailbox.inbox;
    let ids = mailbox.insert((1..=4).map(message).collect());
    let first = ids[0];
    let raw: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let stored = raw.clone();
    mailbox.write(move |dao| {
        let derived =
            wardmail_store::Derived { security: Security::KeyMissing, ..derived("no key") };
        dao.store_body(first, Body { raw: &stored, derived: &derived })?;
        dao.set_body_state(ids[1], BodyState::TooLarge)?;
        dao.set_body_state(ids[2], BodyState::Failed)
    });
    assert_eq!(mailbox.read(move |dao| dao.raw(first)), raw);
    let missing = mailbox.read(move |dao| dao.missing_bodies(inbox, 9));
    assert_eq!(missing.iter().map(|missing| missing.uid).collect::<Vec<_>>(), [4]);
    assert_eq!(mailbox.read(|dao| dao.with_security(Security::KeyMissing, 9)), [first]);
    assert_eq!(mailbox.read(|dao| dao.with_stale_phi(3, 9)), [first]);
    let coverage = mailbox.read(|dao| dao.coverage());
    assert_eq!(
        (coverage.total, coverage.indexed, coverage.pending, coverage.unreadable),
        (4, 0, 2, 2)
    );

    // The key has come: what the bytes give changes, the bytes don't.
    mailbox.write(move |dao| {
        let phi = wardmail_store::PhiMark { verdict: wardmail_store::PhiVerdict::Phi, ruleset: 3 };
        let subject = Some("The real subject".to_owned());
        let text = derived("the secret text");
        dao.store_derived(
            first,
            &wardmail_store::Derived { subject, security: Security::Sealed, phi, ..text },
        )
    });
    let row = mailbox.read(move |dao| dao.message_row(first));
    assert_eq!((row.subject.as_str(), row.security), ("The real subject", Security::Sealed));
    assert_eq!(mailbox.read(move |dao| dao.raw(first)), raw);
    assert!(mailbox.read(|dao| dao.with_stale_phi(3, 9)).is_empty());
    assert_eq!(mailbox.read(|dao| dao.coverage()).indexed, 1);
}

#[test]
fn a_body_above_the_limit_is_refused_and_nothing_stays() {
    let mailbox = Mailbox::new();
    let id = mailbox.insert(vec![message(1)])[0];
    let outcome = mailbox.try_write(move |dao| {
        let raw = vec![0; wardmail_store::MAX_BLOB_LEN + 1];
        dao.store_body(id, Body { raw: &raw, derived: &derived("x") })
    });
    assert!(matches!(outcome, Err(Error::TooLarge)));
    assert!(!mailbox.read(move |dao| dao.has_body(id)));
    mailbox.write(move |dao| {
        // Noise, so that it is as large in the file.
        let mut noise = vec![0; wardmail_store::MAX_BLOB_LEN];
        openssl::rand::rand_bytes(&mut noise).unwrap();
        dao.store_body(id, Body { raw: &noise, derived: &derived("x") })
    });
    assert_eq!(mailbox.read(move |dao| dao.raw(id)).len(), wardmail_store::MAX_BLOB_LEN);
}
