//! Tells the state of the audit log to somebody outside, where policy asks for it: each signature to the system's log, and
//! by mail to the compliance office.
//!
//! Who has the computer could write the log anew from a point on; what was told outside shows it. Nothing that goes wrong
//! here stops anybody from reading, sending or locking: it is recorded.

mod mail;
#[cfg(test)]
#[cfg(feature = "failpoints")]
mod tests;

use std::{io, os::unix::net::UnixDatagram, path::Path, sync::Arc};

use tokio::sync::Mutex;
use wardmail_api::audit::OutsideView;
use wardmail_audit::{Anchor, Checkpoint, Code, Event, EventKind, Outcome};
use wardmail_store::AuditCheckpoint;

use crate::{engine::blocking, error::Error, session::Session};

pub(crate) use mail::mail_if_due;

/// Signatures that are told at once; there are more only if many thousands of entries came between two looks.
const AT_ONCE: u32 = 100;

/// What this session has told the system's log.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Progress>);

#[derive(Debug, Default)]
struct Progress {
    /// The number of the next signature to tell; before the first telling, the newest there is.
    next: Option<u64>,
    /// The system's log doesn't listen, and that was recorded.
    unheard: bool,
}

/// Tells the system's log every signature that it wasn't told in this session, if policy asks for it.
pub(crate) async fn tell_system_log(session: &Session) {
    match tell(session).await {
        Ok(()) | Err(Error::Locked) => {}
        Err(error) => error.log("system log"),
    }
}

async fn tell(session: &Session) -> Result<(), Error> {
    let engine = session.engine()?;
    if !session.policy().await?.anchors_in_system_log() {
        return Ok(());
    }
    let mut told = session.told.0.lock().await;
    let next = told.next;
    let signatures = session
        .read(move |dao| {
            Ok(match next {
                Some(epoch) => dao.audit_checkpoints(epoch, AT_ONCE)?,
                None => dao.last_audit_checkpoint()?.into_iter().collect(),
            })
        })
        .await?;
    let Some(newest) = signatures.last().map(|signature| signature.epoch) else { return Ok(()) };
    let lines: Vec<String> = signatures.iter().filter_map(line).collect();
    let listener = engine.system_log().to_owned();
    let heard = blocking(move || Ok(send(&listener, &lines)?)).await;
    if heard.is_ok() {
        *told = Progress { next: Some(newest.saturating_add(1)), unheard: false };
        return Ok(());
    }
    // Once, not each time; and after the entry of the lock there is none.
    let news = !std::mem::replace(&mut told.unheard, true);
    drop(told);
    if news && !session.locking.is_cancelled() {
        let event = Event::new(EventKind::AuditNotice, Outcome::Failure);
        Box::pin(session.note(event.code(Code::new("audit.system_log_deaf")))).await;
    }
    heard
}

fn line(signature: &AuditCheckpoint) -> Option<String> {
    let checkpoint = Checkpoint::from_line(&signature.line)?;
    Some(Anchor { log: *checkpoint.log(), head: checkpoint.head() }.to_syslog())
}

/// Hands lines to the system's log. All that it takes is a datagram each, so there is no library for it: the known ones
/// add the computer's name and the number of the process, and one of them waits where the socket is full.
fn send(listener: &Path, lines: &[String]) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    for line in lines {
        socket.send_to(line.as_bytes(), listener)?;
    }
    Ok(())
}

/// What is told outside, for the view of the log.
pub(crate) async fn outside(session: &Arc<Session>) -> Result<OutsideView, Error> {
    let policy = session.policy().await?;
    let mut view = OutsideView {
        system_log: policy.anchors_in_system_log(),
        mail: policy.anchor_mail().map(str::to_owned),
        ..OutsideView::default()
    };
    if view.system_log {
        view.system_log_deaf = session.told.0.lock().await.unheard;
    }
    if view.mail.is_some() {
        session.read(mail::last).await?.show(&mut view);
    }
    Ok(view)
}
