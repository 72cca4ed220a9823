//! Owns TLS: whom we trust, how the server's certificate is judged, and what was negotiated. Must not open a socket.

mod error;
mod report;
mod trust;
mod verify;

pub use error::TlsError;
pub use report::{CertificateSummary, TlsReport, TlsVersion};
pub use trust::TlsTrust;

pub(crate) use error::classify;
pub(crate) use verify::Presented;
