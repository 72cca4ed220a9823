//! Words of locking and closing while messages wait, and of leaving what could not be saved.

use super::count;
use crate::compose::Leaving;
use crate::locking::Way;

pub(crate) const TITLE: &str = "Messages are still waiting";
pub(crate) const UNSAVED: &str = "The last words are not saved";
pub(crate) const KEEP_WRITING: &str = "Keep writing";
pub(crate) const SOME_LEFT: &str = "Not everything could be sent now. What is left stays in the outbox, sealed, and the outbox says why.";

/// What waits, and what becomes of it.
pub(crate) fn question(number: u32, way: Way) -> String {
    let shut = match way {
        Way::Lock => "locked",
        Way::Close => "closed",
    };
    let (waits, stays) = if number == 1 {
        ("is not sent yet and can still be undone", "It is sealed and stays")
    } else {
        ("are not sent yet and can still be undone", "They are sealed and stay")
    };
    format!(
        "{} {waits}. {stays} in the outbox if you leave now; nothing is sent while Wardmail is {shut}.",
        count(number, "message", "messages"),
    )
}

/// It waits for the provider.
pub(crate) fn sending(way: Way) -> String {
    let then = match way {
        Way::Lock => "locks",
        Way::Close => "closes",
    };
    format!("Sending. Wardmail {then} as soon as your provider has taken everything.")
}

/// The button that leaves them where they are.
pub(crate) fn leave_queued(way: Way) -> &'static str {
    match way {
        Way::Lock => "Lock, keep them queued",
        Way::Close => "Close, keep them queued",
    }
}

/// The button that sends them first.
pub(crate) fn send_first(way: Way) -> &'static str {
    match way {
        Way::Lock => "Send now and lock",
        Way::Close => "Send now and close",
    }
}

/// What is lost, and what becomes of it otherwise.
pub(crate) fn unsaved(leaving: Leaving) -> String {
    let when = match leaving {
        Leaving::Draft => "if the draft is closed now",
        Leaving::Lock => "if Wardmail locks now",
        Leaving::Window => "if Wardmail closes now",
    };
    format!(
        "What you typed since the last save is only on the screen: it is lost {when}. As long as the draft is open, saving is tried again by itself."
    )
}

/// The button that gives the last words up.
pub(crate) fn leave_unsaved(leaving: Leaving) -> &'static str {
    match leaving {
        Leaving::Draft => "Close without them",
        Leaving::Lock => "Lock without them",
        Leaving::Window => "Close Wardmail without them",
    }
}
