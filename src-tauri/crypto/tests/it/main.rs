//! OpenPGP against independent correspondents (GnuPG, Sequoia's `sq`) and against hostile messages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bomb_bytes;
mod bytes;
mod certificates;
mod hostile;
mod inline;
mod keys;
mod mail;
mod people;
mod signatures;
mod tamper;
mod weak;
