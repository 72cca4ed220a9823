//! Owns waiting for news (IDLE, RFC 2177). Must not act on the news.

use std::future::Future;
use std::pin::pin;

use tokio::select;
use tokio::time::sleep;

use super::ImapError;
use super::session::{Budget, Session};

/// Why waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleEnd {
    /// Something in the folder changed.
    Changed,
    /// The caller asked to stop.
    Cancelled,
}

/// Waits until the folder changes or `cancel` is ready. A change that was told since the folder was selected, and
/// not waited for yet, counts.
pub(super) async fn idle(
    session: &mut Session,
    cancel: impl Future<Output = ()>,
) -> Result<IdleEnd, ImapError> {
    let mut cancel = pin!(cancel);
    while !session.changed {
        if session.is_poisoned() {
            return Err(ImapError::Poisoned);
        }
        session.start("IDLE", "IDLE", Budget::SMALL).await?;
        if !session.until_go_ahead().await? {
            return Err(ImapError::Protocol);
        }
        let cancelled = wait(session, cancel.as_mut()).await?;
        session.write(b"DONE\r\n").await?;
        session.finish(Budget::SMALL, |_| Ok(())).await?;
        if cancelled {
            return Ok(IdleEnd::Cancelled);
        }
    }
    session.changed = false;
    Ok(IdleEnd::Changed)
}

/// Reads until there is news or it is time to renew (`false`), or until cancelled (`true`).
async fn wait(
    session: &mut Session,
    mut cancel: std::pin::Pin<&mut impl Future<Output = ()>>,
) -> Result<bool, ImapError> {
    let mut renew = pin!(sleep(session.deadlines.idle_renew));
    while !session.changed {
        select! {
            biased;
            () = cancel.as_mut() => return Ok(true),
            () = renew.as_mut() => return Ok(false),
            heard = session.next_untagged() => heard?,
        }
    }
    Ok(false)
}
