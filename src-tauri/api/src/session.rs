//! Set-up, unlock, lock.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Secret, UnixMs};

/// Asks for the state of the program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetStatus {}

/// Whether the mailbox can be read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LockState {
    /// There is no profile yet.
    SetUp,
    /// There is one, and it is closed.
    Locked,
    /// It is open.
    Unlocked,
}

/// What too many wrong passphrases lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LockOut {
    /// A long wait.
    #[default]
    Wait,
    /// Passphrase and recovery code will no longer open the mailbox, for good.
    Erase,
    /// They no longer do.
    Erased,
}

/// The state of the program, readable while locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppStatus {
    /// Locked, unlocked, or not set up.
    pub state: LockState,
    /// What is wrong with the OS keyring, if anything.
    pub keyring_trouble: Option<ErrorCode>,
    /// Whether policy lets a profile do without the OS keyring.
    pub passphrase_only_allowed: bool,
    /// Unlocks that failed since the last that succeeded.
    pub failed_unlocks: u32,
    /// Seconds until the next try is let through.
    pub wait_seconds: u64,
    /// Tries left before a long wait, if it is near.
    pub tries_left: Option<u32>,
    /// What follows the last of them.
    pub lock_out: LockOut,
    /// Who set the policy in force, in one line.
    pub policy: PolicySummary,
    /// The step of set-up that comes next, while unlocked.
    pub next_step: Option<SetUpStep>,
    /// Messages that wait in the outbox; known while unlocked or since the last lock.
    pub waiting: u32,
    /// Why the mailbox locked itself, if it did.
    pub locked_because: Option<LockReason>,
    /// Whether a one-time code is asked for beside the passphrase.
    pub asks_for_code: bool,
    /// How it stands with a security key.
    pub security_key: SecurityKeyStatus,
    /// What the owner must be told; known while unlocked.
    pub notices: Vec<Notice>,
    /// The program's version.
    pub version: String,
}

/// How it stands with a security key as a third factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityKeyStatus {
    /// Whether policy, or the owner, lets one be added.
    pub allowed: bool,
    /// Whether this mailbox has one: an unlock waits for its touch.
    pub present: bool,
    /// Whether the key asks for its PIN then.
    pub asks_for_pin: bool,
}

/// Something about the access to the mailbox that the owner must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// The keyring has seen more openings than the mailbox: an older copy of it was put back. Or its count was deleted, and
    /// nothing shows that it wasn't.
    OlderCopy {
        /// How many openings it doesn't know of; 0 if the count was deleted.
        openings: u64,
    },
    /// The log of failed unlocks was changed or cut while the mailbox was locked.
    FailureLogAltered,
    /// The organisation can open the mailbox from now on.
    EmergencyAccessAdded {
        /// Whether two people are needed.
        two_people: bool,
    },
    /// The organisation can't open the mailbox any more.
    EmergencyAccessRemoved,
    /// Policy names certificates for emergencies that can't be used, or too few.
    EmergencyAccessTrouble {
        /// Whether the organisation can open the mailbox nevertheless.
        prepared: bool,
    },
    /// The organisation opened the mailbox.
    EmergencyAccessUsed {
        /// When.
        at: UnixMs,
        /// Why.
        reason: EmergencyReason,
    },
    /// Policy wants one-time codes, and none are asked for yet.
    OneTimeCodesWanted,
    /// The recovery code opened the mailbox, and one-time codes are no longer asked for.
    OneTimeCodesOff,
    /// The recovery code opened the mailbox, and the security key was taken out.
    SecurityKeyOff,
}

/// Why the organisation opens a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EmergencyReason {
    /// A patient's care needs it now.
    PatientCare,
    /// The owner left or is away for long.
    OwnerAbsent,
    /// The law or an authority requires it.
    RequiredByLaw,
    /// An incident is being looked into.
    Investigation,
    /// A drill.
    Drill,
}

/// Says that the notices were read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DismissNotices {}

/// Gives the passphrase once more, for what asks for it. It counts for five minutes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reauthenticate {
    /// The passphrase.
    pub passphrase: Secret,
    /// The PIN of the security key, where the mailbox has one that asks for it.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Lets a security key be added, or no longer. One that was added stays.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AllowSecurityKeys {
    /// Whether one may be.
    pub allowed: bool,
}

/// Makes the security key that is plugged in a part of what opens the mailbox. It is touched twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AddSecurityKey {
    /// The passphrase.
    pub passphrase: Secret,
    /// The key's PIN, if it has one: it is asked for at each unlock then.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Opens without the security key from now on. It is touched once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RemoveSecurityKey {
    /// The passphrase.
    pub passphrase: Secret,
    /// The key's PIN, where it asks for it.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Waits for the touch of a security key no longer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelTouch {}

/// Starts to set up one-time codes, or to replace the authenticator.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginOneTime {}

/// What an authenticator needs; shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OneTimeView {
    /// The `otpauth` address, for a picture.
    pub url: Secret,
    /// The secret, for typing.
    pub text: Secret,
}

/// Ends it: the first code, typed back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmOneTime {
    /// The six digits.
    pub code: Secret,
}

/// Asks for no one-time codes any more.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveOneTime {}

/// Starts to replace the recovery code; the present one counts until the new one was typed back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginRecoveryCode {}

/// Ends it: the new code, typed back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmRecoveryCode {
    /// What the owner typed.
    pub code: Secret,
}

/// The policy in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicySummary {
    /// Whether IT manages this profile.
    pub managed: bool,
    /// Who issued the policy.
    pub issuer: Option<String>,
    /// Its serial number.
    pub serial: Option<u64>,
    /// What is wrong with it, if anything: nothing is sent then.
    pub trouble: Option<ErrorCode>,
}

/// What set-up still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SetUpStep {
    /// No account yet.
    Account,
    /// No policy and no provider recorded by the owner.
    Provider,
    /// No own key.
    Key,
}

/// Starts a profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BeginProfile {
    /// The passphrase that will open it.
    pub passphrase: Secret,
    /// Do without the OS keyring (only where policy allows it).
    pub passphrase_only: bool,
}

/// The recovery code, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodeView {
    /// The code in groups, as it is to be written down.
    pub code: Secret,
}

/// Ends set-up: the recovery code typed back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConfirmRecovery {
    /// What the owner typed.
    pub code: Secret,
}

/// Keeps a damaged profile's files in a folder of their own, so that a backup can be restored or a mailbox made anew.
/// Refused unless the mailbox was found damaged by whoever opened it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {}

/// Drops a profile that was begun and not confirmed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelProfile {}

/// Opens the mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Unlock {
    /// The passphrase.
    pub passphrase: Secret,
    /// The one-time code, where the mailbox asks for one.
    #[serde(default)]
    pub code: Option<Secret>,
    /// The PIN of the security key, where the mailbox has one that asks for it.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Opens the mailbox with the printed recovery code and sets a new passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Recover {
    /// The recovery code.
    pub code: Secret,
    /// The passphrase from now on.
    pub passphrase: Secret,
    /// Whether the security key is taken out: it was lost. Else it is touched and stays.
    #[serde(default)]
    pub without_security_key: bool,
    /// The PIN of the security key, where it stays and asks for it.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Sets another passphrase.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChangePassphrase {
    /// The one that holds now.
    pub current: Secret,
    /// The one from now on.
    pub new: Secret,
    /// The PIN of the security key, where the mailbox has one that asks for it.
    #[serde(default)]
    pub pin: Option<Secret>,
}

/// Closes the mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Lock {
    /// Lock even if messages wait in the undo window.
    pub force: bool,
}

/// Answers [`AppEvent::CloseAsked`](crate::AppEvent::CloseAsked).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CloseWindow {
    /// Close; else the window stays.
    pub close: bool,
}

/// What came of a request to lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LockOutcome {
    /// It is locked.
    Locked,
    /// Messages wait in the undo window: lock and leave them queued, or send them first?
    MessagesWait {
        /// How many.
        count: u32,
    },
}

/// Why the mailbox was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LockReason {
    /// The owner asked.
    Asked,
    /// Nobody touched it for the time that policy gives.
    Idle,
    /// The program ended.
    Quit,
    /// The window's web process ended by itself.
    WindowLost,
    /// The screen was locked.
    ScreenLocked,
    /// Another person's session came to the front.
    UserSwitched,
    /// The desktop found that nobody touches the computer.
    SystemIdle,
    /// The lid was closed.
    LidClosed,
    /// The computer went to sleep.
    Sleep,
}

/// Tells that the owner is there: the idle countdown starts again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {}

/// When the mailbox will lock itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockCountdown {
    /// Seconds from now.
    pub seconds: u64,
    /// The time now, for the window's own clock.
    pub now: UnixMs,
}
