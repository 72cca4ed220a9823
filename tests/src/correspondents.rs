//! Independent correspondents: `gpg` and `sq` write to the program's user and read what the program sent.
//!
//! They share no code with the program, so that a mistake in it can't hide by being made twice.

mod gpg;
mod mime;
mod sq;

pub use gpg::Gpg;
pub use mime::{Letter, armored, wrap};
pub use sq::Sq;

/// What a correspondent found in a message that it could open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The MIME entity that was encrypted.
    pub content: Vec<u8>,
    /// The fingerprint of whoever made the valid signature, upper case; none if there is no signature that holds.
    pub signer: Option<String>,
}

impl Opened {
    /// As its reader sees it: headers as they are, bodies without their transfer encoding. What isn't UTF-8 is replaced.
    pub fn text(&self) -> String {
        mime::readable(&self.content)
    }
}
