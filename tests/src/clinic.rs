//! The sample mailbox of an invented clinic: what the demo opens and the screenshots show.
//!
//! Everybody in it is invented, every domain ends in `.example`, and all of it is the same in each run, except for keys.

mod plain;
mod sealed;

use anyhow::Result;

use crate::correspondents::{Gpg, Sq};
use crate::provider::Provider;

/// Whose mailbox it is.
pub const OWNER: &str = "mei.chen@clinic.example";
/// The owner's name.
pub const OWNER_NAME: &str = "Mei Chen";
/// The colleague with whom the owner exchanges encrypted mail.
pub const COLLEAGUE: &str = "priya.raman@hospital.example";

/// The people who have keys, and the mail that is waiting.
#[derive(Debug)]
pub struct Clinic {
    /// The owner's key, which existed before Wardmail: old mail is encrypted to it.
    pub owner: Gpg,
    /// A colleague whose certificate the owner has.
    pub colleague: Gpg,
    /// Somebody whose certificate the owner hasn't.
    pub stranger: Sq,
    samples: Vec<Sample>,
}

/// A message, and where it lies.
#[derive(Debug)]
struct Sample {
    folder: &'static str,
    seen: bool,
    raw: Vec<u8>,
}

impl Sample {
    fn new(raw: Vec<u8>) -> Self {
        Self { folder: "INBOX", seen: false, raw }
    }

    fn seen(mut self) -> Self {
        self.seen = true;
        self
    }

    fn within(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self.seen()
    }
}

impl Clinic {
    /// Makes keys and mail.
    ///
    /// # Errors
    /// If `gpg` or `sq` fails.
    pub fn new() -> Result<Self> {
        let owner = Gpg::new(&format!("{OWNER_NAME} <{OWNER}>"))?;
        let colleague = Gpg::new(&format!("Priya Raman <{COLLEAGUE}>"))?;
        let stranger = Sq::new("Samuel Okafor <samuel.okafor@clinic.example>")?;
        owner.import(&colleague.certificate()?)?;
        colleague.import(&owner.certificate()?)?;
        let mut samples = plain::samples();
        samples.extend(sealed::samples(&owner, &colleague, &stranger)?);
        Ok(Self { owner, colleague, stranger, samples })
    }

    /// Puts the mail into the owner's folders.
    ///
    /// # Errors
    /// If the provider refuses it.
    pub fn fill(&self, provider: &Provider) -> Result<()> {
        for sample in &self.samples {
            provider.save(OWNER, sample.folder, &sample.raw)?;
            if sample.seen {
                provider.mark_newest(OWNER, sample.folder, "\\Seen")?;
            }
        }
        Ok(())
    }

    /// How many messages lie in a folder.
    pub fn count(&self, folder: &str) -> usize {
        self.samples.iter().filter(|sample| sample.folder == folder).count()
    }
}

/// Many messages to the owner, all different: for measuring and for killing.
pub fn bulk(count: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(plain::numbered)
}
