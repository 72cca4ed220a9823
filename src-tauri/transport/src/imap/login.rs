//! Owns the login and what the server says it can do. Must not send a password before TLS, nor log it.

use std::collections::BTreeSet;

use async_imap::imap_proto::{Capability, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::ImapError;
use super::session::{Budget, Done, Session, within};
use crate::Credentials;

/// The most capabilities that are kept.
const MAX_CAPABILITIES: usize = 256;

/// What the server says it can do, after the login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities(BTreeSet<String>);

impl Capabilities {
    /// Whether the server offers the capability, by its registered name in any case.
    pub fn offers(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_uppercase())
    }

    /// The capabilities' names in upper case, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether flags can be asked for by modification sequence (RFC 7162). QRESYNC implies it.
    pub fn condstore(&self) -> bool {
        self.offers("CONDSTORE") || self.offers("QRESYNC")
    }

    fn of(names: Vec<String>) -> Self {
        Self(names.into_iter().take(MAX_CAPABILITIES).collect())
    }
}

/// The names of parsed capabilities, in upper case.
pub(super) fn names(list: &[Capability<'_>]) -> Vec<String> {
    list.iter()
        .map(|capability| match capability {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
            Capability::Atom(atom) => atom.to_ascii_uppercase(),
        })
        .collect()
}

/// Logs in by AUTHENTICATE PLAIN, or by LOGIN where that is all the server has; then asks what the server can do.
pub(super) async fn login(
    session: &mut Session,
    greeting: Done,
    credentials: &Credentials,
) -> Result<Capabilities, ImapError> {
    let limit = session.deadlines.login;
    within(limit, async {
        let offered = match greeting.capabilities {
            Some(names) => Capabilities::of(names),
            None => capabilities(session).await?,
        };
        if offered.offers("AUTH=PLAIN") {
            authenticate_plain(session, credentials).await?;
        } else {
            login_command(session, &offered, credentials).await?;
        }
        // What was offered before the login, and in its reply, may be less than there is.
        capabilities(session).await
    })
    .await
}

async fn capabilities(session: &mut Session) -> Result<Capabilities, ImapError> {
    let mut found = None;
    session
        .run("CAPABILITY", "CAPABILITY", Budget::SMALL, |response| {
            if let Response::Capabilities(list) = response {
                found = Some(names(list));
            }
            Ok(())
        })
        .await?;
    found.map(Capabilities::of).ok_or(ImapError::Protocol)
}

async fn authenticate_plain(
    session: &mut Session,
    credentials: &Credentials,
) -> Result<(), ImapError> {
    session.start("AUTHENTICATE", "AUTHENTICATE PLAIN", Budget::SMALL).await?;
    if !session.until_go_ahead().await.map_err(rejected)? {
        return Err(ImapError::Protocol);
    }
    let mut answer = Zeroizing::new(STANDARD.encode(credentials.sasl_plain()));
    answer.push_str("\r\n");
    session.write(answer.as_bytes()).await?;
    conclude(session).await
}

async fn login_command(
    session: &mut Session,
    offered: &Capabilities,
    credentials: &Credentials,
) -> Result<(), ImapError> {
    let (user, password) = (credentials.user(), credentials.password());
    if offered.offers("LOGINDISABLED") || !user.is_ascii() || !password.is_ascii() {
        return Err(ImapError::NoLogin);
    }
    let line = Zeroizing::new(format!("LOGIN {} {}", *quoted(user), *quoted(password)));
    session.start("LOGIN", &line, Budget::SMALL).await?;
    conclude(session).await
}

/// A quoted string of RFC 3501; the text has no CR, LF or NUL ([`Credentials::new`]).
fn quoted(text: &str) -> Zeroizing<String> {
    let escaped = Zeroizing::new(text.replace('\\', "\\\\"));
    Zeroizing::new(format!("\"{}\"", escaped.replace('"', "\\\"")))
}

async fn conclude(session: &mut Session) -> Result<(), ImapError> {
    session.finish(Budget::SMALL, |_| Ok(())).await.map(drop).map_err(rejected)
}

fn rejected(error: ImapError) -> ImapError {
    match error {
        ImapError::No { busy: true, .. } => ImapError::LoginUnavailable,
        ImapError::No { .. } => ImapError::LoginRejected,
        other => other,
    }
}
