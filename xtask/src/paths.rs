//! Where things lie: the checkout, and the one cache per user outside it. Reads the environment, creates nothing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The directories every task works with.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// What outlives a checkout: `$WARDMAIL_CACHE`, or `wardmail` in the user's cache directory.
    pub(crate) cache: PathBuf,
    /// Cargo's target directory for every build: `$CARGO_TARGET_DIR`, or in the cache, so that a fresh clone finds its
    /// dependencies built.
    pub(crate) target: PathBuf,
}

impl Paths {
    /// Finds them from the environment that `cargo xtask` runs in.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask`")?;
        let root =
            Path::new(&manifest).parent().context("xtask lies in the checkout")?.to_path_buf();
        let cache = match env::var_os("WARDMAIL_CACHE") {
            Some(dir) => PathBuf::from(dir),
            None => user_cache()?.join("wardmail"),
        };
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), PathBuf::from);
        Ok(Self { root, cache, target })
    }

    /// Where tools that had to be compiled lie.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A program that npm brought.
    pub(crate) fn npm_bin(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// A program that the development build made.
    pub(crate) fn dev_bin(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// Where tests leave pictures and logs of what failed, and the demo its screenshots.
    pub(crate) fn results(&self) -> PathBuf {
        self.root.join("test-results")
    }
}

fn user_cache() -> Result<PathBuf> {
    match env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Ok(PathBuf::from(
            env::var_os("HOME").context("HOME is not set; name a directory in WARDMAIL_CACHE")?,
        )
        .join(".cache")),
    }
}
