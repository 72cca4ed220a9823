//! Drafts, submissions and sent copies through their lives.

use wardmail_store::{
    Address, DeliveryState, DraftContent, DraftId, DraftKind, DraftRevision, Error, FolderRole,
    NewAttachment, NewGroup, NewSubmission, OutboxId, OutboxState, SubmissionStatus,
};

use crate::aids::{Mailbox, message};

fn content(subject: &str) -> DraftContent {
    let to = vec![Address { name: "Zoë \"Z\" Ng".into(), address: "zoe@home.example".into() }];
    DraftContent { to, subject: subject.into(), ..DraftContent::new(DraftKind::Reply) }
}

fn submission(mailbox: &Mailbox, draft: Option<DraftId>, not_before_ms: i64) -> NewSubmission {
    let group = |name: &str| NewGroup {
        envelope_from: "dr.okafor@clinic.example".into(),
        recipients: vec![format!("{name}@home.example")],
        bytes: format!("To: {name}\r\n\r\n{}", "text ".repeat(100)).into_bytes(),
    };
    NewSubmission {
        account: mailbox.account,
        draft: draft.map(|id| {
            let revision = mailbox.read(move |dao| dao.draft(id)).revision;
            DraftRevision { id, revision }
        }),
        snapshot: "{\"subject\":\"x\"}".into(),
        message_id: "m1@clinic.example".into(),
        not_before_ms,
        state: OutboxState::Queued,
        reason: String::new(),
        groups: vec![group("zoe"), group("bcc")],
    }
}

fn submit(mailbox: &Mailbox, draft: Option<DraftId>, not_before_ms: i64) -> OutboxId {
    let new = submission(mailbox, draft, not_before_ms);
    mailbox.write(move |dao| dao.submit(&new, 1))
}

fn status(state: OutboxState) -> SubmissionStatus {
    SubmissionStatus { state, reason: String::new(), not_before_ms: 0, next_attempt_ms: 0 }
}

#[test]
fn a_draft_is_saved_in_place_and_keeps_its_attachments() {
    let mailbox = Mailbox::new();
    let source = mailbox.insert(vec![message(1)])[0];
    let id = mailbox.write(|dao| dao.save_draft(None, &content("one"), 10));
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
    let attached = bytes.clone();
    let attachment = mailbox.write(move |dao| {
        let scan =
            NewAttachment { name: "scan.pdf", mime_type: "application/pdf", bytes: &attached };
        let attachment = dao.add_attachment(id, &scan)?;
        let with_source =
            DraftContent { source: Some(source), override_note: "note".into(), ..content("two") };
        assert_eq!(dao.save_draft(Some(id), &with_source, 20)?, id);
        Ok(attachment)
    });
    let draft = mailbox.read(move |dao| dao.draft(id));
    assert_eq!((draft.revision, draft.updated_ms, draft.content.subject.as_str()), (3, 20, "two"));
    assert!(draft.content.to == content("").to && draft.content.source == Some(source));
    assert!(mailbox.read(move |dao| dao.attachment_bytes(attachment)) == bytes);
    assert_eq!(mailbox.read(move |dao| dao.attachments(id))[0].size, 800_000);

    let inbox = mailbox.inbox;
    mailbox.write(move |dao| dao.expunge(inbox, &[1]));
    assert_eq!(
        mailbox.read(move |dao| dao.draft(id)).content.source,
        None,
        "the draft outlives what it answers"
    );
    mailbox.write(move |dao| dao.delete_draft(id));
    assert!(matches!(
        mailbox.store.read_blocking(move |dao| dao.attachment_bytes(attachment)),
        Err(Error::NotFound)
    ));
    assert!(matches!(
        mailbox.try_write(move |dao| dao.save_draft(Some(id), &content("x"), 1)),
        Err(Error::NotFound)
    ));
    let gone = mailbox.try_write(move |dao| {
        dao.add_attachment(id, &NewAttachment { name: "a", mime_type: "b", bytes: b"c" })
    });
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[test]
fn a_draft_that_is_submitted_or_was_changed_since_it_was_read_stays_as_it_is() {
    let mailbox = Mailbox::new();
    let scan = || NewAttachment { name: "scan.pdf", mime_type: "application/pdf", bytes: b"%PDF" };
    let id = mailbox.write(|dao| dao.save_draft(None, &content("one"), 10));
    let other = mailbox.write(|dao| dao.save_draft(None, &content("other"), 10));
    let read = submission(&mailbox, Some(id), 0);
    let attachment = mailbox.write(move |dao| dao.add_attachment(id, &scan()));
    let late = read.clone();
    assert!(matches!(mailbox.try_write(move |dao| dao.submit(&late, 1)), Err(Error::Conflict)));
    let elsewhere = mailbox.try_write(move |dao| dao.remove_attachment(other, attachment));
    assert!(matches!(elsewhere, Err(Error::NotFound)), "not its file");

    let now = submission(&mailbox, Some(id), 0);
    mailbox.write(move |dao| dao.submit(&now, 1));
    let refused = [
        mailbox.try_write(move |dao| dao.delete_draft(id)),
        mailbox.try_write(move |dao| dao.add_attachment(id, &scan()).map(drop)),
        mailbox.try_write(move |dao| dao.remove_attachment(id, attachment)),
    ];
    assert!(refused.iter().all(|done| matches!(done, Err(Error::Conflict))), "{refused:?}");
    assert!(!mailbox.read(move |dao| dao.draft_is_open(id)));
    assert_eq!(mailbox.read(move |dao| dao.attachments(id)).len(), 1);
}

#[test]
fn undo_brings_the_draft_back_and_sending_takes_it_away() {
    let mailbox = Mailbox::new();
    let draft = mailbox.write(|dao| dao.save_draft(None, &content("one"), 10));
    let first = submit(&mailbox, Some(draft), 100);
    assert!(mailbox.read(|dao| dao.drafts()).is_empty(), "hidden");
    assert!(matches!(
        mailbox.try_write(move |dao| dao.save_draft(Some(draft), &content("x"), 1)),
        Err(Error::Conflict)
    ));
    let again = submission(&mailbox, Some(draft), 0);
    assert!(
        matches!(mailbox.try_write(move |dao| dao.submit(&again, 1)), Err(Error::Conflict)),
        "once only"
    );
    assert_eq!(mailbox.read(|dao| dao.outbox()).len(), 1, "the refused one left nothing");

    assert_eq!(mailbox.write(move |dao| dao.undo_submission(first)), Some(draft));
    assert_eq!(mailbox.read(|dao| dao.drafts())[0].id, draft);
    let second = submit(&mailbox, Some(draft), 100);
    assert_ne!(first, second);
    mailbox.write(move |dao| dao.set_submission(second, &status(OutboxState::Sent)));
    assert!(matches!(
        mailbox.store.read_blocking(move |dao| dao.draft(draft)),
        Err(Error::NotFound)
    ));
    assert!(matches!(
        mailbox.try_write(move |dao| dao.undo_submission(second)),
        Err(Error::Conflict)
    ));
}

#[test]
fn only_what_is_due_is_claimed_and_only_once() {
    let mailbox = Mailbox::new();
    let late = submit(&mailbox, None, 300);
    let early = submit(&mailbox, None, 200);
    assert_eq!(mailbox.read(|dao| dao.next_due()), Some(200));
    assert!(mailbox.write(|dao| dao.claim_due_outbox(199)).is_none());
    let claimed = mailbox.write(|dao| dao.claim_due_outbox(1_000)).unwrap();
    assert_eq!(
        (claimed.entry.id, claimed.entry.state, claimed.entry.attempts),
        (early, OutboxState::Sending, 1)
    );
    assert_eq!(claimed.groups[0].recipients, ["zoe@home.example"]);
    let group = claimed.groups[1].id;
    assert!(mailbox.read(move |dao| dao.group_bytes(group)).starts_with(b"To: bcc\r\n\r\ntext"));
    assert!(matches!(
        mailbox.try_write(move |dao| dao.undo_submission(early)),
        Err(Error::Conflict)
    ));
    assert_eq!(mailbox.write(|dao| dao.claim_due_outbox(1_000)).unwrap().entry.id, late);
    assert!(mailbox.write(|dao| dao.claim_due_outbox(1_000)).is_none());

    let waits = SubmissionStatus { next_attempt_ms: 5_000, ..status(OutboxState::Queued) };
    mailbox.write(move |dao| dao.set_submission(early, &waits));
    assert!(mailbox.write(|dao| dao.claim_due_outbox(4_999)).is_none(), "backed off");
    assert_eq!(mailbox.write(|dao| dao.claim_due_outbox(5_000)).unwrap().entry.attempts, 2);
}

#[test]
fn an_interrupted_submission_is_queued_or_uncertain_never_both() {
    let mailbox = Mailbox::new();
    let (untouched, on_the_wire, held) =
        (submit(&mailbox, None, 1), submit(&mailbox, None, 2), submit(&mailbox, None, 3));
    mailbox.write(move |dao| {
        dao.set_submission(held, &status(OutboxState::Held))?;
        dao.claim_due_outbox(9)?;
        let groups = dao.claim_due_outbox(9)?.unwrap().groups;
        dao.set_group(groups[0].id, DeliveryState::Sent, "250 2.0.0 Ok", 5)?;
        dao.set_group(groups[1].id, DeliveryState::Sending, "", 6)
    });
    assert_eq!(mailbox.write(|dao| dao.recover_interrupted(7)), [untouched, on_the_wire]);
    let state = |id| mailbox.read(move |dao| dao.outbox_entry(id)).state;
    assert_eq!(state(untouched), OutboxState::Queued);
    assert_eq!(state(on_the_wire), OutboxState::Uncertain);
    assert_eq!(state(held), OutboxState::Held);
    let groups = mailbox.read(move |dao| dao.delivery_groups(on_the_wire));
    assert_eq!(
        (groups[0].state, groups[0].smtp_reply.as_str()),
        (DeliveryState::Sent, "250 2.0.0 Ok")
    );
    assert_eq!(groups[1].state, DeliveryState::Uncertain);
    assert!(mailbox.write(|dao| dao.recover_interrupted(8)).is_empty());
    assert!(matches!(
        mailbox.try_write(move |dao| dao.replace_groups(on_the_wire, &[], 9)),
        Err(Error::Conflict)
    ));
    mailbox.write(move |dao| dao.replace_groups(untouched, &[], 9));
    mailbox.write(move |dao| dao.discard_submission(on_the_wire));
    assert_eq!(mailbox.read(|dao| dao.outbox()).len(), 2);
}

#[test]
fn what_was_known_of_a_group_before_the_end_outlives_it() {
    let mailbox = Mailbox::new();
    let (uncertain, refused) = (submit(&mailbox, None, 1), submit(&mailbox, None, 2));
    mailbox.write(move |dao| {
        for state in [DeliveryState::Uncertain, DeliveryState::Failed] {
            let groups = dao.claim_due_outbox(9)?.unwrap().groups;
            dao.set_group(groups[0].id, state, "", 5)?;
        }
        Ok(())
    });
    assert_eq!(mailbox.write(|dao| dao.recover_interrupted(7)), [uncertain, refused]);
    let state = |id| mailbox.read(move |dao| dao.outbox_entry(id)).state;
    assert_eq!(state(uncertain), OutboxState::Uncertain, "nobody sends it again unasked");
    assert_eq!(state(refused), OutboxState::Queued, "to be told as refused");
    let groups = mailbox.read(move |dao| dao.delivery_groups(refused));
    let states: Vec<_> = groups.iter().map(|group| group.state).collect();
    assert_eq!(states, [DeliveryState::Failed, DeliveryState::Waiting]);
}

#[test]
fn a_sent_copy_waits_until_the_server_has_it() {
    let mailbox = Mailbox::new();
    let account = mailbox.account;
    let sent = mailbox.add_folder("Sent", FolderRole::Sent);
    let submission = submit(&mailbox, None, 1);
    let copy = mailbox.write(move |dao| {
        dao.queue_sent_copy(Some(submission), sent, "m1@clinic.example", b"bytes", 5)
    });
    mailbox.write(move |dao| {
        dao.sent_copy_failed(copy, 100)?;
        dao.discard_submission(submission)
    });
    assert!(mailbox.read(move |dao| dao.sent_copies(account, 99, 9)).is_empty());
    let due = mailbox.read(move |dao| dao.sent_copies(account, 100, 9));
    assert_eq!((due[0].id, due[0].attempts, due[0].submission), (copy, 1, None));
    assert_eq!(mailbox.read(move |dao| dao.sent_copy_bytes(copy)), b"bytes");
    mailbox.write(move |dao| dao.sent_copy_done(copy));
    assert!(mailbox.read(move |dao| dao.sent_copies(account, 100, 9)).is_empty());
    assert!(matches!(
        mailbox.store.read_blocking(move |dao| dao.sent_copy_bytes(copy)),
        Err(Error::NotFound)
    ));
}

#[test]
fn what_is_sent_keeps_no_bytes_and_is_forgotten_after_a_time() {
    let mailbox = Mailbox::new();
    let sent_folder = mailbox.add_folder("Sent", FolderRole::Sent);
    let (sent, failed) = (submit(&mailbox, None, 1), submit(&mailbox, None, 1));
    let groups = |id| mailbox.read(move |dao| dao.delivery_groups(id));
    let (group, other) = (groups(sent)[0].id, groups(failed)[0].id);
    let copy = mailbox.write(move |dao| {
        let bytes = dao.group_bytes(group)?;
        let copy = dao.queue_sent_copy(Some(sent), sent_folder, "m1@clinic.example", &bytes, 5)?;
        dao.set_group(group, DeliveryState::Sent, "250 Ok", 5)?;
        dao.set_submission(failed, &status(OutboxState::Failed))?;
        dao.set_submission(sent, &status(OutboxState::Sent))?;
        Ok(copy)
    });
    let gone = mailbox.store.read_blocking(move |dao| dao.group_bytes(group));
    assert!(matches!(gone, Err(Error::NotFound)));
    assert!(mailbox.read(move |dao| dao.group_bytes(other)).starts_with(b"To: zoe"));
    assert!(mailbox.read(move |dao| dao.sent_copy_bytes(copy)).starts_with(b"To: zoe"));

    assert_eq!(mailbox.write(|dao| dao.prune_outbox(100)), 0, "its copy is still to be stored");
    mailbox.write(move |dao| dao.sent_copy_done(copy));
    assert_eq!(mailbox.write(|dao| dao.prune_outbox(5)), 0, "sent just then");
    assert_eq!(mailbox.write(|dao| dao.prune_outbox(100)), 1);
    let left: Vec<_> = mailbox.read(|dao| dao.outbox()).iter().map(|entry| entry.id).collect();
    assert_eq!(left, [failed]);
}

#[test]
fn json_that_is_none_is_refused() {
    let mailbox = Mailbox::new();
    assert!(matches!(mailbox.try_write(|dao| dao.set_setting("a", "{")), Err(Error::Conflict)));
    let broken = DraftContent { options: "nonsense".into(), ..content("x") };
    assert!(matches!(
        mailbox.try_write(move |dao| dao.save_draft(None, &broken, 1)),
        Err(Error::Conflict)
    ));
    mailbox.write(|dao| {
        dao.set_setting("window.theme", "\"dark\"")?;
        dao.set_setting("window.theme", "\"light\"")
    });
    assert_eq!(mailbox.read(|dao| dao.setting("window.theme")), Some("\"light\"".to_owned()));
    mailbox.write(|dao| dao.remove_setting("window.theme"));
    assert_eq!(mailbox.read(|dao| dao.setting("window.theme")), None);
}

#[test]
fn what_a_check_found_is_kept_with_its_file_and_goes_with_it() {
    let mailbox = Mailbox::new();
    let draft = mailbox.write(|dao| dao.save_draft(None, &content("one"), 10));
    let file = mailbox.write(move |dao| {
        let new = NewAttachment { name: "list.csv", mime_type: "text/csv", bytes: b"a,b" };
        let file = dao.add_attachment(draft, &new)?;
        dao.keep_attachment_check(file, "rules 1", "{\"phi\":true}")?;
        dao.keep_attachment_check(file, "rules 2", "{\"phi\":false}")?;
        Ok(file)
    });
    let found = |stamp: &'static str| mailbox.read(move |dao| dao.attachment_check(file, stamp));
    assert_eq!(found("rules 2").as_deref(), Some("{\"phi\":false}"));
    assert_eq!(found("rules 1"), None);
    mailbox.write(move |dao| dao.delete_draft(draft));
    // A check that ends after its file is gone keeps nothing.
    mailbox.write(move |dao| dao.keep_attachment_check(file, "rules 2", "{}"));
    assert_eq!(found("rules 2"), None);
}
