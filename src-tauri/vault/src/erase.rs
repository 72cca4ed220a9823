//! Crypto-erase: what opens the mailbox is destroyed, and the mailbox with it.
//!
//! First it is ordered, in a file of the profile: from then on it is carried out, whatever ends the program meanwhile, at
//! the next start at the latest. A kill before leaves a profile that opens. Carried out, it destroys the wraps, the beginning
//! of each file, the files, and then the keyring's entries. Under a legal hold the owner's ways in go and the
//! organisation's stays.
//!
//! An order is for one profile. Where another was made in its place meanwhile nothing is left to do but in the keyring.
//!
//! What was copied before (a backup, a disk image) is out of reach: the recovery code opens it still.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::disk;
use crate::keyring::{Item, Keyring, KeyringError, ProfileId, Slot};
use crate::seal;
use crate::vault::{FILE as VAULT, KeyringMode, Vault, VaultError, read_body};

const ORDER: &str = "erase.json";
const MAX_ORDER: u64 = 4096;

/// Files of the vault itself, beside `vault.json`.
pub const OWN_FILES: &[&str] = &["attempts.json", "attempts.json.new", "vault.json.new"];

/// How much of each file's beginning is overwritten: of the mailbox the salt and the first pages, of the rest all.
const OVERWRITTEN: usize = 64 * 1024;

/// What was ordered, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    #[serde(with = "hex::serde")]
    profile: ProfileId,
    /// The organisation's way in stays.
    keep_organisation: bool,
    /// Whether the keyring has entries of the profile.
    keyring: bool,
    /// Whether nothing is left to do but in the keyring.
    disk_done: bool,
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Whether the organisation's way in was left, and the mailbox with it.
    pub kept_for_organisation: bool,
    /// Whether entries are left in the keyring, which could not be reached: the next start tries again.
    pub keyring_left: bool,
}

impl Vault {
    /// Orders that the profile is erased; [`carry_out_erasure`] must follow. With `keep_organisation` only the owner's ways
    /// in go.
    ///
    /// # Errors
    /// [`VaultError::NothingKept`] if the organisation has no way in that could stay; [`VaultError::Io`]. Nothing was
    /// ordered then.
    pub fn order_erasure(&self, keep_organisation: bool) -> Result<(), VaultError> {
        if keep_organisation && self.emergency().is_empty() {
            return Err(VaultError::NothingKept);
        }
        let keyring = self.keyring_mode() == KeyringMode::Required;
        let profile = *self.profile_id();
        store(self.dir(), &Order { profile, keep_organisation, keyring, disk_done: false })
    }
}

/// Carries out what was ordered, if anything was; `files` are the profile's files beside the vault's own. Can be repeated
/// after a kill at any point.
///
/// # Errors
/// [`VaultError`]; the order stands.
pub fn carry_out_erasure(
    dir: &Path,
    files: &[&str],
    keyring: &Keyring,
) -> Result<Option<Erased>, VaultError> {
    let Some(mut order) = ordered(dir)? else { return Ok(None) };
    if !order.disk_done {
        if !is_another(dir, &order.profile)? {
            carry_out_on_disk(dir, files, &order)?;
        }
        fail::fail_point!("vault::erase::files_gone");
        // From here on a new profile can be made in the same place without being taken for the old one.
        order.disk_done = true;
        store(dir, &order)?;
    }
    let keyring_left = order.keyring && empty(keyring, &order.profile).is_err();
    fail::fail_point!("vault::erase::keyring_empty");
    if !keyring_left {
        fs::remove_file(dir.join(ORDER))?;
    }
    Ok(Some(Erased { kept_for_organisation: order.keep_organisation, keyring_left }))
}

fn carry_out_on_disk(dir: &Path, files: &[&str], order: &Order) -> Result<(), VaultError> {
    if order.keep_organisation {
        return release(dir);
    }
    destroy(dir, VAULT)?;
    fail::fail_point!("vault::erase::wraps_gone");
    for name in OWN_FILES.iter().chain(files) {
        destroy(dir, name)?;
    }
    Ok(())
}

/// Says whether another profile than the one that was to go lies here. A vault that can't be read is taken for the one that
/// was to go: that is what a cut-off erasure leaves of it, and whoever makes a profile settles the order first.
fn is_another(dir: &Path, ordered: &ProfileId) -> Result<bool, VaultError> {
    match read_body(dir) {
        Ok(body) => Ok(body.profile != *ordered),
        Err(VaultError::Io(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// Before another profile is made here: whatever was left of an erasure on disk is left, the keyring's entries still go.
pub(crate) fn settle(dir: &Path) -> Result<(), VaultError> {
    match ordered(dir)? {
        Some(order) if !order.disk_done => store(dir, &Order { disk_done: true, ..order }),
        _ => Ok(()),
    }
}

fn ordered(dir: &Path) -> Result<Option<Order>, VaultError> {
    match disk::read(dir, ORDER, MAX_ORDER) {
        Ok(Some(bytes)) => {
            serde_json::from_slice(&bytes).map(Some).map_err(|_| VaultError::Damaged)
        }
        Ok(None) => Err(VaultError::Damaged),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn store(dir: &Path, order: &Order) -> Result<(), VaultError> {
    let bytes = serde_json::to_vec(order).map_err(|_| VaultError::Damaged)?;
    Ok(disk::replace(dir, ORDER, &bytes)?)
}

/// Takes the owner's ways in out of the vault; the organisation's stays.
fn release(dir: &Path) -> Result<(), VaultError> {
    let mut body = read_body(dir)?;
    body.erase_owner();
    disk::replace(dir, VAULT, &body.to_bytes()?)?;
    destroy(dir, "vault.json.new").map_err(VaultError::Io)
}

/// Overwrites the beginning of a file and deletes it; one that isn't there is as good as destroyed.
fn destroy(dir: &Path, name: &str) -> io::Result<()> {
    let path = dir.join(name);
    let mut file = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(OVERWRITTEN);
    let noise: [u8; 4096] = seal::random_public().map_err(io::Error::other)?;
    let mut left = length;
    while left > 0 {
        let piece = noise.get(..left.min(noise.len())).unwrap_or(&noise);
        file.write_all(piece)?;
        left = left.saturating_sub(piece.len());
    }
    file.sync_all()?;
    drop(file);
    fs::remove_file(path)
}

fn empty(keyring: &Keyring, profile: &ProfileId) -> Result<(), KeyringError> {
    let slots = [Slot::A, Slot::B].map(|slot| Item::DeviceSecret(*profile, slot));
    let counters = [Item::Attempts(*profile), Item::Epoch(*profile)];
    slots.iter().chain(&counters).try_for_each(|item| keyring.delete(item))
}

#[cfg(test)]
mod tests;
