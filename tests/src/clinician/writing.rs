//! Composing and sending, as a person does it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use thirtyfour::prelude::*;

use super::{Clinician, LONG};

/// What a person writes.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The recipients' addresses.
    pub to: &'a [&'a str],
    /// The subject.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
}

impl Clinician<'_> {
    /// Writes a message in a new composer, up to but without sending.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn write(&self, message: Message<'_>) -> Result<()> {
        self.window.click("new-message").await?;
        self.window.find("composer").await?;
        self.fill_in(message).await
    }

    /// Fills in the composer that is open.
    ///
    /// # Errors
    /// If the window doesn't go along.
    pub async fn fill_in(&self, message: Message<'_>) -> Result<()> {
        for address in message.to {
            self.window.type_into("to-input", &format!("{address},")).await?;
            let css = format!("[data-testid=recipient-pill][data-address=\"{address}\"]");
            self.window.find_css(&css).await?;
        }
        self.window.type_into("subject-input", message.subject).await?;
        self.window.type_into("body-input", message.body).await?;
        self.draft_is_saved().await
    }

    /// Waits until the composer says that the draft is saved.
    ///
    /// # Errors
    /// If it isn't in time.
    pub async fn draft_is_saved(&self) -> Result<()> {
        self.window.has("composer-saved", "data-state", "saved").await
    }

    /// Waits until a recipient's pill says how the message goes to that person.
    ///
    /// # Errors
    /// If it says otherwise.
    pub async fn plan_is(&self, address: &str, plan: &str) -> Result<()> {
        let css =
            format!("[data-testid=recipient-pill][data-address=\"{address}\"][data-plan={plan}]");
        self.window.find_css(&css).await.map(drop)
    }

    /// Sends what the composer holds, and waits until it is in the outbox.
    ///
    /// # Errors
    /// If it isn't taken.
    pub async fn send(&self) -> Result<()> {
        self.window.click("composer-send").await?;
        self.window.gone("composer").await
    }

    /// Waits, in the outbox, until the newest message there is in a state.
    ///
    /// # Errors
    /// If it isn't in time; says what it is.
    pub async fn outbox_is(&self, state: &str) -> Result<()> {
        self.go_to("place-outbox").await?;
        let row = By::Css("[data-testid=outbox-row]");
        let mut found = String::new();
        let seen = self
            .window
            .wait_until("the outbox", LONG, async || {
                let first = self.window.driver().find(row.clone()).await;
                // It is drawn anew with each change.
                found = match first {
                    Ok(first) => first.attr("data-state").await.ok().flatten().unwrap_or_default(),
                    Err(_) => "empty".to_owned(),
                };
                Ok(found == state)
            })
            .await;
        seen.with_context(|| format!("the newest message should be {state} and is {found}"))
    }

    /// Whether the composer is open.
    ///
    /// # Errors
    /// If the window is gone.
    pub async fn is_writing(&self) -> Result<bool> {
        Ok(self.window.find_within("composer", Duration::ZERO).await.is_ok())
    }
}
