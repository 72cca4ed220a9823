//! One encrypted file that holds a whole profile: written as a stream, read back before it counts, restored elsewhere.
//!
//! ```text
//! magic (16 bytes) ‖ length of the header (u32, highest byte first) ‖ header (JSON) ‖ boxes
//! ```
//! The header holds the profile's recovery wrap, the names and lengths of the files, and a salt. The boxes are the files'
//! bytes one after the other, cut into pieces, each AES-256-GCM under a key that follows from the mailbox key and the salt;
//! the header's hash, the number of the piece and whether it is the last are its associated data. So no piece can be left
//! out, moved, doubled or taken from another backup, and a file that ends early is no backup.
//!
//! Must not know what the files hold.

mod header;
mod pieces;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::keyring::{Item, Keyring, KeyringError};
use crate::recovery::{RecoveryCode, RecoveryCodeError};
use crate::seal::{self, CryptoError};
use crate::secret::MailboxKey;
use crate::vault::{Vault, VaultError};
use header::{Header, Listed};
use pieces::{Pieces, write_pieces};

pub use header::BackupInfo;

/// Why a backup wasn't made, isn't whole, or wasn't restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file isn't a backup.
    #[error("this file is not a backup of Wardmail")]
    NotABackup,
    /// A later version of the program wrote it.
    #[error("the backup was written by a newer version: install that version")]
    NewerFormat,
    /// It isn't what was written, or it ends early.
    #[error("the backup is damaged or not complete: use another one")]
    Damaged,
    /// The recovery code is well-formed and isn't that of this backup.
    #[error("the recovery code belongs to another mailbox: look for the print-out of this one")]
    WrongRecoveryCode,
    /// What was typed isn't a recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// Whoever asked for it stopped it.
    #[error("the backup was stopped")]
    Stopped,
    /// There is a profile at the place already.
    #[error("there is a profile there already: choose another place")]
    AlreadyExists,
    /// There is a file of that name already.
    #[error("there is a file of that name already: choose another name")]
    FileExists,
    /// A file can't be read or written.
    #[error("the backup can't be read or written: check the disk's permissions and free space")]
    Io(#[source] io::Error),
    /// The vault of the profile.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The crypto library failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Stop>) {
            Self::Stopped
        } else if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Damaged
        } else if error.kind() == io::ErrorKind::AlreadyExists {
            Self::FileExists
        } else {
            Self::Io(error)
        }
    }
}

/// What ends the copying when nobody wants it any more.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
struct Stop;

/// Hears how far a backup or a restore is, in bytes done of bytes in all (writing and reading back counted alike); says
/// whether to go on.
pub type Watch<'a> = dyn FnMut(u64, u64) -> bool + 'a;

/// Tells how much was read through it.
struct Watched<'a, 'w, R> {
    inner: R,
    done: &'a mut u64,
    total: u64,
    watch: &'a mut Watch<'w>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        *self.done = self.done.saturating_add(u64::try_from(read).unwrap_or(0));
        if (self.watch)(*self.done, self.total) { Ok(read) } else { Err(io::Error::other(Stop)) }
    }
}

/// A backup that was opened with the right code.
#[derive(Debug)]
pub struct OpenBackup {
    path: PathBuf,
    header: Header,
    key: MailboxKey,
}

/// A backup that was written and not read back yet: dropped, nothing of it stays.
#[derive(Debug)]
pub struct WrittenBackup {
    unfinished: Unfinished,
    path: PathBuf,
    header: Header,
    key: MailboxKey,
}

/// A file under construction, which goes unless it is given its name.
#[derive(Debug)]
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

impl WrittenBackup {
    /// Reads all of it back and gives it its name: what can't be read back is no backup.
    ///
    /// # Errors
    /// [`BackupError`]; then nothing lies at its place.
    pub fn read_back(self, watch: &mut Watch<'_>) -> Result<BackupInfo, BackupError> {
        let Self { unfinished, path, header, key } = self;
        let (mut done, total) = (header.total(), header.total().saturating_mul(2));
        let read = OpenBackup::with_key(&unfinished.0, |_| Ok(key))?;
        read.is_whole(Watched { inner: read.pieces()?, done: &mut done, total, watch })?;
        disk::publish(&unfinished.0, &path)?;
        Ok(header.info())
    }
}

impl Vault {
    /// Writes the profile's files into one encrypted file for `path`; [`WrittenBackup::read_back`] must follow.
    ///
    /// The caller holds the profile's lock and sees to it that nobody writes the files meanwhile. `files` are names within
    /// the profile; one that isn't there is left out. `openings` is how often the mailbox was opened: it tells an older
    /// backup from a newer one.
    ///
    /// # Errors
    /// [`BackupError`]; then nothing is left of it.
    pub fn write_backup(
        &self,
        key: &MailboxKey,
        files: &[&str],
        openings: u64,
        path: &Path,
        watch: &mut Watch<'_>,
    ) -> Result<WrittenBackup, BackupError> {
        let sources = self.sources(files)?;
        let listed = sources
            .iter()
            .map(|(name, file)| {
                Ok(Listed { name: (*name).to_owned(), bytes: file.metadata()?.len() })
            })
            .collect::<io::Result<Vec<_>>>()?;
        let header = Header::new(self, listed, openings)?;
        let unfinished = Unfinished(unfinished(path)?);
        let mut out = disk::private_file().create_new(true).write(true).open(&unfinished.0)?;
        let sealer = header.write(&mut out, key)?;
        let mut bytes: Box<dyn Read> = Box::new(io::empty());
        for ((_, file), listed) in sources.into_iter().zip(&header.files) {
            bytes = Box::new(bytes.chain(file.take(listed.bytes)));
        }
        let (mut done, total) = (0, header.total().saturating_mul(2));
        let watched = Watched { inner: bytes, done: &mut done, total, watch };
        write_pieces(&sealer, watched, header.total(), &mut out)?;
        fail::fail_point!("vault::backup::written");
        out.sync_all()?;
        let key = MailboxKey::from_bytes(key.expose())?;
        Ok(WrittenBackup { unfinished, path: path.to_owned(), header, key })
    }

    fn sources<'n>(&self, files: &[&'n str]) -> io::Result<Vec<(&'n str, File)>> {
        let mut sources = Vec::with_capacity(files.len());
        for name in files {
            match File::open(self.dir().join(name)) {
                Ok(file) => sources.push((*name, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(sources)
    }
}

impl OpenBackup {
    /// Opens a backup with the recovery code that was in force when it was made.
    ///
    /// # Errors
    /// [`BackupError`]; nothing was changed.
    pub fn open(path: &Path, typed: &str) -> Result<Self, BackupError> {
        let code = RecoveryCode::parse(typed)?;
        Self::with_key(path, |header| {
            header.open_recovery(&code)?.ok_or(BackupError::WrongRecoveryCode)
        })
    }

    fn with_key(
        path: &Path,
        open: impl FnOnce(&Header) -> Result<MailboxKey, BackupError>,
    ) -> Result<Self, BackupError> {
        let (header, _) = Header::read(&mut File::open(path)?)?;
        let key = open(&header)?;
        if header.is_key(&key)? {
            Ok(Self { path: path.to_owned(), header, key })
        } else {
            Err(BackupError::Damaged)
        }
    }

    /// What the backup says of itself; after [`OpenBackup::verify`] or [`OpenBackup::restore`] it can be believed.
    pub fn info(&self) -> BackupInfo {
        self.header.info()
    }

    /// How often the mailbox was opened according to the keyring of this computer, where that knows it.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn openings_seen(&self, keyring: &Keyring) -> Result<Option<u64>, KeyringError> {
        keyring.read_counter(&Item::Epoch(self.header.profile))
    }

    /// The key of the mailbox in it.
    ///
    /// # Errors
    /// Fails only when the crypto library does.
    pub fn key(&self) -> Result<MailboxKey, BackupError> {
        Ok(MailboxKey::from_bytes(self.key.expose())?)
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] if a bit is not as it was written.
    pub fn verify(&self) -> Result<(), BackupError> {
        self.is_whole(self.pieces()?)
    }

    fn is_whole(&self, mut pieces: impl Read) -> Result<(), BackupError> {
        let copied = io::copy(&mut pieces, &mut io::sink())?;
        if copied == self.header.total() { Ok(()) } else { Err(BackupError::Damaged) }
    }

    /// Writes its files into `dir`, which must hold no profile. They stay once [`RestoredFiles::keep`] says so.
    ///
    /// # Errors
    /// [`BackupError`], [`BackupError::Stopped`] if `watch` had enough; then none of the files is left there.
    pub fn restore(&self, dir: &Path, watch: &mut Watch<'_>) -> Result<RestoredFiles, BackupError> {
        if Vault::exists(dir) {
            return Err(BackupError::AlreadyExists);
        }
        disk::private_dir(dir)?;
        let mut restored = RestoredFiles(Vec::new());
        self.restore_files(dir, &mut restored.0, watch)?;
        Ok(restored)
    }

    fn restore_files(
        &self,
        dir: &Path,
        written: &mut Vec<PathBuf>,
        watch: &mut Watch<'_>,
    ) -> Result<(), BackupError> {
        let (mut done, total) = (0, self.header.total());
        let mut pieces = Watched { inner: self.pieces()?, done: &mut done, total, watch };
        for listed in &self.header.files {
            let path = dir.join(&listed.name);
            // A mark that says what it says by being there: one that an erased profile has left stays.
            if listed.bytes == 0 && is_mark(&path) {
                continue;
            }
            let mut file = disk::private_file().create_new(true).write(true).open(&path)?;
            written.push(path);
            if io::copy(&mut (&mut pieces).take(listed.bytes), &mut file)? != listed.bytes {
                return Err(BackupError::Damaged);
            }
            file.sync_all()?;
        }
        // The last piece tells that nothing is missing.
        if io::copy(&mut pieces, &mut io::sink())? != 0 {
            return Err(BackupError::Damaged);
        }
        Ok(())
    }

    fn pieces(&self) -> Result<Pieces<BufReader<File>>, BackupError> {
        let mut file = BufReader::new(File::open(&self.path)?);
        let (header, hash) = Header::read(&mut file)?;
        if header != self.header {
            return Err(BackupError::Damaged);
        }
        Ok(Pieces::new(file, header.sealer(&self.key, hash)?))
    }
}

/// The files of a restored profile, which has no vault yet: dropped, they go again.
#[derive(Debug)]
#[must_use = "the files go again unless they are kept"]
pub struct RestoredFiles(Vec<PathBuf>);

impl RestoredFiles {
    /// Leaves them where they are: the profile has its vault now.
    pub fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for RestoredFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            std::fs::remove_file(path).ok();
        }
    }
}

/// Whether there is a file without content.
fn is_mark(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0)
}

/// Where the file grows until it is whole.
fn unfinished(path: &Path) -> Result<PathBuf, BackupError> {
    if path.exists() {
        return Err(BackupError::FileExists);
    }
    let mut name = path.file_name().ok_or(BackupError::NotABackup)?.to_owned();
    let random: [u8; 4] = seal::random_public()?;
    name.push(format!(".{}.unfinished", hex::encode(random)));
    Ok(path.with_file_name(name))
}

#[cfg(test)]
mod tests;
