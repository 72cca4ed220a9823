//! The wall around the OpenPGP library: its panics and its error texts stay here. Owns nothing else.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use openpgp::Error;
use sequoia_openpgp as openpgp;

/// An error of the OpenPGP library, by its kind. Its text isn't kept: it may quote user IDs and content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LibraryError(&'static str);

impl LibraryError {
    /// The library panicked.
    pub(crate) const PANIC: Self = Self("panic");

    /// Keeps the kind of `error`.
    pub(crate) fn of(error: &openpgp::anyhow::Error) -> Self {
        let kind = error.downcast_ref::<Error>().map_or("other", |error| {
            if matches!(error, Error::InvalidArgument(_)) {
                "invalid argument"
            } else if matches!(error, Error::InvalidOperation(_)) {
                "invalid operation"
            } else if is_unsupported(error) {
                "unsupported algorithm"
            } else if matches!(error, Error::PolicyViolation(..)) {
                "refused by policy"
            } else {
                "other"
            }
        });
        Self(kind)
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

/// Tells whether `error` says that an algorithm isn't supported or is refused by the policy.
pub(crate) fn is_algorithm_refused(error: &openpgp::anyhow::Error) -> bool {
    error
        .downcast_ref::<Error>()
        .is_some_and(|error| is_unsupported(error) || matches!(error, Error::PolicyViolation(..)))
}

fn is_unsupported(error: &Error) -> bool {
    matches!(
        error,
        Error::UnsupportedHashAlgorithm(_)
            | Error::UnsupportedPublicKeyAlgorithm(_)
            | Error::UnsupportedEllipticCurve(_)
            | Error::UnsupportedSymmetricAlgorithm(_)
            | Error::UnsupportedAEADAlgorithm(_)
            | Error::UnsupportedCompressionAlgorithm(_)
    )
}

/// Runs `work`; returns `None` if the library panicked on hostile bytes.
///
/// Nothing that `work` borrows is used again after a panic: every caller returns an error at once.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
