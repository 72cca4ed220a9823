//! Sequoia's `sq` as Debian 12 has it (0.27): built on another version and another crypto library than the program is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{Letter, Opened, armored};
use crate::process::{filter, output};
use crate::run_dir::RunDir;

/// Somebody who writes with `sq`.
#[derive(Debug)]
pub struct Sq {
    home: RunDir,
    user_id: String,
}

impl Sq {
    /// Somebody new, with a key of sq's default kind.
    ///
    /// # Errors
    /// If sq can't make it.
    pub fn new(user_id: &str) -> Result<Self> {
        let sq = Self { home: RunDir::new()?, user_id: user_id.to_owned() };
        let key = sq.key();
        output(
            Command::new("sq").args(["key", "generate", "--userid", user_id, "--export"]).arg(&key),
        )?;
        output(
            Command::new("sq")
                .args(["key", "extract-cert", "--output"])
                .arg(sq.own_certificate())
                .arg(&key),
        )?;
        Ok(sq)
    }

    /// Name and address.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The certificate, armored.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn certificate(&self) -> Result<String> {
        Ok(fs::read_to_string(self.own_certificate())?)
    }

    /// The primary key's fingerprint, upper case.
    ///
    /// # Errors
    /// If sq doesn't show it.
    pub fn fingerprint(&self) -> Result<String> {
        fingerprint(&self.own_certificate())
    }

    /// A letter, encrypted to these certificates and signed, as PGP/MIME.
    ///
    /// # Errors
    /// If sq can't encrypt to one of them.
    pub fn seal(&self, letter: &Letter<'_>, recipients: &[&str]) -> Result<Vec<u8>> {
        let ring = self.write("recipients.pgp", &recipients.concat())?;
        let mut command = Command::new("sq");
        command
            .arg("encrypt")
            .arg("--signer-key")
            .arg(self.key())
            .arg("--recipient-cert")
            .arg(ring);
        Ok(letter.sealed(&String::from_utf8(filter(&mut command, &letter.inside())?)?))
    }

    /// Opens a PGP/MIME message as it came. It has to be signed by that certificate, or it is an error.
    ///
    /// # Errors
    /// If it isn't encrypted to this person, not whole, or not signed by the one named.
    pub fn open(&self, raw: &[u8], signer: &str) -> Result<Opened> {
        let certificate = self.write("signer.pgp", signer)?;
        let mut command = Command::new("sq");
        command
            .arg("decrypt")
            .arg("--recipient-key")
            .arg(self.key())
            .arg("--signer-cert")
            .arg(&certificate);
        let content = filter(&mut command, armored(raw)?.as_bytes())?;
        Ok(Opened { content, signer: Some(fingerprint(&certificate)?) })
    }

    fn key(&self) -> PathBuf {
        self.home.path().join("key.pgp")
    }

    fn own_certificate(&self) -> PathBuf {
        self.home.path().join("certificate.pgp")
    }

    fn write(&self, name: &str, content: &str) -> Result<PathBuf> {
        let path = self.home.path().join(name);
        fs::write(&path, content)?;
        Ok(path)
    }
}

fn fingerprint(certificate: &Path) -> Result<String> {
    let inspected = String::from_utf8(output(Command::new("sq").arg("inspect").arg(certificate))?)?;
    let shown = inspected.lines().find_map(|line| line.trim().strip_prefix("Fingerprint: "));
    Ok(shown.context("sq shows no fingerprint")?.to_owned())
}
