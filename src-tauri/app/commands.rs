//! The commands of the window: each passes its request to the engine's door.
//!
//! Some commands ask the user for a file first, and one closes the window; that is all the shell adds. A test holds this list,
//! the window's permissions and `wardmail_api::COMMANDS` against one another.

use std::sync::Arc;

use tauri::{AppHandle, Builder, Runtime, State};
use wardmail_api::{
    ApiError, Command, account, audit, backup, compose, incident, keeping, keys,
    mail::{self, SavedView},
    phi, session, settings,
};
use wardmail_engine::Engine;

use crate::{dialogs, window};

macro_rules! doors {
    ({ $($name:ident: $request:ty;)* } and { $($special:ident;)* }) => {
        $(#[tauri::command]
        async fn $name(
            engine: State<'_, Arc<Engine>>,
            request: $request,
        ) -> Result<<$request as Command>::Output, ApiError> {
            engine.call(request).await
        })*

        /// Adds every command to the builder.
        pub(crate) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
            builder.invoke_handler(tauri::generate_handler![$($name,)* $($special,)*])
        }

        #[cfg(test)]
        const HANDLED: &[&str] = &[$(stringify!($name),)* $(stringify!($special),)*];
    };
}

doors! {{
    status: session::GetStatus;
    begin_profile: session::BeginProfile;
    confirm_recovery: session::ConfirmRecovery;
    cancel_profile: session::CancelProfile;
    set_aside: session::SetAside;
    unlock: session::Unlock;
    recover: session::Recover;
    cancel_touch: session::CancelTouch;
    lock: session::Lock;
    change_passphrase: session::ChangePassphrase;
    activity: session::Activity;
    reauthenticate: session::Reauthenticate;
    begin_one_time: session::BeginOneTime;
    confirm_one_time: session::ConfirmOneTime;
    remove_one_time: session::RemoveOneTime;
    allow_security_keys: session::AllowSecurityKeys;
    add_security_key: session::AddSecurityKey;
    remove_security_key: session::RemoveSecurityKey;
    begin_recovery_code: session::BeginRecoveryCode;
    confirm_recovery_code: session::ConfirmRecoveryCode;
    dismiss_notices: session::DismissNotices;
    test_account: account::TestAccount;
    add_account: account::AddAccount;
    list_accounts: account::ListAccounts;
    attest_provider: account::AttestProvider;
    generate_key: keys::GenerateKey;
    import_key: keys::ImportKey;
    list_keys: keys::ListKeys;
    set_signing_key: keys::SetSigningKey;
    export_certificate: keys::ExportCertificate;
    import_certificates: keys::ImportCertificates;
    list_certificates: keys::ListCertificates;
    set_trust: keys::SetTrust;
    list_folders: mail::ListFolders;
    list_messages: mail::ListMessages;
    search_messages: mail::SearchMessages;
    open_message: mail::OpenMessage;
    set_flags: mail::SetFlags;
    sync: mail::SyncNow;
    delete_messages: keeping::DeleteMessages;
    undo_delete: keeping::UndoDelete;
    keep_messages: keeping::KeepMessages;
    set_expiry: keeping::SetExpiry;
    cancel_backup: backup::CancelBackup;
    cancel_restore: backup::CancelRestore;
    new_draft: compose::NewDraft;
    list_drafts: compose::ListDrafts;
    open_draft: compose::OpenDraft;
    save_draft: compose::SaveDraft;
    discard_draft: compose::DiscardDraft;
    remove_attachment: compose::RemoveAttachment;
    suggest_recipients: compose::SuggestRecipients;
    check_subject: compose::CheckSubject;
    mark_not_patient: phi::MarkNotPatient;
    set_person_role: phi::SetPersonRole;
    list_known_people: phi::ListKnownPeople;
    preflight: compose::Preflight;
    send: compose::Send;
    undo_send: compose::UndoSend;
    list_outbox: compose::ListOutbox;
    retry_outbox: compose::RetryOutbox;
    cancel_outbox: compose::CancelOutbox;
    settle_outbox: compose::SettleOutbox;
    get_settings: settings::GetSettings;
    set_idle_lock: settings::SetIdleLock;
    list_audit: audit::ListAudit;
    verify_audit: audit::VerifyAudit;
    describe_incident: incident::DescribeIncident;
} and {
    close_window;
    save_attachment;
    attach_file;
    export_audit;
    save_incident;
    back_up;
    restore_backup;
    erase_profile;
}}

/// Closes the window, or lets it stay, as the page says after it was asked.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "a command takes what it is handed by value")]
fn close_window<R: Runtime>(app: AppHandle<R>, request: session::CloseWindow) {
    window::answer_close(&app, request.close);
}

/// Asks where, then lets the engine write and record it.
#[tauri::command]
async fn save_attachment<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: mail::SaveAttachment,
) -> Result<SavedView, ApiError> {
    let name = engine.attachment_name(&request).await?;
    let Some(path) = dialogs::save_as(&app, &name).await else {
        return Ok(SavedView { saved: false });
    };
    engine.save_attachment(request, path).await
}

/// Asks which files, then lets the engine take them in.
#[tauri::command]
async fn attach_file<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: compose::AttachFile,
) -> Result<compose::DraftView, ApiError> {
    let paths = dialogs::pick(&app).await;
    engine.attach_files(request, paths).await
}

/// Asks where, then lets the engine write the log and record that.
#[tauri::command]
async fn export_audit<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: audit::ExportAudit,
) -> Result<SavedView, ApiError> {
    engine.may_take_out().await?;
    let name = format!("wardmail-audit.{}", request.format.ending());
    let Some(path) = dialogs::save_as(&app, &name).await else {
        return Ok(SavedView { saved: false });
    };
    engine.export_audit_to(request.format, path).await?;
    Ok(SavedView { saved: true })
}

/// Asks where, then lets the engine write the report and record that.
#[tauri::command]
async fn save_incident<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: incident::SaveIncident,
) -> Result<SavedView, ApiError> {
    engine.may_take_out().await?;
    let Some(path) = dialogs::save_as(&app, "incident-report.pdf").await else {
        return Ok(SavedView { saved: false });
    };
    engine.save_incident(request.statement, path).await
}

/// Asks where, then lets the engine write the backup.
#[tauri::command]
async fn back_up<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: backup::BackUp,
) -> Result<backup::BackedUpView, ApiError> {
    let backup::BackUp {} = request;
    // Asked before the dialog: whoever may not do it needn't look for a place.
    engine.may_back_up().await?;
    let name = dialogs::dated("wardmail", "backup");
    let Some(path) = dialogs::save_as(&app, &name).await else {
        return Ok(backup::BackedUpView { made_at: None, bytes: 0 });
    };
    let made = engine.back_up(path).await?;
    Ok(backup::BackedUpView { made_at: Some(made.made_at), bytes: made.bytes })
}

/// Asks which file, then lets the engine make the profile of it.
#[tauri::command]
async fn restore_backup<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: backup::RestoreBackup,
) -> Result<backup::RestoredView, ApiError> {
    let Some(path) = dialogs::pick_one(&app).await else {
        return Ok(backup::RestoredView { status: None });
    };
    let backup::RestoreBackup { code, passphrase, passphrase_only } = request;
    engine.restore(path, code, passphrase, passphrase_only).await?;
    Ok(backup::RestoredView { status: Some(engine.call(session::GetStatus {}).await?) })
}

/// Asks where the log goes, then lets the engine export it and erase the mailbox.
#[tauri::command]
async fn erase_profile<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Arc<Engine>>,
    request: backup::EraseProfile,
) -> Result<backup::ErasedView, ApiError> {
    engine.may_erase(&request.confirmation).await?;
    let name = dialogs::dated("wardmail-audit-final", "jsonl");
    let Some(path) = dialogs::save_as(&app, &name).await else {
        return Ok(backup::ErasedView::default());
    };
    engine.erase(&request.confirmation, path).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wardmail_api::COMMANDS;

    /// What the window may call beside the commands: hearing events, and making itself larger and smaller.
    const OWN: &[&str] = &[
        "core:event:allow-listen",
        "core:event:allow-unlisten",
        "core:webview:allow-set-webview-zoom",
    ];

    #[test]
    fn every_listed_command_has_a_handler_and_no_other_has() {
        let listed: BTreeSet<_> = COMMANDS.iter().map(|c| c.name).collect();
        let handled: BTreeSet<_> = super::HANDLED.iter().copied().collect();
        assert_eq!(listed, handled);
    }

    #[test]
    fn the_window_may_call_the_listed_commands_and_nothing_else() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = file["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_str().unwrap().to_owned())
            .collect();
        let commands = COMMANDS.iter().map(|c| format!("allow-{}", c.name.replace('_', "-")));
        let wanted: BTreeSet<String> = commands.chain(OWN.iter().map(|&e| e.to_owned())).collect();
        assert_eq!(granted, wanted);
        let lines = file["permissions"].as_array().unwrap().len();
        assert_eq!(lines, granted.len(), "each once");
        assert!(file.get("remote").is_none(), "no page of another origin may call anything");
    }

    #[test]
    fn the_window_loads_nothing_from_elsewhere() {
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let security = &config["app"]["security"];
        assert_eq!(security["freezePrototype"], true);
        assert_eq!(config["app"]["withGlobalTauri"], false);
        let csp = &security["csp"];
        assert_eq!(csp["default-src"], "'none'");
        assert_eq!(csp["script-src"], "'self' 'wasm-unsafe-eval'");
        for (name, value) in csp.as_object().unwrap() {
            let value = value.as_str().unwrap();
            assert!(!value.contains("unsafe-inline"), "{name}");
            assert!(!value.contains("https:") && !value.contains('*'), "{name}");
        }
        assert!(security.get("assetProtocol").is_none());
    }
}
