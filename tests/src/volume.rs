//! A small disk that can be filled: what is full is said, and nothing is lost.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::process::give_to_nobody;

/// A disk in memory; unmounted when it is dropped.
#[derive(Debug)]
pub struct Volume(PathBuf);

impl Volume {
    /// Makes one of that size (as `mount` takes it, such as `12m`) at a path where nothing is yet.
    ///
    /// # Errors
    /// If it can't be mounted.
    pub fn at(path: &Path, size: &str) -> Result<Self> {
        std::fs::create_dir(path)?;
        let options = format!("size={size},mode=0700,uid=65534,gid=65534");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path);
        ensure!(mount.status()?.success(), "{} can't be mounted", path.display());
        Ok(Self(path.to_owned()))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Takes all the space that is left, but for so many bytes.
    ///
    /// # Errors
    /// If the ballast can't be written.
    pub fn fill(&self, but_for: u64) -> Result<()> {
        let ballast = self.ballast();
        let mut dd = Command::new("dd");
        dd.args(["if=/dev/zero", "bs=4096"]).arg(format!("of={}", ballast.display()));
        // It ends with an error: that is what full means.
        ensure!(!dd.output()?.status.success(), "{} doesn't get full", self.0.display());
        let file = File::options().write(true).open(&ballast)?;
        file.set_len(file.metadata()?.len() - but_for)?;
        give_to_nobody(&ballast)
    }

    /// Gives the space back.
    ///
    /// # Errors
    /// If it isn't filled.
    pub fn free(&self) -> Result<()> {
        std::fs::remove_file(self.ballast()).context("the disk isn't full")
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
    }
}
