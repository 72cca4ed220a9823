//! What was wrong with a message. Never carries text from the message: a defect may be logged.

use std::fmt;

/// Something in a message that is not as the standards want it, or that was cut by a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Defect {
    /// The message was longer than the limit; the rest was not looked at.
    MessageTruncated,
    /// A header section was longer than the limit; the fields after it were not read.
    HeaderTooLarge,
    /// A header section had more fields than the limit.
    TooManyFields,
    /// The message had more parts than the limit; the rest was not looked at.
    TooManyParts,
    /// Multiparts were nested deeper than the limit; what lies deeper is kept as an opaque attachment.
    TooDeep,
    /// A multipart named no usable boundary; its content is shown as text.
    MissingBoundary,
    /// A multipart's boundary never appeared in it; its content is shown as text.
    BoundaryNotFound,
    /// A multipart was not closed: the message may have been cut on its way.
    UnclosedMultipart,
    /// A header section ended without the empty line that RFC 5322 wants.
    MissingBlankLine,
    /// A line in a header section was not a field.
    MalformedField,
    /// There is no From field.
    MissingFrom,
    /// There are several From fields, or one with several mailboxes: no single author can be shown.
    MultipleFrom,
    /// A field that may appear once (Subject, Date, To, …) appears several times; the first one counts.
    DuplicateField,
    /// A From address is not a valid addr-spec.
    InvalidFrom,
    /// A display name looks like an e-mail address that is not the sender's.
    DisplayNameSpoof,
    /// Control characters or bidirectional overrides were removed from a header field.
    ControlCharacters,
    /// The Date field could not be read.
    InvalidDate,
    /// A text's transfer encoding was damaged or unknown; what could be read is shown. Of attachments,
    /// [`is_whole`](crate::is_whole) tells.
    DamagedEncoding,
    /// A text's charset is unknown or not accepted; the text was read as UTF-8 or Windows-1252.
    UnknownCharset,
    /// The parsing library failed on a field; the field is treated as absent.
    ParserFailure,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MessageTruncated => "the message is longer than the limit",
            Self::HeaderTooLarge => "the header section is longer than the limit",
            Self::TooManyFields => "the header section has too many fields",
            Self::TooManyParts => "the message has too many parts",
            Self::TooDeep => "the message is nested too deeply",
            Self::MissingBoundary => "a multipart names no boundary",
            Self::BoundaryNotFound => "a multipart's boundary does not appear",
            Self::UnclosedMultipart => "a multipart is not closed",
            Self::MissingBlankLine => "a header section has no end",
            Self::MalformedField => "a header line is not a field",
            Self::MissingFrom => "there is no From field",
            Self::MultipleFrom => "there is more than one author",
            Self::DuplicateField => "a header field appears twice",
            Self::InvalidFrom => "the From address is not valid",
            Self::DisplayNameSpoof => "a display name looks like another address",
            Self::ControlCharacters => "a header field held control characters",
            Self::InvalidDate => "the Date field can't be read",
            Self::DamagedEncoding => "a part's encoding is damaged",
            Self::UnknownCharset => "a part's charset is unknown",
            Self::ParserFailure => "a header field could not be parsed",
        })
    }
}

/// Defects found so far, each kind once, in the order found.
#[derive(Debug, Default)]
pub(crate) struct Defects(Vec<Defect>);

impl Defects {
    pub(crate) fn add(&mut self, defect: Defect) {
        if !self.0.contains(&defect) {
            self.0.push(defect);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Defect> {
        self.0
    }
}
