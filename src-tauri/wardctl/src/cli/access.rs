//! Backups, and the organisation's way in.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// Backups.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Write the profile into a new file and read it back.
    Create {
        /// The file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Read a whole backup.
    Verify {
        /// The backup.
        file: PathBuf,
        /// Read the recovery code from this file descriptor.
        #[arg(long, value_name = "N")]
        recovery_fd: u32,
    },
    /// Make the profile from a backup; the passphrase is the new one.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Read the recovery code from this file descriptor.
        #[arg(long, value_name = "N")]
        recovery_fd: u32,
        /// Do without the OS keyring, where policy allows it.
        #[arg(long)]
        passphrase_only: bool,
    },
}

/// The recovery code, and the organisation's way in.
#[derive(Debug, Subcommand)]
pub(crate) enum RecoveryCommand {
    /// Replace the recovery code: the new one is shown, and counts once it was typed back.
    Renew,
    /// Open a locked mailbox and make a copy of it with a passphrase of its own; the owner is told.
    Open {
        /// A secret key of the organisation; again where policy asks for two people.
        #[arg(long, value_name = "FILE", required = true)]
        key: Vec<PathBuf>,
        /// Read the password of a key from this file descriptor, in the order of the keys.
        #[arg(long, value_name = "N")]
        key_password_fd: Vec<u32>,
        /// Why.
        #[arg(long)]
        reason: EmergencyReasonWord,
        /// The directory of the copy.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// Do without the OS keyring, where policy allows it.
        #[arg(long)]
        passphrase_only: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EmergencyReasonWord {
    PatientCare,
    OwnerAbsent,
    RequiredByLaw,
    Investigation,
    Drill,
}

/// The third factor.
#[derive(Debug, Subcommand)]
pub(crate) enum SecurityKeyCommand {
    /// Say whether the mailbox has one, and whether one may be added.
    Status,
    /// Let one be added, where policy doesn't forbid it.
    Allow {
        /// No longer; a key that was added stays.
        #[arg(long)]
        off: bool,
    },
    /// Make the key that is plugged in a part of what opens the mailbox. It is touched twice.
    Add,
    /// Open without it from now on. It is touched for the unlock, and once more.
    Remove,
    /// Take out a key that was lost: needs the recovery code, and sets the passphrase anew.
    Forget {
        /// Read the recovery code from this file descriptor.
        #[arg(long, value_name = "N")]
        recovery_fd: u32,
    },
}
