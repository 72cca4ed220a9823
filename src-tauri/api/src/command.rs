//! The list of requests a front end can make, and what each answers with.
//!
//! This list is the only one: the shell's permissions are generated from it and the engine's
//! door checks the lock against it.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    account, audit, backup, compose, incident, keeping, keys, mail, phi, session, settings,
};

/// A request to the engine.
pub trait Command: Serialize + DeserializeOwned {
    /// The name on the wire.
    const NAME: &'static str;
    /// Whether it is answered while the mailbox is locked.
    const WHILE_LOCKED: bool;
    /// What it is answered with.
    type Output: Serialize + DeserializeOwned;
}

/// One line of [`COMMANDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether it is answered while the mailbox is locked.
    pub while_locked: bool,
}

macro_rules! commands {
    ($($lock:ident $name:literal $request:ty => $output:ty;)*) => {
        $(impl Command for $request {
            const NAME: &'static str = $name;
            const WHILE_LOCKED: bool = commands!(@ $lock);
            type Output = $output;
        })*
        /// Every request, in the order of the screens.
        pub const COMMANDS: &[Listed] = &[$(Listed { name: $name, while_locked: commands!(@ $lock) },)*];
    };
    (@ locked) => { true };
    (@ unlocked) => { false };
}

commands! {
    locked   "status"             session::GetStatus => session::AppStatus;
    locked   "begin_profile"      session::BeginProfile => session::RecoveryCodeView;
    locked   "confirm_recovery"   session::ConfirmRecovery => session::AppStatus;
    locked   "cancel_profile"     session::CancelProfile => ();
    locked   "set_aside"          session::SetAside => session::AppStatus;
    locked   "unlock"             session::Unlock => session::AppStatus;
    locked   "recover"            session::Recover => session::AppStatus;
    locked   "cancel_touch"       session::CancelTouch => ();
    locked   "restore_backup"     backup::RestoreBackup => backup::RestoredView;
    locked   "cancel_restore"     backup::CancelRestore => ();
    locked   "lock"               session::Lock => session::LockOutcome;
    unlocked "close_window"       session::CloseWindow => ();
    unlocked "change_passphrase"  session::ChangePassphrase => ();
    unlocked "activity"           session::Activity => session::LockCountdown;
    unlocked "reauthenticate"     session::Reauthenticate => ();
    unlocked "begin_one_time"     session::BeginOneTime => session::OneTimeView;
    unlocked "confirm_one_time"   session::ConfirmOneTime => ();
    unlocked "remove_one_time"    session::RemoveOneTime => ();
    unlocked "allow_security_keys" session::AllowSecurityKeys => ();
    unlocked "add_security_key"   session::AddSecurityKey => ();
    unlocked "remove_security_key" session::RemoveSecurityKey => ();
    unlocked "begin_recovery_code" session::BeginRecoveryCode => session::RecoveryCodeView;
    unlocked "confirm_recovery_code" session::ConfirmRecoveryCode => ();
    unlocked "dismiss_notices"    session::DismissNotices => ();

    unlocked "test_account"       account::TestAccount => account::ProbeView;
    unlocked "add_account"        account::AddAccount => account::AccountView;
    unlocked "list_accounts"      account::ListAccounts => Vec<account::AccountView>;
    unlocked "attest_provider"    account::AttestProvider => ();

    unlocked "generate_key"       keys::GenerateKey => keys::OwnKeyView;
    unlocked "import_key"         keys::ImportKey => keys::OwnKeyView;
    unlocked "list_keys"          keys::ListKeys => Vec<keys::OwnKeyView>;
    unlocked "set_signing_key"    keys::SetSigningKey => ();
    unlocked "export_certificate" keys::ExportCertificate => keys::ArmoredView;
    unlocked "import_certificates" keys::ImportCertificates => Vec<keys::CertificateView>;
    unlocked "list_certificates"  keys::ListCertificates => Vec<keys::CertificateView>;
    unlocked "set_trust"          keys::SetTrust => ();

    unlocked "list_folders"       mail::ListFolders => Vec<mail::FolderView>;
    unlocked "list_messages"      mail::ListMessages => mail::MessagePage;
    unlocked "search_messages"    mail::SearchMessages => mail::SearchPage;
    unlocked "open_message"       mail::OpenMessage => mail::ReaderView;
    unlocked "set_flags"          mail::SetFlags => ();
    unlocked "save_attachment"    mail::SaveAttachment => mail::SavedView;
    unlocked "sync"               mail::SyncNow => ();
    unlocked "delete_messages"    keeping::DeleteMessages => keeping::DeletedView;
    unlocked "undo_delete"        keeping::UndoDelete => ();
    unlocked "keep_messages"      keeping::KeepMessages => ();
    unlocked "set_expiry"         keeping::SetExpiry => ();

    unlocked "new_draft"          compose::NewDraft => compose::DraftView;
    unlocked "list_drafts"        compose::ListDrafts => Vec<compose::DraftRow>;
    unlocked "open_draft"         compose::OpenDraft => compose::DraftView;
    unlocked "save_draft"         compose::SaveDraft => compose::DraftSaved;
    unlocked "discard_draft"      compose::DiscardDraft => ();
    unlocked "attach_file"        compose::AttachFile => compose::DraftView;
    unlocked "remove_attachment"  compose::RemoveAttachment => compose::DraftView;
    unlocked "suggest_recipients" compose::SuggestRecipients => Vec<compose::RecipientSuggestion>;
    unlocked "check_subject"      compose::CheckSubject => compose::SubjectCheck;
    unlocked "mark_not_patient"   phi::MarkNotPatient => ();
    unlocked "set_person_role"    phi::SetPersonRole => ();
    unlocked "list_known_people"  phi::ListKnownPeople => phi::KnownPeople;
    unlocked "preflight"          compose::Preflight => compose::PlanView;
    unlocked "send"               compose::Send => compose::Queued;
    unlocked "undo_send"          compose::UndoSend => compose::DraftView;
    unlocked "list_outbox"        compose::ListOutbox => Vec<compose::OutboxRow>;
    unlocked "retry_outbox"       compose::RetryOutbox => ();
    unlocked "cancel_outbox"      compose::CancelOutbox => compose::DraftView;
    unlocked "settle_outbox"      compose::SettleOutbox => ();

    unlocked "get_settings"       settings::GetSettings => settings::SettingsView;
    unlocked "set_idle_lock"      settings::SetIdleLock => settings::SettingsView;

    unlocked "back_up"            backup::BackUp => backup::BackedUpView;
    unlocked "cancel_backup"      backup::CancelBackup => ();
    unlocked "erase_profile"      backup::EraseProfile => backup::ErasedView;

    unlocked "list_audit"         audit::ListAudit => audit::AuditPage;
    unlocked "verify_audit"       audit::VerifyAudit => audit::AuditVerdict;
    unlocked "export_audit"       audit::ExportAudit => mail::SavedView;
    unlocked "describe_incident"  incident::DescribeIncident => incident::IncidentReport;
    unlocked "save_incident"      incident::SaveIncident => mail::SavedView;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_few_work_while_locked() {
        let names: BTreeSet<_> = COMMANDS.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        let open: Vec<_> = COMMANDS.iter().filter(|c| c.while_locked).map(|c| c.name).collect();
        assert_eq!(
            open,
            [
                "status",
                "begin_profile",
                "confirm_recovery",
                "cancel_profile",
                "set_aside",
                "unlock",
                "recover",
                "cancel_touch",
                "restore_backup",
                "cancel_restore",
                "lock"
            ]
        );
    }
}
