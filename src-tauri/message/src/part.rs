//! The part tree as a flat list, and what a parsed message consists of. Plain data: the walk is in `structure`, decoding in `decode`.

use std::{fmt, ops::Range};

use crate::{
    Defect, Headers, Protection,
    reader::{is_legacy_part, related_root},
    structure::Origin,
};

/// Index of a part in [`Parsed::parts`]. 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(pub u32);

impl PartId {
    /// The message itself.
    pub const ROOT: Self = Self(0);
}

/// Content-Disposition (RFC 2183), reduced to what matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Disposition {
    /// None given.
    #[default]
    Unspecified,
    /// `inline`.
    Inline,
    /// `attachment`, and any other value, as the RFC says.
    Attachment,
}

/// Content-Transfer-Encoding (RFC 2045 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TransferEncoding {
    /// `7bit`, `8bit`, `binary` or none.
    #[default]
    Identity,
    /// `base64`.
    Base64,
    /// `quoted-printable`.
    QuotedPrintable,
    /// Anything else: taken as it is.
    Unknown,
}

/// One MIME part. Ranges index the raw message that was parsed.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Its place in the list.
    pub id: PartId,
    /// The multipart that it lies in; `None` for the root.
    pub parent: Option<PartId>,
    /// Nesting, 0 for the root.
    pub depth: usize,
    /// Media type in lower case, such as `text/plain`.
    pub media_type: String,
    /// Parameters of the Content-Type field: names in lower case, values as given.
    pub parameters: Vec<(String, String)>,
    /// Content-Disposition.
    pub disposition: Disposition,
    /// File name made safe by [`safe_file_name`](crate::safe_file_name).
    pub file_name: Option<String>,
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// Content-Transfer-Encoding.
    pub encoding: TransferEncoding,
    /// The part's header section with the empty line that ends it.
    pub header: Range<usize>,
    /// The part's body, without the line break that belongs to the next delimiter (RFC 2046 section 5.1.1).
    pub body: Range<usize>,
    /// Whether it has children in the list. A `message/rfc822` has none: it is an attachment.
    pub is_multipart: bool,
    /// Whether the message ended in it, before the delimiter that closes it, or was cut there by a limit.
    pub is_cut: bool,
}

impl Part {
    /// The value of a Content-Type parameter; `name` in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The charset parameter.
    pub fn charset(&self) -> Option<&str> {
        self.parameter("charset")
    }

    /// Whether this is `text/plain` or `text/html` to be read in place.
    pub fn is_inline_text(&self) -> bool {
        !self.is_multipart
            && self.disposition != Disposition::Attachment
            && self.file_name.is_none()
            && self.is_readable_text()
    }

    pub(crate) fn is_readable_text(&self) -> bool {
        matches!(self.media_type.as_str(), "text/plain" | "text/html")
    }

    /// About how many bytes decoding yields: exact for identity, estimated else.
    pub fn decoded_size(&self) -> u64 {
        let raw = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
        match self.encoding {
            // 76 characters and a line break carry 57 bytes.
            TransferEncoding::Base64 => raw.saturating_mul(57) / 78,
            TransferEncoding::Identity
            | TransferEncoding::QuotedPrintable
            | TransferEncoding::Unknown => raw,
        }
    }
}

/// Debug output names no file and no parameter: both can hold PHI.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("id", &self.id)
            .field("parent", &self.parent)
            .field("media_type", &self.media_type)
            .field("header", &self.header)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// A parsed message: headers, parts, what is protected, and what was wrong. Holds no body; every body function also takes the raw bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The root's header fields.
    pub headers: Headers,
    /// The parts in the order of the message; never empty.
    pub parts: Vec<Part>,
    /// What is encrypted or signed.
    pub protection: Protection,
    /// What was wrong, each kind once, in order.
    pub defects: Vec<Defect>,
    pub(crate) origin: Origin,
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parsed")
            .field("parts", &self.parts)
            .field("protection", &self.protection)
            .field("defects", &self.defects)
            .finish_non_exhaustive()
    }
}

/// An attachment as the reader lists it.
#[derive(Clone, PartialEq, Eq)]
pub struct AttachmentInfo {
    /// The part.
    pub part: PartId,
    /// A safe name; a neutral one where the message gives none.
    pub file_name: String,
    /// Media type in lower case, as claimed by the sender.
    pub media_type: String,
    /// About how many bytes it has.
    pub size: u64,
    /// Whether it is a forwarded message.
    pub is_message: bool,
    /// Whether it is only shown inside the HTML (it has a Content-ID and lies in a multipart/related).
    pub is_embedded: bool,
}

impl fmt::Debug for AttachmentInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachmentInfo")
            .field("part", &self.part)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Parsed {
    /// The part with this id.
    pub fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.get(usize::try_from(id.0).ok()?)
    }

    /// The direct children of a part, in order.
    pub fn children(&self, id: PartId) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| part.parent == Some(id))
    }

    /// Whether `id` lies under `ancestor` (or is it).
    pub fn is_within(&self, id: PartId, ancestor: PartId) -> bool {
        let mut at = Some(id);
        // Parents always have a smaller id than their children, so this ends.
        while let Some(current) = at {
            if current == ancestor {
                return true;
            }
            at = self.part(current).and_then(|part| part.parent);
        }
        false
    }

    /// What the reader lists as attachments: everything that is not shown as text and is not part of the cryptographic envelope.
    pub fn attachments(&self) -> Vec<AttachmentInfo> {
        self.parts
            .iter()
            .filter(|part| self.is_attachment(part))
            .map(|part| self.describe(part))
            .collect()
    }

    fn is_attachment(&self, part: &Part) -> bool {
        !part.is_multipart
            && (!part.is_inline_text() || self.is_related_extra(part))
            && !self.protection.is_envelope(self, part)
            && !is_legacy_part(self, part)
    }

    /// A text in a multipart/related that is not its root is nowhere shown: it must be listed.
    fn is_related_extra(&self, part: &Part) -> bool {
        part.parent.and_then(|parent| self.part(parent)).is_some_and(|parent| {
            parent.media_type == "multipart/related" && related_root(self, parent) != Some(part.id)
        })
    }

    fn describe(&self, part: &Part) -> AttachmentInfo {
        let is_message = matches!(part.media_type.as_str(), "message/rfc822" | "message/global");
        let in_related = part
            .parent
            .and_then(|parent| self.part(parent))
            .is_some_and(|parent| parent.media_type == "multipart/related");
        AttachmentInfo {
            part: part.id,
            file_name: part.file_name.clone().unwrap_or_else(|| neutral_name(part, is_message)),
            media_type: part.media_type.clone(),
            size: part.decoded_size(),
            is_message,
            is_embedded: in_related
                && part.content_id.is_some()
                && part.disposition != Disposition::Attachment,
        }
    }
}

fn neutral_name(part: &Part, is_message: bool) -> String {
    let extension = match part.media_type.as_str() {
        _ if is_message => "eml",
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "application/pdf" => "pdf",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        _ => "bin",
    };
    format!("part-{}.{extension}", part.id.0)
}
