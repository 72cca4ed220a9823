//! Judges the test of an account: each step on its own, whatever the others do.

use wardmail_transport::{
    AccountForm, ConnectError, FolderRole, ImapError, NotSent, Outcome, Phase, Server, Step,
    StepKind, TlsError, probe,
};

use crate::imap_protocol::{logged_in, then};
use crate::script::{Do, Scripted, credentials, nobody, patient, say};

fn form(imap: &Server, smtp: &Server) -> AccountForm {
    AccountForm {
        imap: imap.clone(),
        imap_login: credentials(),
        smtp: smtp.clone(),
        smtp_login: credentials(),
    }
}

fn kinds(steps: &[Step]) -> Vec<StepKind> {
    steps.iter().map(|step| step.kind).collect()
}

#[tokio::test]
async fn each_step_is_told_by_itself() {
    let imap = Scripted::play(then(
        logged_in("IDLE SPECIAL-USE"),
        [
            Do::Hear,
            say(concat!(
                "* LIST (\\HasNoChildren) \"/\" INBOX\r\n",
                "* LIST (\\HasNoChildren \\Sent) \"/\" \"Gesendet\"\r\n",
                "* LIST (\\Noselect) \"/\" Archive\r\n",
                "w3 OK done\r\n",
            )),
            Do::Hear,
            say("* BYE bye\r\nw4 OK done\r\n"),
        ],
    ))
    .await;
    // The submission server's certificate is another authority's.
    let smtp = Scripted::play(vec![]).await;
    let steps = probe(&form(&imap.server, &smtp.server), &imap.trust, &patient()).await;
    assert_eq!(
        kinds(&steps),
        [
            StepKind::ImapLogin,
            StepKind::ImapCapabilities,
            StepKind::ImapFolders,
            StepKind::SmtpLogin
        ]
    );
    assert!(matches!(&steps[0].outcome, Outcome::LoggedIn(_)), "{steps:?}");
    let Outcome::Capable { lacks } = &steps[1].outcome else { panic!("{steps:?}") };
    assert_eq!(lacks, &["CONDSTORE", "UIDPLUS"]);
    let Outcome::Folders { count, unmarked } = &steps[2].outcome else { panic!("{steps:?}") };
    assert_eq!((*count, &unmarked[..]), (2, &[FolderRole::Drafts, FolderRole::Trash][..]));
    assert!(
        matches!(
            &steps[3].outcome,
            Outcome::Smtp(NotSent {
                phase: Phase::Connect,
                permanent: true,
                cause: Some(ConnectError::Tls(TlsError::UnknownIssuer(_))),
                ..
            })
        ),
        "{steps:?}"
    );
}

#[tokio::test]
async fn a_failed_login_skips_what_needs_it_and_the_other_protocol_is_still_tried() {
    let imap = Scripted::play(vec![
        say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n"),
        Do::Hear,
        say("+ \r\n"),
        Do::Hear,
        say("w1 NO [AUTHENTICATIONFAILED] no\r\n"),
    ])
    .await;
    let (_held, gone) = nobody();
    let steps = probe(&form(&imap.server, &gone), &imap.trust, &patient()).await;
    assert!(matches!(&steps[0].outcome, Outcome::Imap(ImapError::LoginRejected)), "{steps:?}");
    assert!(matches!(&steps[1].outcome, Outcome::Skipped));
    assert!(matches!(&steps[2].outcome, Outcome::Skipped));
    assert!(
        matches!(
            &steps[3].outcome,
            Outcome::Smtp(NotSent { cause: Some(ConnectError::Refused), .. })
        ),
        "{steps:?}"
    );
}
