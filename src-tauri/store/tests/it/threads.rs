//! Threads, whatever order their messages arrive in.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wardmail_store::{MessageId, NewMessage, ThreadId};

use crate::aids::{Mailbox, message};

/// A message that refers to others by number.
fn referring(uid: u32, to: &[u32]) -> NewMessage {
    let name = |n: &u32| format!("<{n}@lab.example>");
    NewMessage {
        message_id: name(&uid),
        references: to.iter().map(name).collect(),
        in_reply_to: to.last().map(name).unwrap_or_default(),
        subject: "Re: Lab results".into(),
        ..message(uid)
    }
}

fn threads(mailbox: &Mailbox, ids: &[MessageId]) -> Vec<ThreadId> {
    let ids = ids.to_vec();
    mailbox.read(move |dao| ids.into_iter().map(|id| Ok(dao.message_row(id)?.thread)).collect())
}

#[test]
fn a_reply_joins_its_thread_whichever_comes_first() {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert(vec![referring(3, &[1, 2]), referring(1, &[]), referring(2, &[1])]);
    let found = threads(&mailbox, &ids);
    assert!(found.windows(2).all(|pair| pair[0] == pair[1]));
    let thread = found[0];
    let rows = mailbox.read(move |dao| dao.thread(thread));
    assert_eq!(
        rows.iter().map(|row| row.uid).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(3)],
        "the oldest first"
    );
    assert!(rows.iter().all(|row| row.thread_size == 3));
}

#[test]
fn the_same_subject_alone_makes_no_thread() {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert(vec![referring(1, &[]), referring(2, &[])]);
    let found = threads(&mailbox, &ids);
    assert_ne!(found[0], found[1]);
}

#[test]
fn a_late_message_joins_two_threads_and_a_deleted_one_shrinks_them() {
    let mailbox = Mailbox::new();
    let ids = mailbox.insert(vec![referring(1, &[]), referring(2, &[1]), referring(9, &[8])]);
    let before = threads(&mailbox, &ids);
    assert_ne!(before[0], before[2]);
    mailbox.insert(vec![referring(8, &[2])]);
    let after = threads(&mailbox, &ids);
    assert_eq!(after, [before[0]; 3], "the smaller moves to the larger");
    let inbox = mailbox.inbox;
    mailbox.write(move |dao| dao.expunge(inbox, &[8]));
    let thread = before[0];
    assert_eq!(mailbox.read(move |dao| dao.thread(thread)).len(), 3);
}

#[test]
fn empty_and_monstrous_ids_join_nobody() {
    let mailbox = Mailbox::new();
    let nameless = |uid, id: &str| NewMessage {
        message_id: id.into(),
        in_reply_to: id.into(),
        ..message(uid)
    };
    let long = "x".repeat(5_000);
    let ids = mailbox.insert(vec![
        nameless(1, ""),
        nameless(2, " <> "),
        nameless(3, &long),
        nameless(4, &long),
    ]);
    assert_eq!(threads(&mailbox, &ids).into_iter().collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn a_very_long_list_of_references_keeps_its_root_and_its_end() {
    let mailbox = Mailbox::new();
    let everything: Vec<u32> = (1..=2_000).collect();
    let ids = mailbox.insert(vec![
        referring(1, &[]),
        referring(1_990, &[]),
        referring(3_000, &everything),
    ]);
    let found = threads(&mailbox, &ids);
    assert!(found.iter().all(|thread| *thread == found[0]));
    let last = ids[2];
    let references = mailbox.read(move |dao| dao.message(last)).references;
    assert_eq!((references.len(), references[0].as_str()), (31, "1@lab.example"));
}

/// Follows the links from a message to the one that stands for its thread.
fn root(links: &BTreeMap<u32, u32>, mut of: u32) -> u32 {
    while let Some(&up) = links.get(&of).filter(|up| **up != of) {
        of = up;
    }
    of
}

/// The plain answer: messages with a Message-ID in common, directly or over others, are one thread.
fn components(messages: &[(u32, Vec<u32>)]) -> BTreeMap<u32, u32> {
    let mut links = BTreeMap::new();
    for (uid, to) in messages {
        for other in to {
            let (a, b) = (root(&links, *uid), root(&links, *other));
            links.insert(a, b);
        }
    }
    messages.iter().map(|(uid, _)| (*uid, root(&links, *uid))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_order_gives_the_same_threads(
        references in prop::collection::vec(prop::collection::vec(1_u32..40, 0..3), 30),
        order in Just((1_u32..=30).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let messages: Vec<(u32, Vec<u32>)> = (1..).zip(references).collect();
        let expected = components(&messages);
        let mailbox = Mailbox::new();
        let batch = order.iter().map(|uid| referring(*uid, &messages[*uid as usize - 1].1)).collect();
        let ids = mailbox.insert(batch);
        let found = threads(&mailbox, &ids);
        let mut pairs = BTreeMap::new();
        for (uid, thread) in order.iter().zip(found) {
            prop_assert_eq!(*pairs.entry(expected[uid]).or_insert(thread), thread);
        }
        prop_assert_eq!(pairs.values().collect::<BTreeSet<_>>().len(), pairs.len());
    }
}
