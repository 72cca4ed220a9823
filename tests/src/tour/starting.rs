//! Set-up, locking and unlocking.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::Tour;
use crate::clinic;
use crate::clinician::{Message, PASSPHRASE};
use crate::session::DesktopSession;
use crate::window::Window;

/// What is half written when the mailbox is locked.
const UNFINISHED: &str = "Dear Priya, about the flight: I would rather";

impl Tour<'_> {
    pub(super) async fn set_up(&mut self) -> Result<()> {
        self.window.has("setup", "data-step", "passphrase").await?;
        self.picture("welcome").await?;
        let code = self.clinician().choose_passphrase(PASSPHRASE).await?;
        self.picture("recovery-code").await?;
        self.clinician().type_code_back(&code).await?;
        let owner = self.stage.provider.user(clinic::OWNER)?.clone();
        let (host, imap, smtp) = (
            self.stage.provider.host(),
            self.stage.provider.imaps_port(),
            self.stage.provider.submissions_port(),
        );
        self.clinician().fill_in_account(&owner, host, imap, smtp).await?;
        self.picture("account").await?;
        self.clinician().add_account(&owner, &self.stage.provider).await?;
        self.window.has("setup", "data-step", "key").await?;
        self.picture("key").await?;
        self.clinician().bring_key(&self.stage.clinic.owner.secret_key()?).await?;
        let colleague = &self.stage.clinic.colleague;
        self.clinician()
            .trust_certificate(&colleague.certificate()?, colleague.fingerprint())
            .await?;
        self.picture("people").await
    }

    /// Locks with a message half written, comes back, and finds it.
    pub(super) async fn lock(&mut self) -> Result<()> {
        let to = [clinic::COLLEAGUE];
        self.clinician().write(Message { to: &to, subject: "Follow-up", body: UNFINISHED }).await?;
        self.clinician().lock().await?;
        self.window.find("unlock").await?;
        self.picture("locked").await?;
        self.clinician().try_passphrase("not the passphrase at all").await?;
        self.window.find("error").await?;
        self.picture("wrong-passphrase").await?;
        self.window.click("unlock-use-recovery").await?;
        self.window.find("recover-code").await?;
        self.picture("unlock-with-recovery-code").await?;
        self.window.click("unlock-use-passphrase").await?;
        self.clinician().unlock(PASSPHRASE).await?;
        self.window.find("composer").await?;
        self.window
            .wait_until("the draft's text", Duration::from_secs(30), async || {
                let text = self.window.find("body-input").await?.prop("value").await?;
                Ok(text.as_deref() == Some(UNFINISHED))
            })
            .await?;
        self.picture("draft-is-back").await
    }

    /// Starts the program anew on a dark desktop.
    pub(super) async fn in_the_dark(self, program: &Path) -> Result<Self> {
        let Self { stage, window, out, pictures } = self;
        window.close().await?;
        let window =
            Window::open(&stage.session, program, &[("GTK_THEME", "Adwaita:dark")]).await?;
        let mut tour = Self { stage, window, out, pictures };
        tour.window.find("unlock").await?;
        tour.picture("dark-unlock").await?;
        tour.clinician().unlock(PASSPHRASE).await?;
        tour.clinician().go_to("folder-inbox").await?;
        tour.clinician().open_message("Tracing of Tuesday").await?;
        tour.picture("dark-mailbox").await?;
        Ok(tour)
    }

    /// Sets the program up where no IT has: its owner says which provider has an agreement.
    pub(super) async fn unmanaged(self, program: &Path) -> Result<usize> {
        let Self { stage, window, out, pictures } = self;
        window.close().await?;
        let session = DesktopSession::start()?;
        session.trust_as_the_system(stage.provider.authority().pem())?;
        let window = Window::open(&session, program, &[]).await?;
        let mut tour = Self { stage, window, out, pictures };
        tour.clinician().begin_profile(PASSPHRASE).await?;
        let owner = tour.stage.provider.user(clinic::OWNER)?.clone();
        tour.clinician().add_account(&owner, &tour.stage.provider).await?;
        tour.window.has("setup", "data-step", "provider").await?;
        tour.picture("provider").await?;
        tour.window.close().await?;
        Ok(tour.pictures)
    }
}
