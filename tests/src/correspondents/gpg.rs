//! GnuPG, in a home of its own. Its agent lives in the same namespace as each call, and ends with it.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Letter, Opened, armored};
use crate::process::{contained, converse, filter, output};
use crate::run_dir::RunDir;

/// Somebody who writes with GnuPG.
#[derive(Debug)]
pub struct Gpg {
    home: RunDir,
    fingerprint: String,
    user_id: String,
    /// The day that gpg believes it is, if not today.
    day: Option<&'static str>,
}

/// A day on which a key of [`Gpg::of_the_past`] was still good.
const LONG_AGO: &str = "20240115T120000";

impl Gpg {
    /// Somebody new, with a Curve25519 key.
    ///
    /// # Errors
    /// If gpg can't make it.
    pub fn new(user_id: &str) -> Result<Self> {
        Self::on(None, user_id, "2y")
    }

    /// Somebody whose key ended years ago, and who goes on writing in the days when it was good.
    ///
    /// # Errors
    /// If gpg can't make it.
    pub fn of_the_past(user_id: &str) -> Result<Self> {
        Self::on(Some(LONG_AGO), user_id, "30d")
    }

    fn on(day: Option<&'static str>, user_id: &str, lasts: &str) -> Result<Self> {
        let home = RunDir::new()?;
        home.make("gnupg", 0o700)?;
        let mut gpg = Self { home, fingerprint: String::new(), user_id: user_id.to_owned(), day };
        output(&mut gpg.command(&[
            "--quick-generate-key",
            user_id,
            "future-default",
            "default",
            lasts,
        ]))?;
        let listed =
            String::from_utf8(output(&mut gpg.command(&["--with-colons", "--list-secret-keys"]))?)?;
        listed
            .lines()
            .find_map(|line| line.strip_prefix("fpr:"))
            .and_then(|line| line.split(':').find(|field| !field.is_empty()))
            .context("gpg lists no fingerprint")?
            .clone_into(&mut gpg.fingerprint);
        Ok(gpg)
    }

    /// The primary key's fingerprint, upper case.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Name and address.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The certificate, armored.
    ///
    /// # Errors
    /// If gpg can't give it.
    pub fn certificate(&self) -> Result<String> {
        Ok(String::from_utf8(output(&mut self.command(&[
            "--armor",
            "--export",
            &self.fingerprint,
        ]))?)?)
    }

    /// The secret key, armored and not protected.
    ///
    /// # Errors
    /// If gpg can't give it.
    pub fn secret_key(&self) -> Result<String> {
        Ok(String::from_utf8(output(&mut self.command(&[
            "--armor",
            "--export-secret-keys",
            &self.fingerprint,
        ]))?)?)
    }

    /// Takes somebody's certificate.
    ///
    /// # Errors
    /// If gpg doesn't accept it.
    pub fn import(&self, certificate: &str) -> Result<()> {
        filter(&mut self.command(&["--import"]), certificate.as_bytes()).map(drop)
    }

    /// Encrypts and signs, armored. Recipients are fingerprints or addresses of certificates that were imported.
    ///
    /// # Errors
    /// If a certificate is missing.
    pub fn encrypt_and_sign(&self, content: &[u8], recipients: &[&str]) -> Result<String> {
        let mut command =
            self.command(&["--armor", "--trust-model", "always", "--sign", "--encrypt"]);
        for recipient in recipients {
            command.args(["--recipient", recipient]);
        }
        Ok(String::from_utf8(filter(&mut command, content)?)?)
    }

    /// Signs, armored, apart from what is signed.
    ///
    /// # Errors
    /// If gpg can't sign.
    pub fn sign_detached(&self, content: &[u8]) -> Result<String> {
        let mut command = self.command(&["--armor", "--digest-algo", "SHA512", "--detach-sign"]);
        Ok(String::from_utf8(filter(&mut command, content)?)?)
    }

    /// A letter, encrypted and signed, as PGP/MIME.
    ///
    /// # Errors
    /// As [`Gpg::encrypt_and_sign`].
    pub fn seal(&self, letter: &Letter<'_>, recipients: &[&str]) -> Result<Vec<u8>> {
        Ok(letter.sealed(&self.encrypt_and_sign(&letter.inside(), recipients)?))
    }

    /// Opens a PGP/MIME message as it came, and says whose signature holds.
    ///
    /// # Errors
    /// If it isn't encrypted to this person, or not whole.
    pub fn open(&self, raw: &[u8]) -> Result<Opened> {
        let status = self.home.path().join("status");
        let mut command = self.command(&["--trust-model", "always", "--status-file"]);
        command.arg(&status).arg("--decrypt");
        let done = converse(&mut command, armored(raw)?.as_bytes())?;
        let said = String::from_utf8_lossy(&fs::read(&status)?).into_owned();
        fs::remove_file(&status)?;
        // A signature of somebody unknown makes gpg's exit code a failure; the status says what happened.
        if !said.contains("[GNUPG:] DECRYPTION_OKAY") {
            bail!("gpg can't decrypt it: {said}");
        }
        Ok(Opened { content: done.stdout, signer: valid_signer(&said) })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = contained("gpg");
        command.arg("--homedir").arg(self.home.path().join("gnupg"));
        command.args([
            "--batch",
            "--no-tty",
            "--quiet",
            "--yes",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ]);
        if let Some(day) = self.day {
            command.args(["--faked-system-time", day]);
        }
        command.args(arguments);
        command
    }
}

/// The primary key behind the signature that holds: the last field of VALIDSIG.
fn valid_signer(status: &str) -> Option<String> {
    let line = status.lines().find(|line| line.starts_with("[GNUPG:] VALIDSIG "))?;
    line.split_whitespace().last().map(str::to_owned)
}
