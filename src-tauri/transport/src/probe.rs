//! Owns the test of an account before it is used: every step tried and told apart. Must not keep anything.

use std::sync::Arc;

use crate::imap::Capabilities;
use crate::smtp::Session;
use crate::wire::Connecting;
use crate::{
    Credentials, Deadlines, FolderRole, ImapClient, ImapError, NotSent, Server, TlsReport, TlsTrust,
};

/// An account as a person types it in.
#[derive(Debug, Clone)]
pub struct AccountForm {
    /// Where mail is read.
    pub imap: Server,
    /// The login for reading.
    pub imap_login: Credentials,
    /// Where mail is submitted.
    pub smtp: Server,
    /// The login for submitting.
    pub smtp_login: Credentials,
}

/// What a step tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// IMAP: name, TCP connection, verified TLS, greeting and login. The error tells which.
    ImapLogin,
    /// IMAP: what the server can do.
    ImapCapabilities,
    /// IMAP: the folders, and whether there is an inbox.
    ImapFolders,
    /// SMTP: name, TCP connection, verified TLS, greeting and login. The error tells which.
    SmtpLogin,
}

/// A step and how it ended.
#[derive(Debug)]
pub struct Step {
    /// What was tested.
    pub kind: StepKind,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Logged in over this connection.
    LoggedIn(Box<TlsReport>),
    /// The server can all that is needed; named is what it can't that would help.
    Capable {
        /// Useful extensions that the server lacks.
        lacks: Vec<&'static str>,
    },
    /// The folders are there.
    Folders {
        /// How many can be opened.
        count: usize,
        /// Which of sent, drafts and trash no folder is marked for.
        unmarked: Vec<FolderRole>,
    },
    /// IMAP failed.
    Imap(ImapError),
    /// There is no inbox.
    NoInbox,
    /// SMTP failed.
    Smtp(NotSent),
    /// Not tried, because an earlier step failed.
    Skipped,
}

/// Extensions without which everything works, only slower.
const USEFUL: [&str; 4] = ["IDLE", "CONDSTORE", "UIDPLUS", "SPECIAL-USE"];

/// Tries reading and submitting, each as far as it goes. Nothing is sent, changed or kept.
pub async fn probe(form: &AccountForm, trust: &TlsTrust, deadlines: &Deadlines) -> Vec<Step> {
    let mut steps = imap(form, trust, deadlines).await;
    let with = Connecting { server: &form.smtp, trust, deadlines };
    let outcome = match Session::open(with, &form.smtp_login, Arc::default()).await {
        Ok(session) => Outcome::LoggedIn(Box::new(session.tls().clone())),
        Err(error) => Outcome::Smtp(error),
    };
    steps.push(Step { kind: StepKind::SmtpLogin, outcome });
    steps
}

async fn imap(form: &AccountForm, trust: &TlsTrust, deadlines: &Deadlines) -> Vec<Step> {
    let connected = ImapClient::connect(&form.imap, &form.imap_login, trust, deadlines).await;
    let (login, capabilities, folders) = match connected {
        Ok(mut client) => {
            let tls = Box::new(client.tls().clone());
            let lacks = lacks(client.capabilities());
            let folders = folders(&mut client).await;
            // A good-bye is a courtesy: all that is asked is answered.
            let _courtesy = client.logout().await;
            (Outcome::LoggedIn(tls), Outcome::Capable { lacks }, folders)
        }
        Err(error) => (Outcome::Imap(error), Outcome::Skipped, Outcome::Skipped),
    };
    vec![
        Step { kind: StepKind::ImapLogin, outcome: login },
        Step { kind: StepKind::ImapCapabilities, outcome: capabilities },
        Step { kind: StepKind::ImapFolders, outcome: folders },
    ]
}

fn lacks(capabilities: &Capabilities) -> Vec<&'static str> {
    USEFUL.into_iter().filter(|name| !capabilities.offers(name)).collect()
}

async fn folders(client: &mut ImapClient) -> Outcome {
    let folders = match client.folders().await {
        Ok(folders) => folders,
        Err(error) => return Outcome::Imap(error),
    };
    let has = |role| folders.iter().any(|folder| folder.selectable && folder.role == Some(role));
    if !has(FolderRole::Inbox) {
        return Outcome::NoInbox;
    }
    let needed = [FolderRole::Sent, FolderRole::Drafts, FolderRole::Trash];
    Outcome::Folders {
        count: folders.iter().filter(|folder| folder.selectable).count(),
        unmarked: needed.into_iter().filter(|role| !has(*role)).collect(),
    }
}
