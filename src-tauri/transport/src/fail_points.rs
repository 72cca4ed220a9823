//! Owns the named points where tests cut a connection or kill the program. Must not exist in a package.
//!
//! The points: `imap::between_batches`; `smtp::` with `connect`, `greeting`, `login`, `sender`, `recipient`, `data`,
//! `content`, each before its phase; `smtp::final_dot_written`; `smtp::accepted`, with the server's yes in hand.

/// Stops, pauses or ends the program here if a test armed the point; `true` if it asks for a failure.
#[cfg_attr(
    not(feature = "failpoints"),
    expect(unused_variables, reason = "without the feature there are no points")
)]
pub(crate) fn hit(name: &'static str) -> bool {
    fail::fail_point!(name, |_| true);
    false
}
