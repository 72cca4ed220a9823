//! The list, and one message of each kind.

use anyhow::Result;

use super::Tour;

/// Words in a row, and the picture's name.
const MESSAGES: &[(&str, &str)] = &[
    ("Re: Discharge of your patient", "sealed"),
    ("Tracing of Tuesday", "sealed-attachment"),
    ("First encrypted message", "signer-unknown"),
    ("Continuing education", "html"),
    ("Sample report", "attachments"),
    ("Case meeting", "broken-signature"),
    ("New phone", "look-alike"),
];

impl Tour<'_> {
    pub(super) async fn read(&mut self) -> Result<()> {
        self.clinician().go_to("folder-inbox").await?;
        self.clinician().sees_messages(self.stage.clinic.count("INBOX")).await?;
        for (words, name) in MESSAGES {
            self.clinician().open_message(words).await?;
            self.picture(&format!("reader-{name}")).await?;
        }
        // What is sealed to somebody else shows no subject; its row says so.
        self.window
            .find_css("[data-testid=message-row][data-mark=keyMissing]")
            .await?
            .click()
            .await?;
        self.window.has("reader", "data-state", "ready").await?;
        self.picture("reader-key-missing").await?;
        self.clinician().search("potassium").await?;
        self.picture("search").await?;
        self.window.click("search-clear").await
    }
}
