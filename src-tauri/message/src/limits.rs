//! How much of a message is looked at. Every walk in this crate is bounded by one of these numbers; nothing else decides a limit.

/// Bounds on parsing, decoding and sanitising one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a raw message that are looked at; the rest is cut with [`Defect::MessageTruncated`](crate::Defect::MessageTruncated).
    pub message_bytes: usize,
    /// Bytes of one header section.
    pub header_bytes: usize,
    /// Fields in one header section.
    pub fields: usize,
    /// Nesting of multiparts; deeper ones are kept as opaque leaves.
    pub depth: usize,
    /// Parts in one message.
    pub parts: usize,
    /// Bytes that decoding may yield, for one part and for all text of a message together.
    pub decoded_bytes: usize,
    /// Bytes of text, or of HTML, that the reader gets.
    pub text_bytes: usize,
    /// Bytes that the URLs of embedded images may take in sanitised HTML, all together: a `data:` URL that is named a thousand times is
    /// there a thousand times.
    pub image_bytes: usize,
    /// Addresses kept from one field.
    pub addresses: usize,
    /// Message-IDs kept from one References field.
    pub references: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 160 << 20,
            header_bytes: 1 << 20,
            fields: 4_000,
            depth: 50,
            parts: 1_000,
            decoded_bytes: 128 << 20,
            text_bytes: 2 << 20,
            image_bytes: 16 << 20,
            addresses: 2_000,
            references: 200,
        }
    }
}
