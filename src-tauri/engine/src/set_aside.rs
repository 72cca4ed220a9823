//! A damaged profile makes room for another: its files are kept in a folder of their own, and nothing of them is deleted or
//! changed. Then a backup can be restored, or a mailbox made anew that fetches its mail from the provider again.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use wardmail_vault::{PRIVATE_FILES, VAULT_FILE};

use crate::{
    clock,
    engine::{Engine, PROFILE_FILES, State, blocking},
    erasing::{BESIDE, STAYS},
    error::Error,
    policy_source::Remembered,
};

/// How the folders' names begin; the time follows.
const FOLDER: &str = "set-aside-";

impl Engine {
    /// Keeps the damaged files aside. There is no profile then.
    ///
    /// # Errors
    /// [`Error::ProfileExists`] unless whoever asks gave the passphrase and the mailbox didn't open with it, or the vault
    /// itself can't be read; and if a file can't be moved, which the next try goes on with.
    pub(crate) async fn set_aside(self: &Arc<Self>) -> Result<(), Error> {
        let mut state = self.state.write().await;
        let damaged = match &*state {
            State::Locked(_) => self.damaged.load(Ordering::SeqCst),
            State::SetUp(None) => self.existing_vault_is_readable().is_err(),
            State::SetUp(Some(_)) | State::Unlocked(..) => false,
        };
        if !damaged {
            return Err(Error::ProfileExists);
        }
        let profile = self.profile().to_owned();
        blocking(move || Ok(move_files(&profile)?)).await?;
        self.damaged.store(false, Ordering::SeqCst);
        // What is marked in the profile stays: a profile that was managed stays so.
        self.remember_policy(Remembered::default());
        *state = State::SetUp(None);
        Ok(())
    }
}

/// Whether a profile was set aside here: the log of the next one says so.
pub(crate) fn has_been(profile: &Path) -> bool {
    folders(profile).is_ok_and(|folders| !folders.is_empty())
}

/// Every file that lies aside, by its name within the profile.
pub(crate) fn files(profile: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for folder in folders(profile)? {
        for entry in fs::read_dir(profile.join(&folder))? {
            if let Some(name) = entry?.file_name().to_str() {
                files.push(format!("{folder}/{name}"));
            }
        }
    }
    Ok(files)
}

/// Deletes the folders in which nothing lies any more.
pub(crate) fn remove_folders(profile: &Path) -> io::Result<()> {
    for folder in folders(profile)? {
        match fs::remove_dir(profile.join(folder)) {
            // It came after the erasure that is only now carried out to its end.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            done => done?,
        }
    }
    Ok(())
}

fn folders(profile: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(profile)? {
        let entry = entry?;
        if entry.file_type()?.is_dir()
            && let Some(name) = entry.file_name().to_str().filter(|name| name.starts_with(FOLDER))
        {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// The vault goes last: while it is here, the profile is asked for and this can be done again.
fn move_files(profile: &Path) -> io::Result<()> {
    let folder = profile.join(format!("{FOLDER}{}", clock::now().strftime("%Y%m%dT%H%M%SZ")));
    make_private(&folder)?;
    let mailbox = PROFILE_FILES.iter().filter(|name| **name != STAYS);
    for name in mailbox.chain(BESIDE).chain(PRIVATE_FILES).chain([&VAULT_FILE]) {
        match fs::rename(profile.join(name), folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::File::open(&folder)?.sync_all()?;
    fs::File::open(profile)?.sync_all()
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}
