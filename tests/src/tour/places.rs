//! Everything that isn't mail.

use anyhow::Result;

use super::Tour;

impl Tour<'_> {
    pub(super) async fn look_around(&mut self) -> Result<()> {
        for (place, shown, name) in [
            ("folder-sent", "message-list", "sent"),
            ("place-drafts", "drafts", "drafts"),
            ("place-audit", "audit-row", "audit"),
            ("place-settings", "settings", "settings"),
        ] {
            self.clinician().go_to(place).await?;
            self.window.find(shown).await?;
            self.picture(name).await?;
        }
        for (part, name) in
            [("settings-backup", "settings-backup"), ("passphrase-current", "settings-passphrase")]
        {
            self.picture_at(part, name).await?;
        }
        self.clinician().go_to("place-audit").await?;
        for (question, name) in
            [("incident-wrong", "incident-wrong"), ("incident-lost", "incident-lost")]
        {
            self.window.click(question).await?;
            self.picture_at("incident-describe", name).await?;
            self.window.click("incident-close").await?;
        }
        self.window.click("help").await?;
        self.window.find("cheat-sheet").await?;
        self.picture("keys").await?;
        self.window.click("dialog-close").await?;
        self.clinician().go_to("folder-inbox").await
    }
}
