//! Judges submission: at every phase, and for every way it can fail there, the outcome says what is known and no more.

use std::future::{pending, ready};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;
use wardmail_transport::{
    Beside, ConnectError, Deadlines, NotSent, Phase, Submission, SubmitOutcome, submit,
    submit_beside,
};

use crate::script::{Do, Scripted, credentials, impatient, patient, say};

const MESSAGE: &[u8] = b"Subject: [...]\r\n\r\n.hidden\r\n..\r\nend\r\n";

fn recipients() -> Vec<String> {
    vec!["bob@far.example".to_owned(), "eve@far.example".to_owned()]
}

async fn submitted(scripted: &Scripted, deadlines: &Deadlines, message: &[u8]) -> SubmitOutcome {
    let recipients = recipients();
    let submission =
        Submission { from: "ann@clinic.example", recipients: &recipients, bytes: message };
    submit(&scripted.server, &credentials(), &scripted.trust, deadlines, &submission).await
}

/// What an honest server says, one answer for each thing that it hears; the first unasked.
const ANSWERS: [&str; 7] = [
    "220 smtp.example ESMTP\r\n",
    "250-smtp.example\r\n250 AUTH PLAIN LOGIN\r\n",
    "235 2.7.0 in\r\n",
    "250 2.1.0 sender ok\r\n",
    "250 2.1.5 recipient ok\r\n",
    "250 2.1.5 recipient ok\r\n",
    "354 go ahead\r\n",
];
const ACCEPTED: &str = "250 2.0.0 <bob@far.example> queued as 4F2A\r\n";

/// An honest server up to its `count`-th answer.
fn honest(count: usize) -> Vec<Do> {
    let mut script = Vec::new();
    for (index, answer) in ANSWERS.iter().take(count).enumerate() {
        if index > 0 {
            script.push(Do::Hear);
        }
        script.push(say(answer));
    }
    script
}

/// Hears what belongs to the `index`-th answer, before it is given.
fn heard_before(index: usize) -> Vec<Do> {
    match index {
        0 => vec![],
        7 => vec![Do::HearMessage],
        _ => vec![Do::Hear],
    }
}

fn failing(index: usize, end: Do) -> Vec<Do> {
    let mut script = honest(index);
    script.extend(heard_before(index));
    script.push(end);
    script
}

const PHASES: [(usize, Phase, Option<usize>); 7] = [
    (0, Phase::Greeting, None),
    (1, Phase::Greeting, None),
    (2, Phase::Login, None),
    (3, Phase::Sender, None),
    (4, Phase::Recipient, Some(0)),
    (5, Phase::Recipient, Some(1)),
    (6, Phase::Data, None),
];

fn not_sent(outcome: SubmitOutcome) -> NotSent {
    match outcome {
        SubmitOutcome::NotSent(not_sent) => not_sent,
        other => panic!("sent? {other:?}"),
    }
}

#[tokio::test]
async fn an_accepted_message_arrives_as_it_is() {
    let mut script = honest(7);
    script.extend([Do::HearMessage, say(ACCEPTED), Do::Hear, say("221 bye\r\n")]);
    let scripted = Scripted::play(script).await;
    let (server, trust) = (scripted.server.clone(), scripted.trust.clone());
    // As a task: the engine submits beside other work.
    let outcome = tokio::spawn(async move {
        let recipients = recipients();
        let submission =
            Submission { from: "ann@clinic.example", recipients: &recipients, bytes: MESSAGE };
        submit(&server, &credentials(), &trust, &patient(), &submission).await
    });
    match outcome.await.unwrap() {
        SubmitOutcome::Accepted { code, reply, tls } => {
            assert_eq!((code, reply.as_str()), (250, "2.0.0 [address] queued as 4F2A"));
            assert!(tls.cipher.starts_with("TLS"), "{tls:?}");
        }
        other => panic!("{other:?}"),
    }
    let heard = scripted.heard().await;
    let (head, rest) = heard.split_once("AUTH PLAIN ").unwrap();
    assert_eq!(head, "EHLO localhost\r\n");
    let (_, rest) = rest.split_once("\r\n").unwrap();
    assert_eq!(
        rest,
        "MAIL FROM:<ann@clinic.example>\r\nRCPT TO:<bob@far.example>\r\nRCPT TO:<eve@far.example>\r\nDATA\r\n\
         Subject: [...]\r\n\r\n..hidden\r\n...\r\nend\r\n.\r\nQUIT\r\n"
    );
}

#[tokio::test]
async fn a_refusal_at_any_phase_is_told_with_its_code_and_nothing_is_sent() {
    for (index, phase, recipient) in PHASES {
        for (code, permanent) in [(450, false), (550, true)] {
            let scripted =
                Scripted::play(failing(index, say(format!("{code} <eve@far.example> no\r\n"))))
                    .await;
            let refused = not_sent(submitted(&scripted, &patient(), MESSAGE).await);
            assert_eq!(
                (refused.phase, refused.code, refused.permanent, refused.recipient),
                (phase, Some(code), permanent, recipient),
                "answer {index}"
            );
            assert!(!format!("{refused:?} {refused}").contains("eve@"));
            assert!(!scripted.heard().await.contains("Subject"), "answer {index}");
        }
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_message_is_not_sent() {
    for (index, phase, recipient) in PHASES {
        let scripted = Scripted::play(failing(index, Do::Reset)).await;
        let lost = not_sent(submitted(&scripted, &patient(), MESSAGE).await);
        assert_eq!((lost.phase, lost.recipient), (phase, recipient), "answer {index}");
        assert_eq!((lost.code, lost.permanent), (None, false), "answer {index}");
        assert_eq!(lost.cause, Some(ConnectError::Lost), "answer {index}");
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up_before_the_message() {
    let scripted = Scripted::play(failing(3, Do::Hang)).await;
    let late = not_sent(submitted(&scripted, &impatient(), MESSAGE).await);
    assert_eq!((late.phase, late.cause), (Phase::Sender, Some(ConnectError::TimedOut)));
    assert!(!late.permanent);
}

#[tokio::test]
async fn a_message_refused_after_its_final_dot_is_rejected() {
    for (code, permanent) in [(452, false), (554, true)] {
        let scripted = Scripted::play(failing(7, say(format!("{code} no\r\n")))).await;
        match submitted(&scripted, &patient(), MESSAGE).await {
            SubmitOutcome::Rejected { code: found, permanent: told } => {
                assert_eq!((found, told), (code, permanent));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn no_reply_to_the_final_dot_is_uncertain() {
    for end in
        [Do::Reset, say(""), say("garbage\r\n"), say("354 more\r\n"), say("250 \u{ff}"), say("2")]
    {
        let scripted = Scripted::play(failing(7, end.clone())).await;
        let outcome = submitted(&scripted, &patient(), MESSAGE).await;
        assert!(matches!(outcome, SubmitOutcome::Uncertain), "{end:?}: {outcome:?}");
    }
    let scripted = Scripted::play(failing(7, Do::Hang)).await;
    let outcome = submitted(&scripted, &impatient(), MESSAGE).await;
    assert!(matches!(outcome, SubmitOutcome::Uncertain), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_lost_in_the_message_is_not_sent() {
    // Larger than what sockets buffer, so that the cut is met while writing.
    let line = [&[b'x'; 76][..], b"\r\n"].concat();
    let message = line.repeat(400_000);
    let mut script = honest(7);
    script.extend([Do::Hear, Do::HearBytes(1000), Do::Reset]);
    let scripted = Scripted::play(script).await;
    let lost = not_sent(submitted(&scripted, &patient(), &message).await);
    assert_eq!((lost.phase, lost.cause), (Phase::Content, Some(ConnectError::Lost)));
    assert!(!lost.permanent);
}

#[tokio::test]
async fn a_server_without_a_login_gets_no_mail() {
    let script = vec![say(ANSWERS[0]), Do::Hear, say("250 smtp.example\r\n")];
    let scripted = Scripted::play(script).await;
    let refused = not_sent(submitted(&scripted, &patient(), MESSAGE).await);
    assert_eq!((refused.phase, refused.permanent), (Phase::Login, true));
    assert_eq!(scripted.heard().await, "EHLO localhost\r\n");
}

#[tokio::test]
async fn a_go_ahead_in_the_wrong_place_is_no_answer() {
    for (index, answer, phase) in [
        (3, "354 go\r\n", Phase::Sender),
        (5, "334 go\r\n", Phase::Recipient),
        (6, "250 ok\r\n", Phase::Data),
    ] {
        let scripted = Scripted::play(failing(index, say(answer))).await;
        let refused = not_sent(submitted(&scripted, &patient(), MESSAGE).await);
        assert_eq!((refused.phase, refused.permanent), (phase, true));
        assert!(!scripted.heard().await.contains("Subject"));
    }
}

#[tokio::test]
async fn an_endless_line_is_cut_off() {
    let scripted = Scripted::play(vec![say([b'2'; 100_000])]).await;
    let refused = not_sent(submitted(&scripted, &patient(), MESSAGE).await);
    assert_eq!(refused.phase, Phase::Greeting);
}

#[tokio::test]
async fn what_cannot_be_sent_safely_is_refused_without_a_connection() {
    let scripted = Scripted::play(vec![]).await;
    let refused = not_sent(submitted(&scripted, &patient(), b"a\n.\nQUIT\r\n").await);
    assert_eq!((refused.phase, refused.permanent), (Phase::Check, true));
    let strange = vec!["bob@far.example".to_owned(), "x>\r\nRCPT TO:<y@z.example".to_owned()];
    let submission =
        Submission { from: "ann@clinic.example", recipients: &strange, bytes: MESSAGE };
    let outcome =
        submit(&scripted.server, &credentials(), &scripted.trust, &patient(), &submission).await;
    let refused = not_sent(outcome);
    assert_eq!((refused.phase, refused.recipient), (Phase::Check, Some(1)));
}

#[tokio::test]
async fn a_submission_that_is_given_up_says_whether_the_final_dot_had_left() {
    for (index, dot_left) in [(1, false), (3, false), (6, false), (7, true)] {
        let come = Arc::new(Notify::new());
        let mut script = honest(index);
        script.extend(heard_before(index));
        script.extend([Do::Tell(Arc::clone(&come)), Do::Hang]);
        let scripted = Scripted::play(script).await;
        let recipients = recipients();
        let submission =
            Submission { from: "ann@clinic.example", recipients: &recipients, bytes: MESSAGE };
        let outcome = submit_beside(
            &scripted.server,
            &credentials(),
            &scripted.trust,
            &patient(),
            &submission,
            Beside { stop: come.notified(), before_content: ready(true) },
        )
        .await;
        if dot_left {
            assert!(matches!(outcome, SubmitOutcome::Uncertain), "{outcome:?}");
        } else {
            assert_eq!(not_sent(outcome).cause, Some(ConnectError::Cancelled));
            assert!(!scripted.heard().await.contains("Subject"));
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_an_answer_to_the_good_bye() {
    let (asked, returned) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut script = honest(7);
    script.extend([Do::HearMessage, say(ACCEPTED), Do::Hear, Do::Tell(Arc::clone(&asked))]);
    script.extend([Do::Await(Arc::clone(&returned)), say("221 bye\r\n")]);
    let scripted = Scripted::play(script).await;
    let forgiving = Deadlines { command: Duration::from_hours(1), ..patient() };
    let outcome = timeout(Duration::from_secs(20), submitted(&scripted, &forgiving, MESSAGE)).await;
    assert!(matches!(outcome, Ok(SubmitOutcome::Accepted { .. })), "{outcome:?}");
    // It is said all the same.
    asked.notified().await;
    returned.notify_one();
    assert!(scripted.heard().await.ends_with("\r\n.\r\nQUIT\r\n"));
}

#[tokio::test]
async fn the_last_word_before_the_message_comes_after_the_go_ahead_and_can_stop_it() {
    for go in [true, false] {
        let agreed = Arc::new(Notify::new());
        let mut script = honest(6);
        script.extend([Do::Hear, Do::Tell(Arc::clone(&agreed)), say(ANSWERS[6])]);
        script.extend([Do::HearMessage, say(ACCEPTED)]);
        let scripted = Scripted::play(script).await;
        let recipients = recipients();
        let submission =
            Submission { from: "ann@clinic.example", recipients: &recipients, bytes: MESSAGE };
        let before_content = async {
            // The server has heard DATA by now, so this is no wait that could last.
            agreed.notified().await;
            go
        };
        let outcome = submit_beside(
            &scripted.server,
            &credentials(),
            &scripted.trust,
            &patient(),
            &submission,
            Beside { stop: pending(), before_content },
        )
        .await;
        if go {
            assert!(matches!(outcome, SubmitOutcome::Accepted { .. }), "{outcome:?}");
        } else {
            let stopped = not_sent(outcome);
            assert_eq!(
                (stopped.phase, stopped.cause),
                (Phase::Content, Some(ConnectError::Cancelled))
            );
        }
        let heard = scripted.heard().await;
        assert_eq!(heard.contains("Subject"), go, "{heard}");
    }
}
