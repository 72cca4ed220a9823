//! Owns reading a policy from a file that its reader can't have changed. Must not say what is in it.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::document::{CertificateSource, Listed, Parsed, Policy, parse};

/// Where the installed policy lies.
pub const INSTALLED_PATH: &str = "/etc/wardmail/policies/policy.json";

/// The largest document, and the largest certificate file, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Where a policy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Deployed by IT: only the system's administrator may change it.
    Installed,
    /// Named by hand: it can only tighten an installed one.
    Named,
}

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// There is no such file.
    #[error("there is no policy file")]
    Missing,
    /// The file, or a certificate file that it names, can't be read.
    #[error("the policy cannot be read")]
    Unreadable(#[source] io::Error),
    /// The file, or a certificate file that it names, is larger than 1 MiB.
    #[error("the policy is too large")]
    TooLarge,
    /// Somebody else than the administrator may change the file.
    #[error("the policy's file is not safe: {0}")]
    Insecure(Insecurity),
    /// It is no JSON.
    #[error("the policy is not JSON: line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is a document of another version.
    #[error("the policy has schema version {found}, which this program does not know")]
    Version {
        /// The document's version.
        found: u64,
    },
    /// A value is missing, of the wrong type, or out of range.
    #[error("the policy is invalid at {path:?}")]
    Invalid {
        /// Where, such as `lock.idleSeconds`; empty for the document itself.
        path: String,
    },
}

/// What makes a policy's file unsafe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Insecurity {
    /// The file or a folder above it doesn't belong to root.
    #[error("it does not belong to the administrator")]
    Owner,
    /// Others than its owner may write the file or a folder above it.
    #[error("others may write it")]
    Writable,
    /// It is no regular file.
    #[error("it is not a regular file")]
    NotAFile,
    /// Who may write it can't be told on this system.
    #[error("who may write it cannot be told on this system")]
    Unknown,
}

impl Policy {
    /// Reads a policy and the certificate files that it names. Relative names are relative to the policy's folder.
    ///
    /// # Errors
    /// [`PolicyError`]. An installed policy must belong to root, as must every folder above it, and nobody else may
    /// write there; the same goes for the certificate files that it names.
    pub fn load(path: &Path, origin: Origin) -> Result<Self, PolicyError> {
        let bytes = read(path, origin)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        Self::of(bytes, origin, |file| match read(&folder.join(file), origin) {
            // The policy is there: that its certificate isn't must not pass for "no policy".
            Err(PolicyError::Missing) => {
                Err(PolicyError::Unreadable(io::ErrorKind::NotFound.into()))
            }
            read => read.map(Some),
        })
    }

    /// Reads a policy again from the bytes that were kept of it ([`Policy::bytes`]), for reading on under the last
    /// one that was verified. Certificate files that can't be read safely now are left out: then the servers that
    /// need them aren't trusted.
    ///
    /// # Errors
    /// [`PolicyError`] if the bytes are no policy.
    pub fn recall(bytes: Vec<u8>, installed_at: &Path) -> Result<Self, PolicyError> {
        let folder = installed_at.parent().unwrap_or(Path::new("/"));
        Self::of(bytes, Origin::Installed, |file| {
            Ok(read(&folder.join(file), Origin::Installed).ok())
        })
    }

    fn of(
        bytes: Vec<u8>,
        origin: Origin,
        file: impl Fn(&Path) -> Result<Option<Vec<u8>>, PolicyError>,
    ) -> Result<Self, PolicyError> {
        let Parsed { serial, issuer, settings, providers, site_rules, warnings } = parse(&bytes)?;
        let with_certificates = |(mut provider, sources): Listed| {
            for source in sources {
                match source {
                    CertificateSource::Pem(text) => provider.trusted_pem.push(text.into_bytes()),
                    CertificateSource::File(path) => provider.trusted_pem.extend(file(&path)?),
                }
            }
            Ok(provider)
        };
        let providers = providers
            .map(|list| list.into_iter().map(with_certificates).collect::<Result<Vec<_>, _>>())
            .transpose()?;
        Ok(Self { origin, serial, issuer, settings, providers, site_rules, warnings, bytes })
    }
}

fn read(path: &Path, origin: Origin) -> Result<Vec<u8>, PolicyError> {
    let file = File::open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            PolicyError::Missing
        } else {
            PolicyError::Unreadable(error)
        }
    })?;
    // The open file is judged, not its name: it can't be exchanged in between.
    let metadata = file.metadata().map_err(PolicyError::Unreadable)?;
    if !metadata.is_file() {
        return Err(PolicyError::Insecure(Insecurity::NotAFile));
    }
    if origin == Origin::Installed {
        only_administrators(&metadata).map_err(PolicyError::Insecure)?;
        let real = std::fs::canonicalize(path).map_err(PolicyError::Unreadable)?;
        above(&real)?;
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(PolicyError::Unreadable)?;
    if bytes.len() as u64 > MAX_BYTES { Err(PolicyError::TooLarge) } else { Ok(bytes) }
}

/// Who may write a folder may put another file in this one's place.
fn above(path: &Path) -> Result<(), PolicyError> {
    for folder in path.ancestors().skip(1).map(PathBuf::from) {
        let metadata = std::fs::metadata(&folder).map_err(PolicyError::Unreadable)?;
        only_administrators(&metadata).map_err(PolicyError::Insecure)?;
    }
    Ok(())
}

#[cfg(unix)]
fn only_administrators(metadata: &Metadata) -> Result<(), Insecurity> {
    use std::os::unix::fs::MetadataExt;
    judge(metadata.uid(), metadata.mode(), metadata.is_dir())
}

#[cfg(not(unix))]
fn only_administrators(_: &Metadata) -> Result<(), Insecurity> {
    Err(Insecurity::Unknown)
}

/// Judges owner and mode. In a sticky folder only a file's owner can put another in its place.
#[cfg(unix)]
fn judge(owner: u32, mode: u32, folder: bool) -> Result<(), Insecurity> {
    const ROOT: u32 = 0;
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    if owner != ROOT {
        return Err(Insecurity::Owner);
    }
    if mode & WRITABLE_BY_OTHERS != 0 && !(folder && mode & STICKY != 0) {
        return Err(Insecurity::Writable);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
