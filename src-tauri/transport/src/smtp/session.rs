//! Owns one SMTP connection: greeting, login, envelope, message. Must not hold a message longer than it is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use super::envelope::Envelope;
use super::outcome::redact;
use super::{NotSent, Phase, SubmitOutcome, reach, step};
use crate::fail_points::hit;
use crate::wire::{Connecting, Limits, connect};
use crate::{Credentials, Deadlines, TlsReport};

/// How long a server may take to answer a good-bye.
const GOOD_BYE: Duration = Duration::from_secs(2);

/// A connection that is logged in.
pub(crate) struct Session {
    connection: AsyncSmtpConnection,
    final_dot: Arc<AtomicBool>,
    deadlines: Deadlines,
    tls: TlsReport,
}

impl Session {
    /// Connects by implicit TLS, verifies, greets and logs in. `final_dot` is set when a message's end was, perhaps,
    /// written.
    ///
    /// # Errors
    /// `NotSent`, with the phase.
    pub(crate) async fn open(
        with: Connecting<'_>,
        credentials: &Credentials,
        final_dot: Arc<AtomicBool>,
    ) -> Result<Self, NotSent> {
        reach(Phase::Connect)?;
        let (mut wire, tls) = connect(with, Limits::SMTP)
            .await
            .map_err(|cause| NotSent::connecting(Phase::Connect, cause))?;
        wire.watch_end_of_data(Arc::clone(&final_dot));
        // The host's own name would tell the provider, and every Received header, whose computer this is.
        let name = ClientId::Domain("localhost".to_owned());
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &name);
        let connection = step(Phase::Greeting, with.deadlines.greeting, greeting).await?;
        let mut session = Self { connection, final_dot, deadlines: *with.deadlines, tls };
        session.login(credentials).await?;
        Ok(session)
    }

    /// What was negotiated.
    pub(crate) fn tls(&self) -> &TlsReport {
        &self.tls
    }

    async fn login(&mut self, credentials: &Credentials) -> Result<(), NotSent> {
        // lettre's copies are plain strings: the program's allocator wipes them when they are freed.
        let login = Login::new(credentials.user().to_owned(), credentials.password().to_owned());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if self.connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
            return Err(NotSent::unfit(Phase::Login));
        }
        let auth = self.connection.auth(&mechanisms, &login);
        let reply = step(Phase::Login, self.deadlines.login, auth).await?;
        expect(Phase::Login, &reply, 2)
    }

    /// Names the sender and every recipient. One refusal ends it: the server has nothing to send then.
    pub(super) async fn envelope(&mut self, envelope: &Envelope<'_>) -> Result<(), NotSent> {
        let limit = self.deadlines.command;
        let mail = self.connection.command(Mail::new(Some(envelope.from.clone()), Vec::new()));
        let reply = step(Phase::Sender, limit, mail).await?;
        expect(Phase::Sender, &reply, 2)?;
        for (index, recipient) in envelope.recipients.iter().enumerate() {
            let named = |refusal: NotSent| NotSent { recipient: Some(index), ..refusal };
            let rcpt = self.connection.command(Rcpt::new(recipient.clone(), Vec::new()));
            let reply = step(Phase::Recipient, limit, rcpt).await.map_err(named)?;
            expect(Phase::Recipient, &reply, 2).map_err(named)?;
        }
        let data = self.connection.command(Data);
        let reply = step(Phase::Data, limit, data).await?;
        expect(Phase::Data, &reply, 3)
    }

    /// Sends the message and waits for the server's word on it.
    pub(super) async fn content(mut self, content: &[u8]) -> Result<SubmitOutcome, NotSent> {
        reach(Phase::Content)?;
        let limit = self
            .deadlines
            .transfer(content.len() as u64)
            .saturating_add(self.deadlines.final_reply);
        let reply = timeout(limit, self.connection.message(content)).await;
        // Read after the wait: before it, nothing was written.
        let dot_left = self.final_dot.load(Ordering::SeqCst);
        let outcome = match reply {
            Ok(Ok(reply)) if first_digit(&reply) == 2 => {
                hit("smtp::accepted");
                self.accepted(&reply)
            }
            Ok(Err(error)) if dot_left && error.status().is_some() => rejected(&error),
            Ok(_) | Err(_) if dot_left => SubmitOutcome::Uncertain,
            Ok(Err(error)) => return Err(NotSent::answered(Phase::Content, &error)),
            Ok(Ok(_)) => return Err(NotSent::lost(Phase::Content)),
            Err(_) => return Err(NotSent::timed_out(Phase::Content)),
        };
        self.say_good_bye();
        Ok(outcome)
    }

    /// A courtesy that nobody waits for: the outcome is known.
    fn say_good_bye(self) {
        let Self { mut connection, .. } = self;
        drop(tokio::spawn(async move {
            let _courtesy = timeout(GOOD_BYE, connection.quit()).await;
        }));
    }

    fn accepted(&self, reply: &Response) -> SubmitOutcome {
        SubmitOutcome::Accepted {
            code: u16::from(reply.code()),
            reply: redact(reply.message()),
            tls: Box::new(self.tls.clone()),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("tls", &self.tls).finish_non_exhaustive()
    }
}

fn rejected(error: &lettre::transport::smtp::Error) -> SubmitOutcome {
    match error.status() {
        Some(code) => {
            SubmitOutcome::Rejected { code: u16::from(code), permanent: error.is_permanent() }
        }
        None => SubmitOutcome::Uncertain,
    }
}

fn first_digit(reply: &Response) -> u16 {
    u16::from(reply.code()) / 100
}

/// lettre takes 2xx and 3xx alike: a go-ahead where none belongs, or a yes for a go-ahead, is no answer.
fn expect(phase: Phase, reply: &Response, digit: u16) -> Result<(), NotSent> {
    if first_digit(reply) == digit { Ok(()) } else { Err(NotSent::unfit(phase)) }
}
