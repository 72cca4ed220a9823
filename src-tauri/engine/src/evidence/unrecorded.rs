//! How many events could not be recorded, kept beside the mailbox until the log can tell it: a full disk outlasts a session.
//!
//! The file has its full length from the beginning and is written in its place, which takes no space. It counts, and says
//! nothing of what it counts.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// The file in the profile.
pub(crate) const NAME: &str = "mailbox.unrecorded";
/// A number of 64 bits in hexadecimal digits.
const DIGITS: usize = 16;

/// The count on the disk.
#[derive(Clone, Debug)]
pub(crate) struct Unrecorded(PathBuf);

impl Unrecorded {
    /// That of a profile; what it was left at is read first.
    pub(crate) fn of(profile: &Path) -> (Self, u64) {
        let unrecorded = Self(profile.join(NAME));
        let count = unrecorded.read().unwrap_or_else(|_| {
            // Made while there is space for it. Where there is none, a session's own count is all there is.
            unrecorded.keep(0);
            0
        });
        (unrecorded, count)
    }

    fn read(&self) -> io::Result<u64> {
        let mut text = String::new();
        let limit = u64::try_from(DIGITS).unwrap_or(u64::MAX);
        File::open(&self.0)?.take(limit).read_to_string(&mut text)?;
        u64::from_str_radix(&text, 16).map_err(io::Error::other)
    }

    /// Keeps a count; blocks.
    pub(crate) fn keep(&self, count: u64) {
        if self.write(count).is_err() {
            tracing::warn!("the count of what was not recorded could not be kept");
        }
    }

    fn write(&self, count: u64) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(false).mode(0o600).open(&self.0)?;
        file.write_all(format!("{count:0DIGITS$x}").as_bytes())?;
        file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_outlasts_whoever_kept_it_and_is_written_in_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let (unrecorded, count) = Unrecorded::of(dir.path());
        assert_eq!(count, 0);
        let length = || std::fs::metadata(dir.path().join(NAME)).unwrap().len();
        assert_eq!(length(), 16, "the space is taken before it is needed");
        for count in [3, u64::MAX, 1] {
            unrecorded.keep(count);
            assert_eq!(Unrecorded::of(dir.path()).1, count);
            assert_eq!(length(), 16);
        }
        std::fs::write(dir.path().join(NAME), "no number at all").unwrap();
        assert_eq!(Unrecorded::of(dir.path()).1, 0);
        assert_eq!(Unrecorded::of(&dir.path().join("absent")).1, 0);
    }
}
