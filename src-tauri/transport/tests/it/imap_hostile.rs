//! Judges the client against servers that mean harm or are broken: a clear error, bounded time and memory, and a
//! connection that isn't used again.

use std::future::Future;

use wardmail_transport::{FolderName, ImapClient, ImapError, LimitExceeded, Uid, Wanted};

use crate::imap_protocol::{connect, in_inbox, logged_in, selected, then};
use crate::script::{Do, Scripted, impatient, patient, say};

async fn greeted(greeting: impl AsRef<[u8]>) -> (ImapError, String) {
    let scripted = Scripted::play(vec![say(greeting)]).await;
    let error = connect(&scripted, &patient()).await.unwrap_err();
    (error, scripted.heard().await)
}

#[tokio::test]
async fn no_greeting_but_ok_gets_a_login() {
    let (error, heard) = greeted("* PREAUTH [CAPABILITY IMAP4rev1] welcome back\r\n").await;
    assert!(matches!(error, ImapError::PreAuthenticated), "{error:?}");
    assert_eq!(heard, "");
    let (error, heard) = greeted("* BYE overloaded\r\n").await;
    assert!(matches!(error, ImapError::Bye), "{error:?}");
    assert_eq!(heard, "");
    for garbage in
        ["220 smtp.example ESMTP\r\n", "+ go\r\n", "w1 OK done\r\n", "\r\n", "* 1 EXISTS\r\n"]
    {
        let (error, heard) = greeted(garbage).await;
        assert!(matches!(error, ImapError::Greeting), "{garbage:?}: {error:?}");
        assert_eq!(heard, "", "{garbage:?}");
    }
    let (error, _) = greeted("").await;
    assert!(matches!(error, ImapError::Lost), "{error:?}");
}

/// What the client makes of `answer` to its LIST.
async fn answered(answer: impl AsRef<[u8]>) -> ImapError {
    let scripted = Scripted::play(then(logged_in(""), [Do::Hear, say(answer)])).await;
    let mut client = connect(&scripted, &patient()).await.unwrap();
    let error = client.folders().await.unwrap_err();
    // Whatever it was: no command is trusted to this connection any more.
    assert!(client.is_poisoned());
    assert!(matches!(client.folders().await, Err(ImapError::Poisoned)));
    error
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_it_is_buffered() {
    let limit = |error: ImapError| match error {
        ImapError::Limit(limit) => limit,
        other => panic!("no limit: {other:?}"),
    };
    let literal = answered("* LIST () \"/\" {9999999999}\r\nx").await;
    assert_eq!(limit(literal), LimitExceeded::Literal);
    let literal = answered("* LIST () \"/\" {65537}\r\nx").await;
    assert_eq!(limit(literal), LimitExceeded::Literal);
    let line = answered(format!("* OK {}", "x".repeat(70_000))).await;
    assert_eq!(limit(line), LimitExceeded::Line);
    let flood = answered(format!("* OK {}\r\n", "x".repeat(1000)).repeat(9000)).await;
    assert_eq!(limit(flood), LimitExceeded::Answer);
    let deep = answered(format!("* 1 FETCH (BODYSTRUCTURE {}", "(".repeat(60_000))).await;
    assert_eq!(limit(deep), LimitExceeded::Nesting);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    for answer in [
        "w9 OK done\r\n",
        "w2 OK stale\r\n",
        "+ go ahead\r\n",
        "* PREAUTH welcome\r\n",
        "GET / HTTP/1.1\r\n",
        "* LIST (\\HasNoChildren \"/\" INBOX\r\n",
        "w3 BYE done\r\n",
        // Makes the parser slice a string in the middle of a character.
        "* OK [ALERT]\u{e9}\r\n",
    ] {
        let error = answered(answer).await;
        assert!(matches!(error, ImapError::Protocol), "{answer:?}: {error:?}");
    }
    let error = answered("* BYE shutting down\r\n").await;
    assert!(matches!(error, ImapError::Bye), "{error:?}");
}

#[tokio::test]
async fn errors_do_not_repeat_what_the_server_said() {
    let error = answered("* LIST (needle-7c1d \"/\" needle-7c1d\r\n").await;
    let mut shown = format!("{error} {error:?}");
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        shown = format!("{shown} {inner} {inner:?}");
        source = inner.source();
    }
    assert!(!shown.contains("needle-7c1d"), "{shown}");
}

async fn bodies_of(client: &mut ImapClient) -> ImapError {
    let wanted = [11, 12].map(|number| Wanted { uid: Uid::new(number).unwrap(), size: 5 });
    let mut fetch = client.bodies(&wanted, 1000).unwrap();
    let error = fetch.next_batch().await.unwrap_err();
    assert!(matches!(fetch.next_batch().await, Err(ImapError::Poisoned)));
    error
}

#[tokio::test]
async fn a_connection_cut_in_a_literal_gives_out_no_part_of_it() {
    let half =
        "* 1 FETCH (UID 11 BODY[]<0> {5}\r\nwhole)\r\n* 2 FETCH (UID 12 BODY[]<0> {500}\r\nhal";
    for end in [Do::Reset, say("")] {
        let scripted = Scripted::play(then(selected(2), [Do::Hear, say(half), end])).await;
        let mut client = in_inbox(&scripted, &patient()).await;
        let error = bodies_of(&mut client).await;
        assert!(matches!(error, ImapError::Lost), "{error:?}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn a_server_that_stops_in_a_literal_is_given_up() {
    let script =
        then(selected(2), [Do::Hear, say("* 1 FETCH (UID 11 BODY[]<0> {5}\r\nab"), Do::Hang]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &impatient()).await;
    let error = bodies_of(&mut client).await;
    assert!(matches!(error, ImapError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn a_command_given_up_half_way_poisons_the_connection() {
    let script = then(selected(2), [Do::Hear, Do::Hang]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    give_up(client.uids()).await;
    assert!(client.is_poisoned());
    assert!(matches!(client.uids().await, Err(ImapError::Poisoned)));
    assert!(matches!(client.select(&FolderName::inbox()).await, Err(ImapError::Poisoned)));
}

/// Lets the work run until it first waits for the server, and drops it.
async fn give_up<T>(work: impl Future<Output = T>) {
    tokio::select! {
        biased;
        _ = work => panic!("it ended"),
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn batches_left_unread_poison_the_connection() {
    let script = then(selected(2), [Do::Hear, say("* SEARCH\r\nw4 OK done\r\n"), Do::Hang]);
    let scripted = Scripted::play(script).await;
    let mut client = in_inbox(&scripted, &patient()).await;
    let uids: Vec<Uid> = (1..=250).filter_map(Uid::new).collect();
    let mut fetch = client.headers(&uids).unwrap();
    assert_eq!(fetch.next_batch().await.unwrap().unwrap(), []);
    drop(fetch);
    assert!(client.is_poisoned());
    assert!(matches!(client.uids().await, Err(ImapError::Poisoned)));
}
