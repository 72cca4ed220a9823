//! Every limit on reading a file, in one place. Must not enforce any: the caller, the worker and the parsers each do theirs.

use serde::{Deserialize, Serialize};

/// What reading one file may cost. The default is what the composer uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The largest file that is read, in bytes.
    pub input_bytes: u64,
    /// The most text that is taken out, in bytes; the rest counts as not checked.
    pub text_bytes: u64,
    /// The most that everything packed in the file may unpack to, in bytes, archives within archives included.
    pub unpacked_bytes: u64,
    /// How many times its packed size one packed entry may unpack to; entries below [`Limits::RATIO_FROM`] are let through.
    pub ratio: u64,
    /// How deep files may lie in files: an archive in a letter in an archive is 3.
    pub depth: u32,
    /// The most files in files, pages of a PDF and sheets included.
    pub parts: u32,
    /// Memory beyond what the program itself takes, in bytes. Enforced by the system.
    pub memory_bytes: u64,
    /// Processor time, in seconds. Enforced by the system.
    pub cpu_seconds: u64,
    /// Time on the clock until the worker is killed, in seconds.
    pub wall_seconds: u64,
}

impl Limits {
    /// Entries that unpack to no more than this are small enough to unpack whatever their ratio, in bytes.
    pub const RATIO_FROM: u64 = 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 64 << 20,
            text_bytes: 16 << 20,
            unpacked_bytes: 256 << 20,
            ratio: 400,
            depth: 4,
            parts: 10_000,
            memory_bytes: 768 << 20,
            cpu_seconds: 20,
            wall_seconds: 30,
        }
    }
}
