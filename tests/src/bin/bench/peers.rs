//! What the program is measured against: Argon2id alone, and `mbsync`.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use serde_json::Value;
use wardmail_tests::{Provider, clinic};

/// The key derivation of one vault.
#[derive(Debug)]
pub(crate) struct Argon2id(Argon2<'static>);

impl Argon2id {
    /// Reads its cost from the vault's file.
    pub(crate) fn of(vault: &Value) -> Result<Self> {
        let kdf = find(vault, "kdf").context("the vault's file names no cost")?;
        let number = |name: &str| -> Result<u32> {
            Ok(kdf
                .get(name)
                .and_then(Value::as_u64)
                .with_context(|| format!("no {name} in {kdf}"))?
                .try_into()?)
        };
        let params =
            Params::new(number("memory_kib")?, number("passes")?, number("lanes")?, Some(32))
                .map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)))
    }

    /// Derives a key once.
    pub(crate) fn spend(&self) -> Result<()> {
        let mut key = [0; 32];
        self.0
            .hash_password_into(b"a passphrase", b"sixteen bytes ok", &mut key)
            .map_err(|error| anyhow::anyhow!("{error}"))
    }
}

fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => {
            members.get(name).or_else(|| members.values().find_map(|member| find(member, name)))
        }
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Fetches the INBOX into an empty Maildir.
pub(crate) fn mbsync(provider: &Provider, count: usize) -> Result<()> {
    let room = tempfile::tempdir_in(provider.dir())?;
    let user = provider.user(clinic::OWNER)?;
    let mail = room.path().join("mail");
    fs::create_dir(&mail)?;
    let config = room.path().join("mbsyncrc");
    fs::write(
        &config,
        format!(
            "IMAPAccount a\nHost {}\nPort {}\nUser {}\nPass {}\nSSLType IMAPS\nCertificateFile {}\n\n\
             IMAPStore far\nAccount a\n\nMaildirStore near\nPath {mail}/\nInbox {mail}/INBOX\n\n\
             Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\nSyncState *\n",
            provider.host(),
            provider.imaps_port(),
            user.address,
            user.password,
            provider.dir().join("ca.pem").display(),
            mail = mail.display(),
        ),
    )?;
    let done = Command::new("mbsync").arg("-q").arg("-c").arg(&config).arg("c").output()?;
    ensure!(done.status.success(), "mbsync failed: {}", String::from_utf8_lossy(&done.stderr));
    let fetched = fs::read_dir(mail.join("INBOX/cur"))?.count()
        + fs::read_dir(mail.join("INBOX/new"))?.count();
    ensure!(fetched == count, "mbsync fetched {fetched} messages of {count}");
    Ok(())
}
