//! What the provider holds: put mail in, and see it as the server has it, without going through a client.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};

use super::{Provider, lmtp};
use crate::process::output;
use crate::wait::until;

/// A message as the server holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number in the folder.
    pub uid: u32,
    /// Its flags and keywords, separated by spaces.
    pub flags: String,
    /// All of it, lines ending in CRLF.
    pub raw: Vec<u8>,
}

impl Stored {
    /// As text, for looking at headers; what isn't UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }
}

impl Provider {
    /// Delivers a message to somebody's INBOX, and returns once it is stored.
    ///
    /// # Errors
    /// If Dovecot refuses it.
    pub fn deliver(&self, from: &str, to: &str, raw: &[u8]) -> Result<()> {
        lmtp::deliver(self.ports.lmtp.number(), from, to, raw)
    }

    /// Puts many messages into somebody's INBOX at once, in this order; thousands take seconds.
    ///
    /// # Errors
    /// If Dovecot refuses them.
    pub fn import(&self, to: &str, messages: impl IntoIterator<Item = Vec<u8>>) -> Result<()> {
        self.import_received(to, SystemTime::now(), messages)
    }

    /// As [`Provider::import`], with mail that the server took in at another time.
    ///
    /// # Errors
    /// As [`Provider::import`].
    pub fn import_received(
        &self,
        to: &str,
        when: SystemTime,
        messages: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<()> {
        let room = tempfile::tempdir_in(self.dir())?;
        for name in ["cur", "new", "tmp"] {
            fs::create_dir(room.path().join(name))?;
        }
        for (number, raw) in messages.into_iter().enumerate() {
            // Dovecot takes a Maildir's messages in the order of their file names.
            let name = format!("{:010}.M{number}.import:2,", 1_700_000_000 + number);
            let path = room.path().join("cur").join(name);
            fs::write(&path, raw)?;
            // And its time of arrival from there.
            fs::File::options().write(true).open(&path)?.set_modified(when)?;
        }
        output(Command::new("chown").args(["-R", "mail:mail"]).arg(room.path()))?;
        let source = format!("maildir:{}", room.path().display());
        self.doveadm(&["import", "-u", to, &source, "", "ALL"]).map(drop)
    }

    /// Puts a message into any folder of somebody's, as another client of that person would.
    ///
    /// # Errors
    /// If Dovecot refuses it.
    pub fn save(&self, to: &str, folder: &str, raw: &[u8]) -> Result<()> {
        let file = tempfile::NamedTempFile::new_in(self.dir())?;
        fs::write(file.path(), raw)?;
        output(Command::new("chown").arg("mail:mail").arg(file.path()))?;
        let path = file.path().to_str().context("a path that is not text")?;
        self.doveadm(&["save", "-u", to, "-m", folder, path]).map(drop)
    }

    /// Everything in a folder, in the order of arrival.
    ///
    /// # Errors
    /// If Dovecot can't read it.
    pub fn messages(&self, of: &str, folder: &str) -> Result<Vec<Stored>> {
        let listed =
            self.doveadm(&["-f", "tab", "fetch", "-u", of, "uid flags", "mailbox", folder, "all"])?;
        let listed = String::from_utf8(listed)?;
        let mut messages = Vec::new();
        // The first line names the columns.
        for line in listed.lines().skip(1) {
            let (uid, flags) = line.split_once('\t').context("doveadm's table has another form")?;
            messages.push(Stored {
                uid: uid.parse()?,
                flags: flags.to_owned(),
                raw: self.raw(of, folder, uid)?,
            });
        }
        Ok(messages)
    }

    /// How many messages are in a folder.
    ///
    /// # Errors
    /// If Dovecot can't read it.
    pub fn count(&self, of: &str, folder: &str) -> Result<usize> {
        let listed =
            self.doveadm(&["-f", "tab", "fetch", "-u", of, "uid", "mailbox", folder, "all"])?;
        Ok(String::from_utf8(listed)?.lines().count().saturating_sub(1))
    }

    /// The Message-ID of everything in a folder, in the order of arrival.
    ///
    /// # Errors
    /// If Dovecot can't read it.
    pub fn message_ids(&self, of: &str, folder: &str) -> Result<Vec<String>> {
        let listed = self.doveadm(&[
            "-f",
            "tab",
            "fetch",
            "-u",
            of,
            "hdr.message-id",
            "mailbox",
            folder,
            "all",
        ])?;
        Ok(String::from_utf8(listed)?.lines().skip(1).map(|line| line.trim().to_owned()).collect())
    }

    /// Waits until a folder holds a message that `is_it` knows, and gives it.
    ///
    /// # Errors
    /// If it doesn't come within `limit`.
    pub fn wait_for(
        &self,
        of: &str,
        folder: &str,
        limit: Duration,
        is_it: impl Fn(&Stored) -> bool,
    ) -> Result<Stored> {
        until(&format!("a message in {folder}"), limit, || {
            Ok(self.messages(of, folder)?.into_iter().find(&is_it))
        })
    }

    /// Removes a message, as another client of that person would.
    ///
    /// # Errors
    /// If Dovecot refuses.
    pub fn expunge(&self, of: &str, folder: &str, uid: u32) -> Result<()> {
        self.doveadm(&["expunge", "-u", of, "mailbox", folder, "uid", &uid.to_string()]).map(drop)
    }

    /// Sets a flag on the newest message of a folder, as another client of that person would.
    ///
    /// # Errors
    /// If Dovecot refuses.
    pub fn mark_newest(&self, of: &str, folder: &str, flag: &str) -> Result<()> {
        let listed =
            self.doveadm(&["-f", "tab", "fetch", "-u", of, "uid", "mailbox", folder, "all"])?;
        let listed = String::from_utf8(listed)?;
        let newest = listed.lines().skip(1).last().context("the folder is empty")?;
        self.doveadm(&["flags", "add", "-u", of, flag, "mailbox", folder, "uid", newest]).map(drop)
    }

    /// Runs one of Dovecot's own commands against this provider.
    ///
    /// # Errors
    /// If the command fails.
    pub fn doveadm(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        output(doveadm(self.dir()).args(arguments))
    }

    fn raw(&self, of: &str, folder: &str, uid: &str) -> Result<Vec<u8>> {
        let fetched = self.doveadm(&["fetch", "-u", of, "text", "mailbox", folder, "uid", uid])?;
        let text = fetched.strip_prefix(b"text:\n").context("doveadm's answer has another form")?;
        let mut raw = Vec::with_capacity(text.len() + text.len() / 40);
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            match line.strip_suffix(b"\n") {
                Some(line) => {
                    raw.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                    raw.extend_from_slice(b"\r\n");
                }
                None => raw.extend_from_slice(line),
            }
        }
        Ok(raw)
    }
}

fn doveadm(dir: &Path) -> Command {
    let mut command = Command::new("doveadm");
    command.arg("-c").arg(dir.join("dovecot.conf"));
    command
}
