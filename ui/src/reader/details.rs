//! Fingerprints and keys, for whoever wants to know exactly.

use leptos::prelude::*;
use wardmail_api::mail::{Security, Unreadable};

use crate::words;

#[component]
pub(super) fn Technical(security: Security) -> impl IntoView {
    let mut rows: Vec<(&'static str, String)> = vec![
        (words::reader::SEALED, words::reader::encryption(security.encryption).to_owned()),
        (words::reader::SIGNATURE, words::reader::signature(security.signature).to_owned()),
        (words::reader::HEADERS, words::reader::headers(security.headers).to_owned()),
    ];
    if security.unreadable == Some(Unreadable::NotFetched) {
        rows.clear();
    }
    for signer in &security.signers {
        rows.push((words::reader::SIGNER, signer.addresses.join(", ")));
        rows.push((words::reader::FINGERPRINT, signer.fingerprint.clone()));
    }
    if !security.other_readers.is_empty() {
        rows.push((words::reader::READERS, security.other_readers.join(", ")));
    }
    if !security.missing_keys.is_empty() {
        rows.push((words::reader::MISSING_KEYS, security.missing_keys.join(", ")));
    }
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> })
        .collect();
    view! { <dl class="technical" data-testid="reader-technical">{rows}</dl> }
}
