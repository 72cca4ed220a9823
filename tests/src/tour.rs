//! The tour of the demo: every screen, on the sample clinic, with a picture of each.
//!
//! What it types is typed into the real window, and what it sends goes through the real servers; the colleague opens it
//! with `gpg` at the end.

mod places;
mod reading;
mod sending;
mod starting;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::clinic::{self, Clinic};
use crate::clinician::{Clinician, PASSPHRASE};
use crate::provider::Provider;
use crate::report::note;
use crate::session::DesktopSession;
use crate::window::Window;

/// A file to attach.
const WORKBOOK: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../src-tauri/extract/tests/data/census.xlsx");

/// Everything that the tour needs, started and filled.
#[derive(Debug)]
pub struct Stage {
    /// The servers, with the sample mail.
    pub provider: Provider,
    /// Who wrote it.
    pub clinic: Clinic,
    /// The desktop.
    pub session: DesktopSession,
}

impl Stage {
    /// Starts servers and desktop, fills the mailbox and installs the clinic's policy.
    ///
    /// # Errors
    /// If a part of it can't be started.
    pub fn set() -> Result<Self> {
        let provider = Provider::start()?;
        let clinic = Clinic::new()?;
        clinic.fill(&provider)?;
        let session = DesktopSession::start()?;
        session.install_policy(&provider.policy())?;
        Ok(Self { provider, clinic, session })
    }
}

/// One run through all screens.
#[derive(Debug)]
pub struct Tour<'a> {
    stage: &'a mut Stage,
    window: Window,
    out: PathBuf,
    pictures: usize,
}

impl<'a> Tour<'a> {
    /// Goes through every screen, and gives the number of pictures taken.
    ///
    /// # Errors
    /// At the first step that the window doesn't go along with; its name is in the error.
    pub async fn run(stage: &'a mut Stage, program: &Path, out: &Path) -> Result<usize> {
        forget_old_pictures(out)?;
        // What the file dialog answers in the tour: a workbook with two made-up patients' record numbers.
        let answer = stage.session.write_readonly("answer", WORKBOOK.as_bytes())?;
        let answer =
            [("WARDMAIL_DIALOG_ANSWER", answer.to_str().context("a path that is no text")?)];
        let window = Window::open(&stage.session, program, &answer).await?;
        let mut tour = Self { stage, window, out: out.to_path_buf(), pictures: 0 };
        tour.set_up().await.context("in set-up")?;
        tour.read().await.context("in reading")?;
        tour.send().await.context("in sending")?;
        tour.go_offline().await.context("in working offline")?;
        tour.look_around().await.context("in the other places")?;
        tour.lock().await.context("in locking")?;
        tour.in_the_dark(program).await.context("on a dark desktop")?.unmanaged(program).await
    }

    /// Makes the profile that the tour makes, without pictures, and ends the program again.
    ///
    /// # Errors
    /// As [`Tour::run`].
    pub async fn prepare(stage: &Stage, program: &Path) -> Result<()> {
        let window = Window::open(&stage.session, program, &[]).await?;
        let clinician = Clinician::at(&window);
        clinician.begin_profile(PASSPHRASE).await?;
        clinician.add_account(stage.provider.user(clinic::OWNER)?, &stage.provider).await?;
        clinician.bring_key(&stage.clinic.owner.secret_key()?).await?;
        let colleague = &stage.clinic.colleague;
        clinician.trust_certificate(&colleague.certificate()?, colleague.fingerprint()).await?;
        clinician.lock().await?;
        window.close().await
    }

    fn clinician(&self) -> Clinician<'_> {
        Clinician::at(&self.window)
    }

    /// Takes a picture of what stands further down.
    async fn picture_at(&mut self, id: &str, name: &str) -> Result<()> {
        self.window.find(id).await?.scroll_into_view().await?;
        self.picture(name).await
    }

    /// Takes a picture, and says so.
    async fn picture(&mut self, name: &str) -> Result<()> {
        self.pictures += 1;
        let file = self.out.join(format!("{:02}-{name}.png", self.pictures));
        self.window.screenshot(&file).await?;
        note(&format!("{}", file.display()));
        Ok(())
    }
}

/// Removes what an earlier tour left: its pictures may have had other numbers.
fn forget_old_pictures(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir)?;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let numbered = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(|first: char| first.is_ascii_digit()));
        if numbered && path.extension().is_some_and(|extension| extension == "png") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
