//! Judges the client's side of the protocol where an honest server does the less usual: transcripts over real TLS.

use std::future::{pending, ready};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wardmail_transport::{
    AppendedUid, BodyBytes, Deadlines, Flag, FolderName, IdleEnd, ImapClient, ImapError, Uid,
    UidValidity, Wanted,
};

use crate::script::{Do, PASSWORD, Scripted, USER, credentials, login_of, patient, say};

/// Greeting, login and capabilities; the next command's tag is w3.
pub(crate) fn logged_in(capabilities: &str) -> Vec<Do> {
    vec![
        say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"),
        Do::Hear,
        say("+ \r\n"),
        Do::Hear,
        say("w1 OK [CAPABILITY IMAP4rev1] in\r\n"),
        Do::Hear,
        say(format!("* CAPABILITY IMAP4rev1 {capabilities}\r\nw2 OK done\r\n")),
    ]
}

/// As [`logged_in`], and the inbox selected with so many messages; the next command's tag is w4.
pub(crate) fn selected(exists: u32) -> Vec<Do> {
    let mut script = logged_in("IDLE UIDPLUS");
    script.extend([
        Do::Hear,
        say(format!(
            "* {exists} EXISTS\r\n* OK [UIDVALIDITY 42] ok\r\n* OK [UIDNEXT 99] ok\r\nw3 OK [READ-WRITE] done\r\n"
        )),
    ]);
    script
}

pub(crate) async fn connect(
    scripted: &Scripted,
    deadlines: &Deadlines,
) -> Result<ImapClient, ImapError> {
    ImapClient::connect(&scripted.server, &credentials(), &scripted.trust, deadlines).await
}

pub(crate) async fn in_inbox(scripted: &Scripted, deadlines: &Deadlines) -> ImapClient {
    let mut client = connect(scripted, deadlines).await.unwrap();
    client.select(&FolderName::inbox()).await.unwrap();
    client
}

pub(crate) fn then(mut script: Vec<Do>, more: impl IntoIterator<Item = Do>) -> Vec<Do> {
    script.extend(more);
    script
}

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

#[tokio::test]
async fn the_password_goes_by_authenticate_plain() {
    let scripted = Scripted::play(logged_in("IDLE")).await;
    let client = connect(&scripted, &patient()).await.unwrap();
    assert!(client.capabilities().offers("idle") && !client.capabilities().condstore());
    drop(client);
    let plain = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
    let expected = format!("w1 AUTHENTICATE PLAIN\r\n{plain}\r\nw2 CAPABILITY\r\n");
    assert_eq!(scripted.heard().await, expected);
}

#[tokio::test]
async fn without_plain_the_login_command_is_used_and_quotes_its_strings() {
    let script = vec![
        say("* OK ready\r\n"),
        Do::Hear,
        say("* CAPABILITY IMAP4rev1\r\nw1 OK done\r\n"),
        Do::Hear,
        say("w2 OK in\r\n"),
        Do::Hear,
        say("* CAPABILITY IMAP4rev1\r\nw3 OK done\r\n"),
    ];
    let scripted = Scripted::play(script).await;
    drop(connect(&scripted, &patient()).await.unwrap());
    let heard = scripted.heard().await;
    assert!(heard.contains("w2 LOGIN \"ann@clinic.example\" \"pass\\\"word\\\\1\"\r\n"), "{heard}");
}

#[tokio::test]
async fn a_login_that_cannot_be_sent_safely_is_not_sent() {
    for (capabilities, password) in [
        ("LOGINDISABLED", "secret"),
        ("AUTH=XOAUTH2 LOGINDISABLED", "secret"),
        ("IDLE", "geheim\u{df}"),
    ] {
        let script = vec![say(format!("* OK [CAPABILITY IMAP4rev1 {capabilities}] ready\r\n"))];
        let scripted = Scripted::play(script).await;
        let login = login_of(USER, password);
        let refused =
            ImapClient::connect(&scripted.server, &login, &scripted.trust, &patient()).await;
        assert!(matches!(refused, Err(ImapError::NoLogin)), "{refused:?}");
        assert_eq!(scripted.heard().await, "");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_busy_server() {
    for (reply, rejected) in
        [("w1 NO [AUTHENTICATIONFAILED] no\r\n", true), ("w1 NO [UNAVAILABLE] later\r\n", false)]
    {
        let script = vec![
            say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"),
            Do::Hear,
            say("+ \r\n"),
            Do::Hear,
            say(reply),
        ];
        let scripted = Scripted::play(script).await;
        let error = connect(&scripted, &patient()).await.unwrap_err();
        assert_eq!(matches!(error, ImapError::LoginRejected), rejected, "{error:?}");
        assert_eq!(matches!(error, ImapError::LoginUnavailable), !rejected, "{error:?}");
        assert_eq!(error.is_transient(), !rejected);
    }
}

#[tokio::test]
async fn appending_heeds_the_go_ahead_amid_other_news() {
    let message = b"Subject: x\r\n\r\nbody\r\n";
    let script = then(
        logged_in("UIDPLUS"),
        [
            Do::Hear,
            say("* 5 EXISTS\r\n* 1 RECENT\r\n+ go\r\n"),
            Do::HearBytes(message.len() + 2),
            say("* 6 EXISTS\r\nw3 OK [APPENDUID 42 17] done\r\n"),
        ],
    );
    let scripted = Scripted::play(script).await;
    let mut client = connect(&scripted, &patient()).await.unwrap();
    let folder = FolderName::new("Gesendet \"2026\"").unwrap();
    let at = client.append(&folder, &[Flag::Seen], message).await.unwrap();
    assert_eq!(at, Some(AppendedUid { uid_validity: UidValidity(42), uid: uid(17) }));
    drop(client);
    let heard = scripted.heard().await;
    assert!(
        heard.ends_with(
            "w3 APPEND \"Gesendet \\\"2026\\\"\" (\\Seen) {20}\r\nSubject: x\r\n\r\nbody\r\n\r\n"
        ),
        "{heard}"
    );
}

#[tokio::test]
async fn a_refused_append_leaves_the_connection_usable() {
    let script = then(
        logged_in(""),
        [Do::Hear, say("w3 NO [TRYCREATE] no such folder\r\n"), Do::Hear, say("w4 OK done\r\n")],
    );
    let scripted = Scripted::play(script).await;
    let mut client = connect(&scripted, &patient()).await.unwrap();
    let refused = client.append(&FolderName::new("Sent").unwrap(), &[], b"x\r\n").await;
    assert!(matches!(refused, Err(ImapError::No { missing: true, .. })), "{refused:?}");
    assert!(!client.poll().await.unwrap());
}

#[tokio::test]
async fn waiting_ends_with_news_and_is_renewed_without() {
    let script = then(
        selected(3),
        [
            Do::Hear,
            say("+ idling\r\n"),
            Do::Hear,
            say("w4 OK done\r\n"),
            Do::Hear,
            say("+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n"),
            Do::Hear,
            say("w5 OK done\r\n"),
        ],
    );
    let scripted = Scripted::play(script).await;
    let deadlines = Deadlines { idle_renew: Duration::from_millis(50), ..patient() };
    let mut client = in_inbox(&scripted, &deadlines).await;
    assert_eq!(client.idle(pending()).await.unwrap(), IdleEnd::Changed);
    drop(client);
    assert!(scripted.heard().await.ends_with("w4 IDLE\r\nDONE\r\nw5 IDLE\r\nDONE\r\n"));
}

#[tokio::test]
async fn a_cancelled_wait_leaves_the_connection_usable() {
    let script = then(
        selected(3),
        [
            Do::Hear,
            say("+ idling\r\n"),
            Do::Hear,
            say("w4 OK done\r\n"),
            Do::Hear,
            say("w5 OK done\r\n"),
        ],
    );
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    assert_eq!(client.idle(ready(())).await.unwrap(), IdleEnd::Cancelled);
    assert!(!client.poll().await.unwrap());
}

#[tokio::test]
async fn news_between_two_waits_are_not_missed() {
    let script = then(selected(3), [Do::Hear, say("* 4 EXISTS\r\n* SEARCH\r\nw4 OK done\r\n")]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    assert_eq!(client.uids_from(uid(99)).await.unwrap(), []);
    assert_eq!(client.idle(pending()).await.unwrap(), IdleEnd::Changed);
    drop(client);
    assert!(!scripted.heard().await.contains("IDLE"));
}

#[tokio::test]
async fn an_expunge_during_the_search_begins_it_anew() {
    let script = then(
        selected(3),
        [
            Do::Hear,
            say("* 2 EXPUNGE\r\n* SEARCH 11 13\r\nw4 OK done\r\n"),
            Do::Hear,
            say("* SEARCH 13 11\r\nw5 OK done\r\n"),
        ],
    );
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    assert_eq!(client.uids().await.unwrap(), [uid(11), uid(13)]);
    drop(client);
    assert!(scripted.heard().await.ends_with("w4 UID SEARCH 1:3\r\nw5 UID SEARCH 1:2\r\n"));
}

#[tokio::test]
async fn a_server_that_names_its_last_message_for_an_empty_range_finds_no_new_one() {
    let script = then(selected(3), [Do::Hear, say("* SEARCH 98\r\nw4 OK done\r\n")]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    assert_eq!(client.uids_from(uid(99)).await.unwrap(), []);
}

#[tokio::test]
async fn only_messages_that_were_asked_for_are_given_out_and_each_once() {
    let script = then(
        selected(3),
        [
            Do::Hear,
            say(concat!(
                "* 1 FETCH (FLAGS (\\Seen))\r\n",
                "* 9 FETCH (UID 77 BODY[]<0> {5}\r\nwrong)\r\n",
                "* 1 FETCH (UID 11 BODY[]<0> {5}\r\nfirst)\r\n",
                "* 1 FETCH (UID 11 BODY[]<0> {5}\r\nagain)\r\n",
                "* 2 FETCH (UID 12 BODY[]<0> NIL)\r\n",
                "w4 OK done\r\n",
            )),
        ],
    );
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    let wanted = [11, 12, 13].map(|number| Wanted { uid: uid(number), size: 5 });
    let mut fetch = client.bodies(&wanted, 1000).unwrap();
    let bodies = fetch.next_batch().await.unwrap().unwrap();
    let found: Vec<_> = bodies.into_iter().map(|body| (body.uid.get(), body.bytes)).collect();
    assert_eq!(
        found,
        [(11, BodyBytes::Whole(b"first".to_vec())), (12, BodyBytes::Whole(Vec::new()))]
    );
    assert!(fetch.next_batch().await.unwrap().is_none());
}

#[tokio::test]
async fn a_body_beyond_the_cap_is_named_and_not_given_out() {
    let script = then(
        selected(1),
        [Do::Hear, say("* 1 FETCH (UID 11 BODY[]<0> {6}\r\nlonger)\r\nw4 OK done\r\n")],
    );
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    let mut fetch = client.bodies(&[Wanted { uid: uid(11), size: 1 }], 5).unwrap();
    let bodies = fetch.next_batch().await.unwrap().unwrap();
    assert_eq!(bodies[0].bytes, BodyBytes::TooLarge);
}

#[tokio::test]
async fn a_missing_folder_is_told_and_nothing_is_selected_then() {
    let script = then(selected(3), [Do::Hear, say("w4 NO [NONEXISTENT] no\r\n")]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    let refused = client.select(&FolderName::new("Gone").unwrap()).await;
    assert!(matches!(refused, Err(ImapError::No { missing: true, .. })), "{refused:?}");
    assert!(matches!(client.uids().await, Err(ImapError::NotSelected)));
}

/// The engine runs each connection as a task of its own.
#[tokio::test]
async fn a_session_can_move_between_threads() {
    let scripted = Scripted::play(then(
        selected(0),
        [Do::Hear, say("+ \r\n* 1 EXISTS\r\n"), Do::Hear, say("w4 OK done\r\n")],
    ))
    .await;
    let ended = tokio::spawn(async move {
        let mut client = in_inbox(&scripted, &patient()).await;
        client.idle(pending()).await.unwrap()
    });
    assert_eq!(ended.await.unwrap(), IdleEnd::Changed);
}
