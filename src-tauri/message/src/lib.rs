//! MIME in and out: what an e-mail says, and how one is written.
//!
//! Owns parsing with limits, the part tree, the reader's text, HTML sanitising and composing. It holds no keys and does no
//! cryptography: it says *what* is encrypted or signed ([`Protection`]) and gives the exact bytes ([`Parsed::ciphertext`],
//! [`Parsed::signed_content`]); somebody else decrypts and verifies, and comes back with [`parse_payload`] on the result.
//!
//! A tour:
//! - In: [`parse`] (a whole message), [`parse_headers`] (a list row), [`parse_payload`] (what came out of a cryptographic layer).
//!   They never fail: damage is reported as [`Defect`]s beside the value.
//! - Parts: [`Part`] in a flat list, bytes on demand by [`part_bytes`] and [`part_text`], [`Parsed::attachments`].
//! - Reading: [`reader_text`], [`reader_html`], [`snippet`], [`sanitize_html`], [`protected_headers`].
//! - Out: [`Outgoing`] and [`build_plain`], [`build_inner_protected`], [`build_encrypted_outer`], [`build_signed`].
//! - Answering: [`reply_recipients`], [`reply_subject`], [`forward_subject`], [`reply_references`], [`quote_reply`],
//!   [`parse_mailto`].
//!
//! Hostile bytes come in here, so nothing recurses, everything is counted ([`Limits`]), and parts that are encrypted are never joined
//! with parts that are not.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::arithmetic_side_effects)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects,
        clippy::format_collect,
        reason = "tests may panic, and build small inputs"
    )
)]

mod address;
mod clean;
mod compose;
mod decode;
mod defect;
mod field;
mod headers;
mod html_text;
mod html_tokens;
mod limits;
mod mailto;
mod part;
mod protected;
mod protection;
mod quote;
mod reader;
mod reply;
mod sanitize;
mod structure;

pub use address::{Address, AddressError, parse_address_list, same_address};
pub use clean::{display_text, safe_file_name};
pub use compose::{
    Attachment, BuildError, DetachedSignature, ExtraHeader, HeaderProtection, Outgoing, SignError,
    build_encrypted_outer, build_inner_protected, build_plain, build_signed, make_message_id,
};
pub use decode::{Decoded, is_whole, part_bytes, part_text};
pub use defect::Defect;
pub use headers::{Headers, SentDate, parse_headers};
pub use html_text::html_to_text;
pub use limits::Limits;
pub use mailto::{Mailto, parse_mailto};
pub use part::{AttachmentInfo, Disposition, Parsed, Part, PartId, TransferEncoding};
pub use protected::{ProtectedHeaders, ProtectionMode, protected_headers};
pub use protection::{
    ArmorKind, InlineBlock, Layer, LayerKind, Protection, SignedContent, SmimeKind,
};
pub use quote::{quote_forward, quote_reply};
pub use reader::{ReaderHtml, ReaderText, TextSource, reader_html, reader_text, snippet};
pub use reply::{
    Recipients, ReplyScope, forward_subject, reply_recipients, reply_references, reply_subject,
};
pub use sanitize::{Link, RemoteBlocked, Sanitized, sanitize_html};
pub use structure::{parse, parse_payload};
