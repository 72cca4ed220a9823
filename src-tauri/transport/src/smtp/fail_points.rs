//! Owns the points where the tests cut a submission or kill the program. Must not do anything in a package.

use super::{NotSent, Phase};

/// Stops here if a test armed the phase's point; `return` plays a lost connection.
pub(super) fn before(phase: Phase) -> Result<(), NotSent> {
    match phase {
        Phase::Check => fail::fail_point!("smtp::check", |_| Err(NotSent::lost(phase))),
        Phase::Connect => fail::fail_point!("smtp::connect", |_| Err(NotSent::lost(phase))),
        Phase::Greeting => fail::fail_point!("smtp::greeting", |_| Err(NotSent::lost(phase))),
        Phase::Login => fail::fail_point!("smtp::login", |_| Err(NotSent::lost(phase))),
        Phase::Sender => fail::fail_point!("smtp::sender", |_| Err(NotSent::lost(phase))),
        Phase::Recipient => fail::fail_point!("smtp::recipient", |_| Err(NotSent::lost(phase))),
        Phase::Data => fail::fail_point!("smtp::data", |_| Err(NotSent::lost(phase))),
        Phase::Content => fail::fail_point!("smtp::content", |_| Err(NotSent::lost(phase))),
    }
    let _unused_without_fail_points = phase;
    Ok(())
}

/// Stops here, with the server's yes in hand, if a test armed the point.
pub(super) fn accepted() {
    fail::fail_point!("smtp::accepted");
}
