//! A message with PHI in its subject, sent sealed; and one that is written while the provider is down.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::Tour;
use crate::clinic;
use crate::clinician::Message;

/// What is written to the colleague, and must arrive as it was typed.
const TEXT: &str =
    "Dear Priya, potassium is 4.1 and creatinine 0.9. He feels well and walks an hour a day.";
const OFFLINE: &str = "One more thing: he asks whether he may fly in December.";

impl Tour<'_> {
    pub(super) async fn send(&mut self) -> Result<()> {
        let to = [clinic::COLLEAGUE];
        let subject = "Potassium of Harold Finch, DOB 04/12/1951";
        self.clinician().write(Message { to: &to, subject, body: TEXT }).await?;
        self.clinician().plan_is(clinic::COLLEAGUE, "sealed").await?;
        self.window.find("subject-advice").await?;
        self.picture("subject-with-phi").await?;
        self.window.click("subject-keep").await?;
        self.window.find("reason-dialog").await?;
        self.picture("reason").await?;
        self.window.click("reason-cancel").await?;
        self.window.click("subject-use-neutral").await?;
        self.picture("subject-neutral").await?;
        self.window.click("composer-attach").await?;
        self.window.has("file-check", "data-state", "phi").await?;
        self.picture_at("file-check", "attached-record-numbers").await?;
        self.window.click("composer-attachment-remove").await?;
        self.window.gone("file-check").await?;
        self.clinician().send().await?;
        self.clinician().outbox_is("queued").await?;
        self.picture("outbox-queued").await?;
        self.arrives(TEXT)?;
        self.clinician().outbox_is("sent").await?;
        self.picture("outbox-sent").await
    }

    pub(super) async fn go_offline(&mut self) -> Result<()> {
        self.stage.provider.stop_imap();
        self.stage.provider.stop_submission();
        let to = [clinic::COLLEAGUE];
        self.clinician().go_to("folder-inbox").await?;
        self.clinician().write(Message { to: &to, subject: "Follow-up", body: OFFLINE }).await?;
        self.window.has("status-connection", "data-online", "false").await?;
        self.picture("offline").await?;
        self.clinician().send().await?;
        self.stage.provider.start_imap()?;
        self.stage.provider.start_submission()?;
        self.window.click("sync-now").await?;
        self.arrives(OFFLINE)
    }

    /// Waits until the colleague's mailbox holds a message with that text, sealed and signed by the owner.
    fn arrives(&self, text: &str) -> Result<()> {
        let clinic = &self.stage.clinic;
        let stored = self.stage.provider.wait_for(
            clinic::COLLEAGUE,
            "INBOX",
            Duration::from_mins(2),
            |stored| {
                clinic.colleague.open(&stored.raw).is_ok_and(|opened| opened.text().contains(text))
            },
        )?;
        ensure!(!stored.text().contains(text), "it went out in clear");
        let opened = clinic.colleague.open(&stored.raw)?;
        ensure!(
            opened.signer.as_deref() == Some(clinic.owner.fingerprint()),
            "it isn't signed by the owner"
        );
        ensure!(
            stored.text().contains("\r\nSubject: [...]\r\n"),
            "its subject could be read on the way"
        );
        Ok(())
    }
}
