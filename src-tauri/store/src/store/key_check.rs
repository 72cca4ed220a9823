//! The file beside the mailbox that knows its key again, so that a wrong key can be told from a damaged first page:
//! SQLCipher answers "not a database" to both.
//!
//! It holds a random salt and HMAC-SHA-256 of that salt under the mailbox key. The key is 256 random bits, so that the
//! file helps nobody to guess it. It is evidence for a message to the user and nothing else: whether the mailbox opens
//! is SQLCipher's decision, and a missing check is written again after the next successful opening.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::KEY_LEN;

const MAGIC: &[u8; 8] = b"WMCHECK1";
const SALT_LEN: usize = 16;
const MAC_LEN: usize = 32;
const LEN: usize = MAGIC.len() + SALT_LEN + MAC_LEN;

/// What the check says about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// The check is missing or not one.
    NoEvidence,
}

/// Returns the path of the check of a mailbox.
pub(super) fn path_beside(mailbox: &Path) -> PathBuf {
    let mut name = mailbox.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".check");
    mailbox.with_file_name(name)
}

/// Asks the check beside a mailbox about a key.
pub(super) fn ask(mailbox: &Path, key: &[u8; KEY_LEN]) -> Verdict {
    let Some((salt, expected)) = read(&path_beside(mailbox)) else { return Verdict::NoEvidence };
    match mac(key, &salt) {
        Ok(mac) if openssl::memcmp::eq(&mac, &expected) => Verdict::Right,
        Ok(_) => Verdict::Wrong,
        Err(_) => Verdict::NoEvidence,
    }
}

/// Writes the check of a mailbox, replacing an older one in one step.
pub(super) fn write(mailbox: &Path, key: &[u8; KEY_LEN]) -> io::Result<()> {
    let path = path_beside(mailbox);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut salt = [0; SALT_LEN];
    openssl::rand::rand_bytes(&mut salt)?;
    let mut file = tempfile::Builder::new().prefix(".check-").tempfile_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&salt)?;
    file.write_all(&mac(key, &salt)?)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

fn read(path: &Path) -> Option<([u8; SALT_LEN], [u8; MAC_LEN])> {
    let mut bytes = Vec::with_capacity(LEN + 1);
    fs::File::open(path).ok()?.take(LEN as u64 + 1).read_to_end(&mut bytes).ok()?;
    let rest = bytes.strip_prefix(MAGIC)?;
    let (salt, mac) = rest.split_first_chunk::<SALT_LEN>()?;
    Some((*salt, mac.try_into().ok()?))
}

fn mac(key: &[u8; KEY_LEN], salt: &[u8; SALT_LEN]) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::hmac(key)?;
    let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
    signer.update(MAGIC)?;
    signer.update(salt)?;
    signer.sign_to_vec()
}
