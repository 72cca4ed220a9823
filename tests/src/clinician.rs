//! Somebody at the keyboard: what a clinician does with the window, step by step, as `ui/TESTIDS.md` names its parts.
//!
//! Every step types and clicks as a person would, and returns when the window shows that it was done.

mod writing;

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use thirtyfour::prelude::*;

use crate::provider::{Provider, User};
use crate::window::Window;

pub use writing::Message;

/// Long enough for any policy, and never stored.
pub const PASSPHRASE: &str = "granite otter files 19 quiet maps";

/// How long steps may take that wait for the network or for a key derivation.
const LONG: Duration = Duration::from_mins(1);

/// A person, at one window.
#[derive(Debug, Clone, Copy)]
pub struct Clinician<'a> {
    window: &'a Window,
}

impl<'a> Clinician<'a> {
    /// Sits down at a window.
    pub fn at(window: &'a Window) -> Self {
        Self { window }
    }

    /// Makes a profile: chooses the passphrase, writes down the recovery code, types it back. Gives the code.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn begin_profile(&self, passphrase: &str) -> Result<String> {
        let code = self.choose_passphrase(passphrase).await?;
        self.type_code_back(&code).await?;
        Ok(code)
    }

    /// The first half of [`Clinician::begin_profile`]: up to the page that shows the recovery code.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn choose_passphrase(&self, passphrase: &str) -> Result<String> {
        let window = self.window;
        window.has("setup", "data-step", "passphrase").await?;
        window.type_into("setup-passphrase", passphrase).await?;
        window.type_into("setup-passphrase-again", passphrase).await?;
        window.click("setup-begin").await?;
        window.find_within("setup-recovery-code", LONG).await?;
        window.text("setup-recovery-code").await
    }

    /// The second half of [`Clinician::begin_profile`].
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn type_code_back(&self, code: &str) -> Result<()> {
        self.window.click("setup-recovery-written").await?;
        self.window.paste("setup-recovery-input", code).await?;
        self.window.click("setup-recovery-confirm").await?;
        self.step_after("recovery-confirm").await
    }

    /// Adds the account, with every step tested by the program.
    ///
    /// # Errors
    /// If a step fails; says which.
    pub async fn add_account(&self, user: &User, provider: &Provider) -> Result<()> {
        self.fill_in_account(
            user,
            provider.host(),
            provider.imaps_port(),
            provider.submissions_port(),
        )
        .await?;
        self.window.click("account-submit").await?;
        self.step_after("account").await
    }

    /// Fills in the account's page and doesn't submit it.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn fill_in_account(
        &self,
        user: &User,
        host: &str,
        imap: u16,
        smtp: u16,
    ) -> Result<()> {
        let window = self.window;
        window.has("setup", "data-step", "account").await?;
        window.replace("account-name", &user.name).await?;
        window.replace("account-address", &user.address).await?;
        window.replace("account-password", &user.password).await?;
        if window.find_within("account-imap-host", Duration::ZERO).await.is_err() {
            window.click("account-servers").await?;
        }
        window.replace("account-username", &user.address).await?;
        window.replace("account-imap-host", host).await?;
        window.replace("account-imap-port", &imap.to_string()).await?;
        window.replace("account-smtp-host", host).await?;
        window.replace("account-smtp-port", &smtp.to_string()).await
    }

    /// Makes a key.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn make_key(&self) -> Result<()> {
        self.window.has("setup", "data-step", "key").await?;
        self.window.click("key-make").await?;
        self.window.find_within("mailbox", LONG).await.map(drop)
    }

    /// Brings a key that exists, armored and without a password.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn bring_key(&self, armored: &str) -> Result<()> {
        self.window.has("setup", "data-step", "key").await?;
        self.window.click("key-import-open").await?;
        self.window.paste("key-import-armored", armored).await?;
        self.window.click("key-import-submit").await?;
        self.window.find_within("mailbox", LONG).await.map(drop)
    }

    /// Takes somebody's certificate, and says after a comparison that it is theirs.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn trust_certificate(&self, armored: &str, fingerprint: &str) -> Result<()> {
        let window = self.window;
        window.click("place-people").await?;
        window.click("certificate-import-open").await?;
        window.paste("certificate-import-text", armored).await?;
        window.click("certificate-import-submit").await?;
        let row = self.certificate(fingerprint).await?;
        row.find(By::Css("[data-testid=certificate-compare]")).await?.click().await?;
        window.click("compare-match").await?;
        window
            .wait_until("the certificate to be verified", LONG, async || {
                Ok(self.certificate(fingerprint).await?.attr("data-trust").await?.as_deref()
                    == Some("verified"))
            })
            .await
    }

    /// Opens the mailbox.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn unlock(&self, passphrase: &str) -> Result<()> {
        self.try_passphrase(passphrase).await?;
        self.window.find_within("mailbox", LONG).await.map(drop)
    }

    /// Types a passphrase and submits it, whatever comes of it.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn try_passphrase(&self, passphrase: &str) -> Result<()> {
        self.window.replace("unlock-passphrase", passphrase).await?;
        self.window.click("unlock-submit").await
    }

    /// Locks, even if messages wait.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn lock(&self) -> Result<()> {
        // It may take the page with it before the driver has its answer: what is seen then counts.
        drop(self.window.click("lock-now").await);
        self.window
            .wait_until("the window to be locked", LONG, async || {
                if let Ok(anyway) =
                    self.window.find_within("lock-waiting-lock", Duration::ZERO).await
                {
                    // It goes while it is clicked, and the page with it.
                    drop(anyway.click().await);
                }
                Ok(self.window.find_within("unlock", Duration::ZERO).await.is_ok())
            })
            .await
    }

    /// Goes to a place: `folder-inbox`, `place-outbox` and so on.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn go_to(&self, place: &str) -> Result<()> {
        self.window.click(place).await
    }

    /// Waits until the folder that is shown has this many messages.
    ///
    /// # Errors
    /// If it hasn't in time.
    pub async fn sees_messages(&self, count: usize) -> Result<()> {
        self.window.has("message-list", "data-total", &count.to_string()).await
    }

    /// Opens the first message in the list whose row has these words, and waits until it is shown.
    ///
    /// # Errors
    /// If there is none.
    pub async fn open_message(&self, words: &str) -> Result<()> {
        let row = self.row(words).await?;
        let id = row.attr("data-id").await?.context("a row without its message's number")?;
        row.click().await?;
        self.window.has("reader", "data-id", &id).await?;
        self.window.has("reader", "data-state", "ready").await
    }

    /// The first row of the list that has these words, wherever it must be scrolled to.
    ///
    /// # Errors
    /// If there is none.
    pub async fn row(&self, words: &str) -> Result<WebElement> {
        let window = self.window;
        let deadline = std::time::Instant::now() + LONG;
        let mut seen = Vec::new();
        while std::time::Instant::now() < deadline {
            let rows = window.all("message-row").await?;
            seen.clear();
            for row in &rows {
                // Rows come and go while the list is scrolled.
                // What is cut off with an ellipsis is there all the same.
                let text = row.prop("textContent").await.ok().flatten().unwrap_or_default();
                if text.contains(words) {
                    return Ok(row.clone());
                }
                seen.push(text.replace('\n', " | "));
            }
            if let Some(last) = rows.last() {
                drop(last.scroll_into_view().await);
            }
            tokio::time::sleep(crate::wait::PAUSE).await;
        }
        bail!("no message has {words:?}; there are: {seen:?}")
    }

    /// Searches, and waits until there are results.
    ///
    /// # Errors
    /// If nothing is found.
    pub async fn search(&self, words: &str) -> Result<()> {
        self.window.replace("search", words).await?;
        self.window.press(Key::Enter).await?;
        self.window.has("mailbox", "data-place", "search").await?;
        self.window.find("message-row").await.map(drop)
    }

    async fn certificate(&self, fingerprint: &str) -> Result<WebElement> {
        let plain = |shown: String| shown.replace(' ', "").to_uppercase();
        let mut found = None;
        self.window
            .wait_until("the certificate in the list", LONG, async || {
                for row in self.window.all("certificate-row").await? {
                    let shown = row.attr("data-fingerprint").await.unwrap_or_default().map(plain);
                    if shown.as_deref() == Some(fingerprint) {
                        found = Some(row);
                    }
                }
                Ok(found.is_some())
            })
            .await?;
        found.context("the certificate has gone")
    }

    /// Waits until set-up has left a step. What went wrong in it is shown in words.
    async fn step_after(&self, step: &str) -> Result<()> {
        self.window
            .wait_until(&format!("the step after {step}"), LONG, async || {
                if self.window.find_within("error", Duration::ZERO).await.is_ok() {
                    bail!("the step {step} failed: {}", self.window.text("error").await?);
                }
                match self.window.all("setup").await?.first() {
                    None => Ok(true),
                    Some(setup) => Ok(setup.attr("data-step").await?.as_deref() != Some(step)),
                }
            })
            .await
    }
}
