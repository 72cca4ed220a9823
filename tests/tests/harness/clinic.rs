//! The sample mailbox, as the provider holds it and as its correspondents see it.

use wardmail_tests::{Provider, clinic};

#[test]
fn fills_the_folders_and_opens_for_its_owner_only() {
    let provider = Provider::start().unwrap();
    let clinic = clinic::Clinic::new().unwrap();
    clinic.fill(&provider).unwrap();
    let inbox = provider.messages(clinic::OWNER, "INBOX").unwrap();
    assert_eq!((inbox.len(), clinic.count("INBOX")), (15, 15));
    assert_eq!(provider.count(clinic::OWNER, "Sent").unwrap(), 2);
    let unread = inbox.iter().filter(|stored| !stored.flags.contains("\\Seen")).count();
    assert_eq!(unread, 9);
    let sealed: Vec<_> =
        inbox.iter().filter(|stored| stored.text().contains("multipart/encrypted")).collect();
    assert_eq!(sealed.len(), 5);
    let opened: Vec<_> =
        sealed.iter().filter_map(|stored| clinic.owner.open(&stored.raw).ok()).collect();
    assert_eq!(opened.len(), 4, "one is to somebody else");
    let by_colleague = opened
        .iter()
        .filter(|opened| opened.signer.as_deref() == Some(clinic.colleague.fingerprint()))
        .count();
    assert_eq!(by_colleague, 3, "one signer is unknown");
    assert!(
        opened
            .iter()
            .any(|opened| opened.text().contains("Subject: Discharge of your patient\r\n"))
    );
    assert!(inbox.iter().all(|stored| !stored.text().contains("Discharge")));
}
