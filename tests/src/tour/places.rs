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
        self.window.click("help").await?;
        self.window.find("cheat-sheet").await?;
        self.picture("keys").await?;
        self.window.click("dialog-close").await?;
        self.clinician().go_to("folder-inbox").await
    }
}
