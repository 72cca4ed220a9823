//! Owns the documents and requests that several test modules start from. Only built for tests.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::document::Policy;
use crate::{Account, Endpoint, Origin, PolicyError};

/// The sample of `docs/policy.sample.json`.
pub(crate) const SAMPLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.sample.json"));

/// The account that the sample's register covers.
pub(crate) fn account() -> Account {
    Account {
        imap: Endpoint::new("imap.provider.example", 993).unwrap(),
        smtp: Endpoint::new("smtp.provider.example", 465).unwrap(),
    }
}

/// A moment at which the sample's agreement holds, far from its end.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A document with the given members beside the three that every one has.
pub(crate) fn document(members: &Json) -> Json {
    let mut document = json!({ "schema": 1, "serial": 7, "issuer": "IT" });
    let object = document.as_object_mut().unwrap();
    object.extend(members.as_object().unwrap().clone());
    document
}

/// The register entry of [`account`].
pub(crate) fn provider() -> Json {
    json!({
        "name": "Provider",
        "imap": { "host": "imap.provider.example", "port": 993 },
        "smtp": { "host": "smtp.provider.example", "port": 465 },
        "services": ["imap", "smtp"],
        "signed": "2026-01-01",
        "expires": "2027-12-31",
    })
}

/// Reads a document that names no files, as if it were loaded from one.
pub(crate) fn policy(document: &Json, origin: Origin) -> Result<Policy, PolicyError> {
    let bytes = document.to_string().into_bytes();
    let mut policy = Policy::recall(bytes, std::path::Path::new("/nonexistent/policy.json"))?;
    policy.origin = origin;
    Ok(policy)
}
