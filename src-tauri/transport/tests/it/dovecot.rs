//! The client against a real server: a whole session, judged by the server's own tool.

use wardmail_transport::{
    BodyBytes, Flag, FlagChange, FolderName, FolderRole, Headers, IdleEnd, ImapClient, ImapError,
    Keyword, TlsVersion, Uid, UidSet, Wanted,
};

use crate::provider::Dovecot;
use crate::script::{USER, credentials, login_of, patient};

async fn connect(dovecot: &Dovecot) -> ImapClient {
    ImapClient::connect(&dovecot.server, &credentials(), &dovecot.trust, &patient()).await.unwrap()
}

/// A message whose bytes differ from those of every other.
fn message(number: usize, size: usize) -> Vec<u8> {
    let mut message = format!(
        "From: ann@clinic.example\r\nSubject: number {number}\r\nMessage-ID: <{number}@clinic.example>\r\n\r\n"
    )
    .into_bytes();
    for line in 0.. {
        if message.len() >= size {
            break;
        }
        message.extend_from_slice(format!("{number} {line} (\"{{{line}}}\r\n").as_bytes());
    }
    message
}

async fn all_headers(client: &mut ImapClient, uids: &[Uid]) -> Vec<Headers> {
    let mut fetch = client.headers(uids).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = fetch.next_batch().await.unwrap() {
        all.extend(batch);
    }
    all
}

async fn all_bodies(client: &mut ImapClient, headers: &[Headers]) -> Vec<(Uid, BodyBytes)> {
    let wanted: Vec<Wanted> =
        headers.iter().map(|header| Wanted { uid: header.uid, size: header.size }).collect();
    let mut fetch = client.bodies(&wanted, 64 * 1024 * 1024).unwrap();
    let mut all = Vec::new();
    while let Some(batch) = fetch.next_batch().await.unwrap() {
        all.extend(batch.into_iter().map(|body| (body.uid, body.bytes)));
    }
    all
}

#[tokio::test]
async fn messages_of_every_size_come_back_byte_for_byte() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = connect(&dovecot).await;
    // Around the sizes where fetching changes its way: a slice is 1 MiB.
    let mib = 1024 * 1024;
    let mut sizes = vec![200; 230];
    sizes.extend([mib - 40, mib, mib + 1, 3 * mib, 300_000, 400_000, 500_000]);
    let messages: Vec<Vec<u8>> =
        sizes.iter().enumerate().map(|(number, size)| message(number, *size)).collect();
    let inbox = FolderName::inbox();
    let mut uids = Vec::new();
    for message in &messages {
        uids.push(client.append(&inbox, &[Flag::Seen], message).await.unwrap().unwrap().uid);
    }
    let selected = client.select(&inbox).await.unwrap();
    assert_eq!(selected.exists as usize, messages.len());
    assert!(selected.highest_mod_seq.is_some() && !selected.read_only);
    assert_eq!(client.uids().await.unwrap(), uids);
    assert_eq!(client.uids_from(uids[235]).await.unwrap(), &uids[235..]);

    let headers = all_headers(&mut client, &uids).await;
    assert_eq!(headers.iter().map(|header| header.uid).collect::<Vec<_>>(), uids);
    for (header, message) in headers.iter().zip(&messages) {
        assert_eq!(header.size as usize, message.len());
        assert!(message.starts_with(&header.bytes) && header.bytes.ends_with(b"\r\n\r\n"));
        assert_eq!(header.flags, [Flag::Seen]);
        assert!(header.internal_date.is_some() && !header.truncated);
    }
    let mut bodies = all_bodies(&mut client, &headers).await;
    bodies.sort_by_key(|(uid, _)| *uid);
    assert_eq!(bodies.len(), messages.len());
    for ((uid, bytes), message) in bodies.into_iter().zip(messages) {
        assert!(bytes == BodyBytes::Whole(message), "message {uid:?}");
    }
    client.logout().await.unwrap();
}

#[tokio::test]
async fn an_overlong_header_is_cut_and_a_message_beyond_the_cap_only_named() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = connect(&dovecot).await;
    let long = [b"X-Long: ", "x".repeat(300_000).as_bytes(), b"\r\n\r\nbody\r\n"].concat();
    let inbox = FolderName::inbox();
    let uid = client.append(&inbox, &[], &long).await.unwrap().unwrap().uid;
    client.examine(&inbox).await.unwrap();
    let headers = all_headers(&mut client, &[uid]).await;
    assert!(headers[0].truncated && headers[0].bytes.len() == 256 * 1024);
    let mut fetch = client.bodies(&[Wanted { uid, size: 1 }], 100_000).unwrap();
    assert_eq!(fetch.next_batch().await.unwrap().unwrap()[0].bytes, BodyBytes::TooLarge);
}

#[tokio::test]
async fn folders_have_their_roles_and_readable_names() {
    let Some(dovecot) = Dovecot::start() else { return };
    dovecot.doveadm(&["mailbox", "create", "-u", USER, "Ärzte/台北", "R&D \"q\" \\ (x)"]);
    let mut client = connect(&dovecot).await;
    let folders = client.folders().await.unwrap();
    let role = |shown: &str| {
        let folder = folders.iter().find(|folder| folder.shown == shown);
        folder.unwrap_or_else(|| panic!("{shown}: {folders:?}")).role
    };
    assert_eq!(role("INBOX"), Some(FolderRole::Inbox));
    assert_eq!(role("Sent"), Some(FolderRole::Sent));
    assert_eq!(role("Drafts"), Some(FolderRole::Drafts));
    assert_eq!(role("Ärzte/台北"), None);
    // Names go back to the server as they came.
    for folder in folders.iter().filter(|folder| folder.selectable) {
        client.select(&folder.name).await.unwrap();
    }
    let missing = client.select(&FolderName::new("Gone").unwrap()).await;
    // Dovecot 2.3 has no code for it here; others say NONEXISTENT.
    assert!(matches!(missing, Err(ImapError::No { .. })), "{missing:?}");
}

#[tokio::test]
async fn a_folder_that_an_append_misses_is_made_and_subscribed_to() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = connect(&dovecot).await;
    let name = FolderName::new("Copies \"of\" 2026").unwrap();
    let missing = client.append(&name, &[], &message(1, 100)).await;
    assert!(matches!(missing, Err(ImapError::No { missing: true, .. })), "{missing:?}");
    client.create(&name).await.unwrap();
    client.append(&name, &[], &message(1, 100)).await.unwrap();
    let again = client.create(&name).await;
    assert!(matches!(again, Err(ImapError::No { missing: false, .. })), "{again:?}");
    assert_eq!(client.select(&name).await.unwrap().exists, 1);
    let subscribed = dovecot.doveadm(&["mailbox", "list", "-s", "-u", USER]);
    let subscribed = String::from_utf8_lossy(&subscribed.stdout).into_owned();
    assert!(subscribed.lines().any(|line| line == "Copies \"of\" 2026"), "{subscribed}");
}

#[tokio::test]
async fn flags_are_set_read_and_told_by_what_changed() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = connect(&dovecot).await;
    let inbox = FolderName::inbox();
    for number in 0..3 {
        client.append(&inbox, &[], &message(number, 100)).await.unwrap();
    }
    let selected = client.select(&inbox).await.unwrap();
    let uids = client.uids().await.unwrap();
    let second = UidSet::of([uids[1]]).unwrap();
    let keyword = Flag::Keyword(Keyword::new("$Forwarded").unwrap());
    let flags = [Flag::Answered, keyword.clone()];
    client.store_flags(&second, FlagChange::Add, &flags).await.unwrap();
    let changed = client.flags(selected.highest_mod_seq).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].uid, &changed[0].flags[..]), (uids[1], &flags[..]));
    assert!(changed[0].mod_seq > selected.highest_mod_seq);
    assert_eq!(client.flags(None).await.unwrap().len(), 3);

    let seen = dovecot.doveadm(&[
        "fetch",
        "-u",
        USER,
        "flags",
        "mailbox",
        "INBOX",
        "uid",
        &uids[1].get().to_string(),
    ]);
    let seen = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert!(seen.contains("\\Answered") && seen.contains("$Forwarded"), "{seen}");

    client.store_flags(&second, FlagChange::Remove, &[Flag::Answered]).await.unwrap();
    let all = client.flags(None).await.unwrap();
    assert_eq!(all.iter().find(|state| state.uid == uids[1]).unwrap().flags, [keyword]);
}

#[tokio::test]
async fn news_wake_a_waiting_client_and_gone_messages_are_found() {
    let Some(dovecot) = Dovecot::start() else { return };
    let mut client = connect(&dovecot).await;
    let inbox = FolderName::inbox();
    dovecot.save("INBOX", &message(1, 100));
    let before = client.select(&inbox).await.unwrap();
    assert_eq!(before.exists, 1);
    let old = client.uids().await.unwrap();
    let (ended, ()) = tokio::join!(client.idle(std::future::pending()), async {
        dovecot.save("INBOX", &message(2, 100));
    });
    assert_eq!(ended.unwrap(), IdleEnd::Changed);
    let next = before.uid_next.unwrap();
    let fresh = client.uids_from(next).await.unwrap();
    assert_eq!(fresh.len(), 1);
    dovecot.doveadm(&["expunge", "-u", USER, "mailbox", "INBOX", "uid", &old[0].get().to_string()]);
    assert_eq!(client.idle(std::future::pending()).await.unwrap(), IdleEnd::Changed);
    assert_eq!(client.uids().await.unwrap(), fresh);
}

#[tokio::test]
async fn the_connection_and_the_login_are_what_they_should_be() {
    let Some(dovecot) = Dovecot::start() else { return };
    let client = connect(&dovecot).await;
    assert_eq!(client.tls().version, TlsVersion::V1_3);
    assert!(client.tls().cipher.starts_with("TLS13_"), "{:?}", client.tls());
    assert!(client.tls().certificate.subject.contains("CN=server"));
    for capability in ["IDLE", "CONDSTORE", "UIDPLUS", "SPECIAL-USE"] {
        assert!(client.capabilities().offers(capability), "{capability}");
    }
    let wrong = login_of(USER, "wrong");
    let refused = ImapClient::connect(&dovecot.server, &wrong, &dovecot.trust, &patient()).await;
    assert!(matches!(refused, Err(ImapError::LoginRejected)), "{refused:?}");
}
