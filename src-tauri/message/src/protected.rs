//! Header protection (RFC 9788) on reading: the header fields inside a cryptographic payload, and how they stand to the outer ones.

use std::fmt;

use crate::{
    Address, Headers, Limits, Parsed, PartId, address::same_address, defect::Defects, display_text,
    field, headers,
};

/// Class of the element that repeats header fields for programs that don't know header protection (RFC 9788 section 4.5.3.3).
pub(crate) const LEGACY_DISPLAY_CLASS: &str = "header-protection-legacy-display";

/// Most HP-Outer fields kept.
const MAX_OUTER: usize = 200;

/// How the sender says that the header fields are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionMode {
    /// `hp="clear"`: signed, not hidden.
    Clear,
    /// `hp="cipher"`: those without a matching HP-Outer were hidden.
    Cipher,
    /// `protected-headers="v1"`: the older convention, which says nothing about hiding.
    Legacy,
}

/// Header fields found inside a cryptographic payload.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectedHeaders {
    /// The protected fields.
    pub headers: Headers,
    /// How they are protected.
    pub mode: ProtectionMode,
    /// HP-Outer fields: name in lower case and value, as the sender put them outside (RFC 9788 section 2.2).
    pub hp_outer: Vec<(String, String)>,
}

impl fmt::Debug for ProtectedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedHeaders")
            .field("mode", &self.mode)
            .field("hp_outer", &self.hp_outer.len())
            .finish_non_exhaustive()
    }
}

/// Reads the protected header fields of a payload that was decrypted, or whose signature was checked. `payload` is what
/// [`parse_payload`](crate::parse_payload) made of `raw`. `None` if the payload protects none.
pub fn protected_headers(
    raw: &[u8],
    payload: &Parsed,
    limits: &Limits,
) -> Option<ProtectedHeaders> {
    let root = payload.part(PartId::ROOT)?;
    let mode = match root.parameter("hp").map(str::to_ascii_lowercase).as_deref() {
        Some("clear") => ProtectionMode::Clear,
        Some("cipher") => ProtectionMode::Cipher,
        _ if root
            .parameter("protected-headers")
            .is_some_and(|version| version.eq_ignore_ascii_case("v1")) =>
        {
            ProtectionMode::Legacy
        }
        _ => return None,
    };
    let section = field::split(raw, 0, limits, &mut Defects::default(), |_| false);
    let outer = section.fields.iter().filter(|field| field.name == "hp-outer").take(MAX_OUTER);
    let hp_outer = outer.filter_map(|field| {
        let line = field::unfolded(raw.get(field.value.clone())?);
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    });
    // HP-Outer means something with "cipher" only (section 2.2.1).
    let hp_outer = if mode == ProtectionMode::Cipher { hp_outer.collect() } else { Vec::new() };
    Some(ProtectedHeaders { headers: payload.headers.clone(), mode, hp_outer })
}

impl ProtectedHeaders {
    /// Whether the author inside is not the author outside (RFC 9788 section 4.4.1.1). Without an author inside there is nothing to differ.
    pub fn from_differs(&self, outer: &Headers) -> bool {
        !self.headers.from.is_empty() && !same_author(&self.headers, outer)
    }

    /// The header fields to show, thread and answer with: the protected ones. Recipients and Subject that the payload does not have
    /// are absent, for what stands outside only may have been added on the way (sections 4.4.4 and 4.6); date, Message-ID and thread are
    /// filled in from outside, where they can lead nobody astray. What servers add comes from outside.
    ///
    /// `signer_is_author` says that a valid signature is by a certificate bound to the protected From. Without it, an author that
    /// differs from the one that the servers saw is not shown (section 4.4.3).
    pub fn effective(&self, outer: &Headers, signer_is_author: bool) -> Headers {
        let inner = &self.headers;
        let keep_outer_from =
            inner.from.is_empty() || (self.from_differs(outer) && !signer_is_author);
        let or_outer = |inner: &[Address], outer: &[Address]| {
            if self.is_partial() && inner.is_empty() { outer.to_vec() } else { inner.to_vec() }
        };
        Headers {
            from: if keep_outer_from { outer.from.clone() } else { inner.from.clone() },
            sender: inner.sender.clone(),
            reply_to: or_outer(&inner.reply_to, &outer.reply_to),
            to: or_outer(&inner.to, &outer.to),
            cc: or_outer(&inner.cc, &outer.cc),
            bcc: inner.bcc.clone(),
            subject: self.or(inner.subject.as_ref(), outer.subject.as_ref()),
            date: inner.date.or(outer.date),
            expires: inner.expires,
            message_id: inner.message_id.clone().or_else(|| outer.message_id.clone()),
            in_reply_to: if inner.in_reply_to.is_empty() {
                outer.in_reply_to.clone()
            } else {
                inner.in_reply_to.clone()
            },
            references: if inner.references.is_empty() {
                outer.references.clone()
            } else {
                inner.references.clone()
            },
            list_id: outer.list_id.clone(),
            auto_submitted: self.or(inner.auto_submitted.as_ref(), outer.auto_submitted.as_ref()),
            authentication_results: outer.authentication_results.clone(),
            wants_disposition_notification: inner.wants_disposition_notification,
        }
    }

    /// The older convention often copies the Subject only; what it does not have is taken from outside.
    fn is_partial(&self) -> bool {
        self.mode == ProtectionMode::Legacy
    }

    fn or(&self, inner: Option<&String>, outer: Option<&String>) -> Option<String> {
        inner.or(outer.filter(|_| self.is_partial())).cloned()
    }

    /// Whether the subject was hidden outside (section 4.3): then an answer must hide it, too. The older convention counts as hidden.
    pub fn subject_is_confidential(&self) -> bool {
        match self.mode {
            ProtectionMode::Clear => false,
            ProtectionMode::Legacy => true,
            ProtectionMode::Cipher => {
                let outside = self
                    .hp_outer
                    .iter()
                    .find(|(name, _)| name == "subject")
                    .map(|(_, value)| decoded(value));
                self.headers.subject.is_some() && outside != self.headers.subject
            }
        }
    }
}

fn decoded(value: &str) -> String {
    let section = format!("Subject: {value}\n\n");
    headers::parse_headers(section.as_bytes(), &Limits::default())
        .0
        .subject
        .unwrap_or_else(|| display_text(value))
}

fn same_author(inner: &Headers, outer: &Headers) -> bool {
    matches!((inner.author(), outer.author()), (Some(inner), Some(outer)) if same_address(&inner.email, &outer.email))
}

#[cfg(test)]
mod tests;
