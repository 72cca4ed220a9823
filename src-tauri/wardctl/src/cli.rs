//! What can be asked, in clap's words.

mod access;
mod evidence;
mod keeping;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use access::{BackupCommand, EmergencyReasonWord, RecoveryCommand, SecurityKeyCommand};
pub(crate) use evidence::{
    AuditCommand, FormatWord, IncidentArguments, IncidentCommand, VerifyArguments,
};
pub(crate) use keeping::KeepingCommand;

/// Wardmail on the command line.
#[derive(Debug, Parser)]
#[command(name = "wardctl", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The profile's directory.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// A policy named by hand; it can only tighten the installed one.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the passphrase from this file descriptor, up to its first line end.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) passphrase_fd: Option<u32>,
    /// Say on standard error, as JSON, how many milliseconds the unlock and the command took.
    #[arg(long, global = true)]
    pub(crate) timings: bool,
    /// Read the one-time code from this file descriptor, where the mailbox asks for one.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) code_fd: Option<u32>,
    /// Read the PIN of the security key from this file descriptor, where the mailbox has one that asks for it.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) pin_fd: Option<u32>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a profile, or say how it stands.
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// The provider's agreement, where no policy says it.
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// Own keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Certificates of others.
    #[command(subcommand)]
    Cert(CertCommand),
    /// Folders, lists, messages, search.
    #[command(flatten)]
    Mail(MailCommand),
    /// Deleting and keeping messages.
    #[command(flatten)]
    Keeping(KeepingCommand),
    /// Write a message, sealed for everybody in it, and send it.
    Send(SendArguments),
    /// The outbox.
    Outbox {
        #[command(subcommand)]
        command: Option<OutboxCommand>,
    },
    /// Look at a message file.
    #[command(subcommand)]
    Message(MessageCommand),
    /// The audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The whole profile as one encrypted file.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The organisation's way into a mailbox.
    #[command(subcommand)]
    Recovery(RecoveryCommand),
    /// Gather the facts of an incident into a report.
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// What needs no profile.
    #[command(flatten)]
    Offline(OfflineCommand),
}

/// Reading mail.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Send what is due and fetch what is new, once.
    Sync,
    /// List the folders.
    Folders,
    /// List the drafts.
    Drafts,
    /// List a folder, newest first.
    List(ListArguments),
    /// Show a message.
    Show {
        /// Its number, as `list` gives it.
        id: i64,
    },
    /// Save a file of a message.
    Save {
        /// The message's number.
        id: i64,
        /// The file's number, as `show` gives it.
        part: u32,
        /// Where to.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Search.
    Search {
        /// Words, "phrases", from: to: subject: before: after: has: is:
        query: String,
        /// Rows at most.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// What needs no profile.
#[derive(Debug, Subcommand)]
pub(crate) enum OfflineCommand {
    /// HTML.
    #[command(subcommand)]
    Html(HtmlCommand),
    /// Protected health information.
    #[command(subcommand)]
    Phi(PhiCommand),
    /// Policy.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List the exit codes.
    ExitCodes,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Make one: prints the recovery code, then reads it typed back from standard input.
    Create {
        /// Do without the OS keyring, where policy allows it.
        #[arg(long)]
        passphrase_only: bool,
    },
    /// Say how it stands.
    Status,
    /// Keep a damaged one's files in a folder of their own, so that a backup can be restored or another made in its place.
    SetAside,
    /// A security key beside the passphrase.
    #[command(subcommand)]
    SecurityKey(SecurityKeyCommand),
    /// Erase it, where policy allows that: its log is exported, then what opens it is destroyed, and it with that.
    Erase {
        /// Where the log goes, outside the profile.
        #[arg(long, value_name = "FILE")]
        log: PathBuf,
        /// The word ERASE.
        #[arg(long, value_name = "WORD")]
        confirm: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Test an account step by step, and keep it.
    Add(AccountArguments),
    /// Test an account step by step.
    Test(AccountArguments),
    /// List the accounts.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct AccountArguments {
    /// The owner's address.
    #[arg(long)]
    pub(crate) address: String,
    /// The owner's name as others see it.
    #[arg(long, default_value = "")]
    pub(crate) name: String,
    /// IMAP server with implicit TLS.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) imap: String,
    /// Submission server with implicit TLS.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) smtp: String,
    /// Login name; the address if absent.
    #[arg(long)]
    pub(crate) username: Option<String>,
    /// Read the password from this file descriptor.
    #[arg(long, value_name = "N")]
    pub(crate) password_fd: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// Record that the organisation has an agreement with the provider.
    Attest {
        /// The provider's name.
        #[arg(long)]
        provider: String,
        /// IMAP server that it covers.
        #[arg(long)]
        imap_host: String,
        /// Submission server that it covers.
        #[arg(long)]
        smtp_host: String,
        /// The day it was signed.
        #[arg(long, value_name = "YYYY-MM-DD")]
        signed: String,
        /// The day it ends.
        #[arg(long, value_name = "YYYY-MM-DD")]
        expires: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make one for the account.
    Generate,
    /// Bring one.
    Import {
        /// The armored key.
        file: PathBuf,
        /// Read the key's password from this file descriptor.
        #[arg(long, value_name = "N")]
        key_password_fd: Option<u32>,
    },
    /// List them.
    List,
    /// Sign with one of them from now on.
    Use {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// Print the own certificate, to give to others.
    Export,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CertCommand {
    /// Bring certificates of others.
    Import {
        /// One or more armored certificates.
        file: PathBuf,
    },
    /// List them.
    List,
    /// Say how far one was checked.
    Trust {
        /// Its fingerprint.
        fingerprint: String,
        /// How far.
        trust: TrustWord,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TrustWord {
    Seen,
    Verified,
    Rejected,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// inbox, sent, drafts, archive, junk, trash, a name, or a number.
    #[arg(long, default_value = "inbox")]
    pub(crate) folder: String,
    /// Rows at most.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
    /// Rows to pass over.
    #[arg(long, default_value_t = 0)]
    pub(crate) offset: u32,
    /// Which rows.
    #[arg(long, default_value = "all")]
    pub(crate) filter: FilterWord,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FilterWord {
    All,
    Unread,
    Starred,
    WithFiles,
    Sealed,
}

#[derive(Debug, Args)]
pub(crate) struct SendArguments {
    /// A recipient; again for more.
    #[arg(long)]
    pub(crate) to: Vec<String>,
    /// A copy.
    #[arg(long)]
    pub(crate) cc: Vec<String>,
    /// A blind copy: a message of its own.
    #[arg(long)]
    pub(crate) bcc: Vec<String>,
    /// Subject; `-` inside a file is safer for real ones, see --subject-file.
    #[arg(long, default_value = "", conflicts_with = "subject_file")]
    pub(crate) subject: String,
    /// Read the subject from a file, so that it stands on no command line.
    #[arg(long, value_name = "FILE")]
    pub(crate) subject_file: Option<PathBuf>,
    /// The text; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) body_file: PathBuf,
    /// A file to attach; again for more.
    #[arg(long, value_name = "FILE")]
    pub(crate) attach: Vec<PathBuf>,
    /// Why a warning is overridden.
    #[arg(long)]
    pub(crate) reason: Option<ReasonWord>,
    /// The message that this one answers.
    #[arg(long, value_name = "ID")]
    pub(crate) reply_to: Option<i64>,
    /// Only queue it.
    #[arg(long)]
    pub(crate) queue_only: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ReasonWord {
    NotAPatient,
    Urgent,
    RecipientNeedsIt,
    PatientAsked,
    Other,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// Try a message again, now.
    Retry {
        /// Its number.
        id: i64,
    },
    /// Take a message back to the drafts.
    Cancel {
        /// Its number.
        id: i64,
    },
    /// Say what became of an uncertain message.
    Settle {
        /// Its number.
        id: i64,
        /// It arrived; otherwise it is sent again.
        #[arg(long)]
        arrived: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MessageCommand {
    /// Say what the reader would show of a message.
    Inspect {
        /// The message as it was received; `-` for standard input.
        file: PathBuf,
        /// An own key to open it with.
        #[arg(long, value_name = "FILE")]
        key: Vec<PathBuf>,
        /// Certificates to verify it with.
        #[arg(long, value_name = "FILE")]
        cert: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum HtmlCommand {
    /// Make a page safe, as the reader would.
    Sanitize {
        /// The page; `-` for standard input.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhiCommand {
    /// Scan standard input, or a file of any kind with `--kind file`.
    Scan {
        /// What it is.
        #[arg(long, default_value = "subject")]
        kind: KindWord,
        /// The file; standard input unless named.
        #[arg(default_value = "-")]
        file: PathBuf,
        /// Scan each line by itself: one JSON line each.
        #[arg(long)]
        lines: bool,
        /// The organisation's own rules.
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
    },
    /// Measure the detector on labelled lines.
    Evaluate {
        /// Label (phi or clean), categories and text, parted by tabs; no header.
        file: PathBuf,
        /// What the lines are.
        #[arg(long, default_value = "subject")]
        kind: KindWord,
    },
    /// Say in plain words what is found in standard input, and why.
    Explain {
        /// What the text is.
        #[arg(long, default_value = "subject")]
        kind: KindWord,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindWord {
    Subject,
    Body,
    File,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a policy file.
    Validate {
        /// The policy.
        file: PathBuf,
    },
    /// Say what is in force on this computer, with `--policy FILE` added.
    Effective,
}
