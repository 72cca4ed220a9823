//! The engine's errors, and the one place where each becomes a code for the front ends.

use wardmail_api::{ApiError, ErrorCode};
use wardmail_store as store;
use wardmail_transport as transport;
use wardmail_vault as vault;

/// Why a request failed. Sources are kept for the log; none carries text of mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The mailbox is locked.
    #[error("locked")]
    Locked,
    /// There is a profile already.
    #[error("profile exists")]
    ProfileExists,
    /// No set-up is under way.
    #[error("nothing to confirm")]
    NothingToConfirm,
    /// Policy wants a keyring.
    #[error("passphrase-only not allowed")]
    PassphraseOnlyNotAllowed,
    /// The passphrase is too easy to guess.
    #[error("weak passphrase")]
    PassphraseWeak,
    /// The request is incomplete or out of bounds.
    #[error("invalid request")]
    InvalidRequest,
    /// There is no account.
    #[error("no account")]
    AccountMissing,
    /// There is no own key.
    #[error("no own key")]
    OwnKeyMissing,
    /// An own key that can't sign the account's mail.
    #[error("the key is not fit to sign")]
    KeyNotForSigning,
    /// There is nobody to send to.
    #[error("no recipients")]
    NoRecipients,
    /// What was typed is no address; which recipient.
    #[error("invalid recipient")]
    RecipientInvalid(usize),
    /// There is no certificate for a recipient.
    #[error("no certificate")]
    RecipientKeyMissing,
    /// What was asked for is not there.
    #[error("not found")]
    NotFound,
    /// The body is not here yet.
    #[error("body not fetched")]
    BodyNotFetched,
    /// A file or message is too large.
    #[error("too large")]
    TooLarge,
    /// Sending is stopped by policy, keys or findings.
    #[error("stopped: {0:?}")]
    Stopped(ErrorCode),
    /// The message has left the undo window.
    #[error("undo too late")]
    UndoTooLate,
    /// The message does not wait.
    #[error("not waiting")]
    NotWaiting,
    /// The passphrase has to be given once more.
    #[error("reauthentication needed")]
    ReauthenticationNeeded,
    /// Policy doesn't allow it.
    #[error("not allowed")]
    NotAllowed,
    /// The audit log can't be written, so the act was not done.
    #[error("audit unavailable")]
    AuditUnavailable(#[source] store::Error),
    /// An entry of the audit log can't be read.
    #[error("audit damaged")]
    AuditDamaged,
    /// The audit log can't be signed.
    #[error(transparent)]
    AuditSign(#[from] wardmail_audit::SignError),
    /// A file could not be read or written.
    #[error("file")]
    File(#[from] std::io::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::VaultError),
    /// Set-up of the vault.
    #[error(transparent)]
    SetUp(#[from] vault::SetupError),
    /// Unlocking the vault.
    #[error(transparent)]
    Unlock(#[from] vault::UnlockError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] vault::BackupError),
    /// Changing what opens the vault.
    #[error(transparent)]
    Change(#[from] vault::ChangeError),
    /// The vault's cryptography.
    #[error(transparent)]
    VaultCrypto(#[from] vault::CryptoError),
    /// Opening the mailbox.
    #[error(transparent)]
    Open(#[from] store::OpenError),
    /// Using the mailbox.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// IMAP.
    #[error(transparent)]
    Imap(#[from] transport::ImapError),
    /// TLS roots.
    #[error(transparent)]
    Tls(#[from] transport::TlsError),
    /// Importing a key.
    #[error(transparent)]
    KeyImport(#[from] wardmail_crypto::KeyImportError),
    /// Importing certificates.
    #[error(transparent)]
    CertificateImport(#[from] wardmail_crypto::ImportError),
    /// Making a key.
    #[error(transparent)]
    KeyGenerate(#[from] wardmail_crypto::GenerateError),
    /// Taking a key out.
    #[error(transparent)]
    KeyExport(#[from] wardmail_crypto::ExportError),
    /// Sealing a message.
    #[error(transparent)]
    Encrypt(#[from] wardmail_crypto::EncryptError),
    /// Sealing a secret of the mailbox.
    #[error(transparent)]
    Seal(#[from] wardmail_crypto::sealed::SealError),
    /// Opening a sealed secret of the mailbox.
    #[error(transparent)]
    OpenSealed(#[from] wardmail_crypto::sealed::OpenError),
    /// Writing a message.
    #[error(transparent)]
    Build(#[from] wardmail_message::BuildError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] wardmail_policy::PolicyError),
    /// A broken assumption; the text says which part.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl Error {
    /// The code and number that a front end gets.
    pub fn to_api(&self) -> ApiError {
        match self {
            Self::Unlock(
                vault::UnlockError::Throttled { wait } | vault::UnlockError::LockedOut { wait },
            ) => ApiError::with_detail(ErrorCode::TryLater, wait.as_secs().max(1)),
            Self::RecipientInvalid(index) => ApiError::with_detail(
                ErrorCode::RecipientInvalid,
                u64::try_from(*index).unwrap_or(0),
            ),
            other => other.code().into(),
        }
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Locked => ErrorCode::Locked,
            Self::ProfileExists => ErrorCode::ProfileExists,
            Self::NothingToConfirm => ErrorCode::NothingToConfirm,
            Self::PassphraseOnlyNotAllowed => ErrorCode::PassphraseOnlyNotAllowed,
            Self::PassphraseWeak => ErrorCode::PassphraseWeak,
            Self::InvalidRequest | Self::KeyGenerate(_) | Self::Build(_) => {
                ErrorCode::InvalidRequest
            }
            Self::AccountMissing => ErrorCode::AccountMissing,
            Self::OwnKeyMissing => ErrorCode::OwnKeyMissing,
            Self::KeyNotForSigning => ErrorCode::KeyNotForSigning,
            Self::NoRecipients => ErrorCode::NoRecipients,
            Self::RecipientInvalid(_) => ErrorCode::RecipientInvalid,
            Self::RecipientKeyMissing => ErrorCode::RecipientKeyMissing,
            Self::NotFound => ErrorCode::NotFound,
            Self::BodyNotFetched => ErrorCode::BodyNotFetched,
            Self::TooLarge => ErrorCode::TooLarge,
            Self::Stopped(code) => *code,
            Self::UndoTooLate => ErrorCode::UndoTooLate,
            Self::NotWaiting => ErrorCode::NotWaiting,
            Self::ReauthenticationNeeded => ErrorCode::ReauthenticationNeeded,
            Self::NotAllowed => ErrorCode::NotAllowed,
            Self::AuditUnavailable(store::Error::DiskFull) => ErrorCode::DiskFull,
            Self::AuditUnavailable(_) | Self::AuditSign(_) => ErrorCode::AuditUnavailable,
            Self::AuditDamaged => ErrorCode::MailboxCorrupt,
            Self::File(error) => file_code(error),
            Self::Vault(error) => vault_code(error),
            Self::SetUp(error) => setup_code(error),
            Self::Unlock(error) => unlock_code(error),
            Self::Change(error) => change_code(error),
            Self::Backup(error) => backup_code(error),
            Self::Open(error) => open_code(error),
            Self::Store(error) => store_code(error),
            Self::Imap(error) => crate::network::imap_code(error),
            Self::Tls(error) => crate::network::tls_code(error),
            Self::KeyImport(error) => key_code(*error),
            Self::CertificateImport(_) => ErrorCode::CertificateUnreadable,
            Self::Encrypt(error) => encrypt_code(error),
            Self::Policy(error) => policy_code(error),
            Self::VaultCrypto(_)
            | Self::KeyExport(_)
            | Self::Seal(_)
            | Self::OpenSealed(_)
            | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Writes what the maintainers need into the log: the command, the code, the chain of causes,
    /// none of which carries text of mail.
    pub(crate) fn log(&self, command: &'static str) {
        let code = self.code();
        if code == ErrorCode::Internal || code == ErrorCode::DiskFailed {
            let mut causes = String::new();
            let mut source: Option<&dyn std::error::Error> = Some(self);
            while let Some(error) = source {
                causes.push_str(&error.to_string());
                causes.push_str("; ");
                source = error.source();
            }
            tracing::error!(command, code = code.slug(), causes, "failed");
        } else {
            tracing::debug!(command, code = code.slug(), "answered with an error");
        }
    }
}

/// A file that somebody named, whose name may be wrong.
fn file_code(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        std::io::ErrorKind::NotFound => ErrorCode::FileNotFound,
        std::io::ErrorKind::AlreadyExists => ErrorCode::FileExists,
        _ => disk_code(error),
    }
}

/// A file of the profile, which nobody named.
fn disk_code(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::DiskFailed,
    }
}

fn vault_code(error: &vault::VaultError) -> ErrorCode {
    match error {
        vault::VaultError::Missing => ErrorCode::ProfileMissing,
        vault::VaultError::NewerFormat => ErrorCode::VaultNewer,
        vault::VaultError::NothingKept => ErrorCode::LegalHold,
        vault::VaultError::Io(error) => disk_code(error),
        _ => ErrorCode::VaultDamaged,
    }
}

/// The code of a keyring's trouble.
pub(crate) fn keyring_code(error: &vault::KeyringError) -> ErrorCode {
    match error {
        vault::KeyringError::Absent => ErrorCode::KeyringAbsent,
        vault::KeyringError::Locked => ErrorCode::KeyringLocked,
        vault::KeyringError::Denied => ErrorCode::KeyringDenied,
        vault::KeyringError::TimedOut => ErrorCode::KeyringTimedOut,
        vault::KeyringError::ItemMissing | vault::KeyringError::ItemDamaged => {
            ErrorCode::KeyringItemMissing
        }
        _ => ErrorCode::KeyringFailed,
    }
}

fn security_key_code(error: vault::SecurityKeyError) -> ErrorCode {
    match error {
        vault::SecurityKeyError::Absent => ErrorCode::SecurityKeyMissing,
        vault::SecurityKeyError::NotTouched => ErrorCode::SecurityKeyNotTouched,
        vault::SecurityKeyError::Cancelled => ErrorCode::SecurityKeyCancelled,
        vault::SecurityKeyError::WrongKey => ErrorCode::SecurityKeyWrong,
        vault::SecurityKeyError::Unsupported
        | vault::SecurityKeyError::Several
        | vault::SecurityKeyError::NotHere => ErrorCode::SecurityKeyUnusable,
        vault::SecurityKeyError::PinNeeded => ErrorCode::SecurityKeyPinNeeded,
        vault::SecurityKeyError::PinWrong => ErrorCode::SecurityKeyPinWrong,
        vault::SecurityKeyError::PinLocked => ErrorCode::SecurityKeyPinLocked,
        vault::SecurityKeyError::Denied => ErrorCode::SecurityKeyDenied,
        _ => ErrorCode::SecurityKeyFailed,
    }
}

fn setup_code(error: &vault::SetupError) -> ErrorCode {
    match error {
        vault::SetupError::AlreadyExists => ErrorCode::ProfileExists,
        vault::SetupError::NotTheCode => ErrorCode::RecoveryCodeWrong,
        vault::SetupError::RecoveryCode(_) => ErrorCode::RecoveryCodeMistyped,
        vault::SetupError::Keyring(error) => keyring_code(error),
        vault::SetupError::Vault(error) => vault_code(error),
        _ => ErrorCode::Internal,
    }
}

fn unlock_code(error: &vault::UnlockError) -> ErrorCode {
    match error {
        vault::UnlockError::WrongPassphrase { .. } => ErrorCode::WrongPassphrase,
        vault::UnlockError::Throttled { .. } | vault::UnlockError::LockedOut { .. } => {
            ErrorCode::TryLater
        }
        vault::UnlockError::Erased => ErrorCode::AccessErased,
        vault::UnlockError::OneTimeCodeNeeded => ErrorCode::OneTimeCodeNeeded,
        vault::UnlockError::WrongOneTimeCode => ErrorCode::OneTimeCodeWrong,
        vault::UnlockError::WrongRecoveryCode => ErrorCode::RecoveryCodeWrong,
        vault::UnlockError::RecoveryCode(_) => ErrorCode::RecoveryCodeMistyped,
        vault::UnlockError::KeyringNeeded => ErrorCode::KeyringAbsent,
        vault::UnlockError::Keyring(error) => keyring_code(error),
        vault::UnlockError::DeviceSecretChanged => ErrorCode::KeyringItemMissing,
        vault::UnlockError::SecurityKeyNeeded => ErrorCode::SecurityKeyMissing,
        vault::UnlockError::SecurityKey(error) => security_key_code(*error),
        vault::UnlockError::Vault(error) => vault_code(error),
        _ => ErrorCode::Internal,
    }
}

fn change_code(error: &vault::ChangeError) -> ErrorCode {
    match error {
        vault::ChangeError::NotTheOneTimeCode => ErrorCode::OneTimeCodeWrong,
        vault::ChangeError::KeyringNeeded => ErrorCode::KeyringAbsent,
        vault::ChangeError::NotTheCode => ErrorCode::RecoveryCodeWrong,
        vault::ChangeError::RecoveryCode(_) => ErrorCode::RecoveryCodeMistyped,
        vault::ChangeError::Keyring(error) => keyring_code(error),
        vault::ChangeError::SecurityKeyNeeded => ErrorCode::SecurityKeyMissing,
        vault::ChangeError::SecurityKey(error) => security_key_code(*error),
        vault::ChangeError::Vault(error) => vault_code(error),
        _ => ErrorCode::Internal,
    }
}

fn backup_code(error: &vault::BackupError) -> ErrorCode {
    match error {
        vault::BackupError::NotABackup => ErrorCode::NotABackup,
        vault::BackupError::NewerFormat => ErrorCode::BackupNewer,
        vault::BackupError::Damaged => ErrorCode::BackupDamaged,
        vault::BackupError::WrongRecoveryCode => ErrorCode::RecoveryCodeWrong,
        vault::BackupError::Stopped => ErrorCode::BackupStopped,
        vault::BackupError::RecoveryCode(_) => ErrorCode::RecoveryCodeMistyped,
        vault::BackupError::AlreadyExists => ErrorCode::ProfileExists,
        vault::BackupError::FileExists => ErrorCode::FileExists,
        vault::BackupError::Io(error) => file_code(error),
        vault::BackupError::Vault(error) => vault_code(error),
        _ => ErrorCode::Internal,
    }
}

fn open_code(error: &store::OpenError) -> ErrorCode {
    match error {
        store::OpenError::Missing => ErrorCode::MailboxMissing,
        store::OpenError::NotEncrypted | store::OpenError::NoCipher => {
            ErrorCode::MailboxNotEncrypted
        }
        store::OpenError::WrongKey => ErrorCode::MailboxWrongKey,
        store::OpenError::Corrupt => ErrorCode::MailboxCorrupt,
        store::OpenError::NewerSchema { .. } => ErrorCode::MailboxNewer,
        store::OpenError::DiskFull => ErrorCode::DiskFull,
        store::OpenError::Io(error) => disk_code(error),
        _ => ErrorCode::Internal,
    }
}

fn store_code(error: &store::Error) -> ErrorCode {
    match error {
        store::Error::Closed => ErrorCode::Locked,
        store::Error::DiskFull => ErrorCode::DiskFull,
        store::Error::NotFound => ErrorCode::NotFound,
        store::Error::TooLarge => ErrorCode::TooLarge,
        store::Error::Damaged => ErrorCode::MailboxCorrupt,
        store::Error::Io(_) => ErrorCode::DiskFailed,
        store::Error::Conflict => ErrorCode::NotWaiting,
        _ => ErrorCode::Internal,
    }
}

fn key_code(error: wardmail_crypto::KeyImportError) -> ErrorCode {
    use wardmail_crypto::KeyImportError;
    match error {
        KeyImportError::WrongPassword => ErrorCode::KeyPasswordWrong,
        KeyImportError::PasswordNeeded => ErrorCode::KeyPasswordNeeded,
        _ => ErrorCode::KeyUnusable,
    }
}

fn encrypt_code(error: &wardmail_crypto::EncryptError) -> ErrorCode {
    use wardmail_crypto::EncryptError;
    match error {
        EncryptError::NoRecipients => ErrorCode::NoRecipients,
        EncryptError::Recipient { .. } => ErrorCode::RecipientKeyUnusable,
        EncryptError::OwnKey(_) | EncryptError::Sign(_) => ErrorCode::OwnKeyUnusable,
        _ => ErrorCode::Internal,
    }
}

/// The code of a policy's trouble.
pub(crate) fn policy_code(error: &wardmail_policy::PolicyError) -> ErrorCode {
    use wardmail_policy::PolicyError;
    match error {
        PolicyError::Missing => ErrorCode::PolicyMissing,
        PolicyError::Unreadable(_) | PolicyError::Insecure(_) | PolicyError::TooLarge => {
            ErrorCode::PolicyUnreadable
        }
        _ => ErrorCode::PolicyInvalid,
    }
}
