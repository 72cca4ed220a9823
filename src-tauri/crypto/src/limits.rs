//! The caps that hostile OpenPGP input meets. Owns the numbers, not their enforcement.

/// Caps on what one call reads, unpacks and tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message (armored or binary) that are looked at.
    pub message_bytes: usize,
    /// Bytes of plaintext that one message may hold.
    pub plaintext_bytes: usize,
    /// Bytes of plaintext per byte of message. Ordinary text compresses tenfold, a bomb a thousandfold.
    pub expansion_ratio: usize,
    /// Bytes of plaintext that are allowed whatever the ratio, so that a short and repetitive mail opens.
    pub expansion_floor: usize,
    /// Containers within containers (encrypted, compressed, signed).
    pub nesting: usize,
    /// Recipients (encrypted session keys) of one message.
    pub recipients: usize,
    /// Signatures on one message.
    pub signatures: usize,
    /// Bytes of one file of certificates.
    pub keyring_bytes: usize,
    /// Certificates in one file.
    pub certificates: usize,
    /// Bytes of one certificate; flooded certificates have megabytes of worthless signatures.
    pub certificate_bytes: usize,
    /// OpenPGP blocks in one text.
    pub inline_blocks: usize,
}

impl Limits {
    /// The limits for mail: attachments of 100 MB pass.
    pub const MAIL: Self = Self {
        message_bytes: 256 << 20,
        plaintext_bytes: 192 << 20,
        expansion_ratio: 24,
        expansion_floor: 8 << 20,
        nesting: 8,
        recipients: 1_000,
        signatures: 32,
        keyring_bytes: 16 << 20,
        certificates: 1_000,
        certificate_bytes: 1 << 20,
        inline_blocks: 16,
    };

    /// Returns how many bytes of plaintext a message of `message` bytes may unpack to.
    #[must_use]
    pub fn plaintext_for(&self, message: usize) -> usize {
        message
            .saturating_mul(self.expansion_ratio)
            .max(self.expansion_floor)
            .min(self.plaintext_bytes)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::MAIL
    }
}
