//! The commands of the window: each passes its request to the engine's door.
//!
//! The list is checked against `wardmail_api::COMMANDS` by a test. Two commands ask the user for
//! a file first; that is all the shell adds.

use std::sync::Arc;

use tauri::{AppHandle, Builder, Runtime, State};
use wardmail_api::{
    ApiError, Command, account, compose, keys,
    mail::{self, SavedView},
    session, settings,
};
use wardmail_engine::Engine;

use crate::dialogs;

macro_rules! doors {
    ($($name:ident: $request:ty;)*) => {$(
        #[tauri::command]
        async fn $name(
            engine: State<'_, Arc<Engine>>,
            request: $request,
        ) -> Result<<$request as Command>::Output, ApiError> {
            engine.call(request).await
        }
    )*};
}

doors! {
    status: session::GetStatus;
    begin_profile: session::BeginProfile;
    confirm_recovery: session::ConfirmRecovery;
    cancel_profile: session::CancelProfile;
    unlock: session::Unlock;
    recover: session::Recover;
    lock: session::Lock;
    change_passphrase: session::ChangePassphrase;
    activity: session::Activity;
    test_account: account::TestAccount;
    add_account: account::AddAccount;
    list_accounts: account::ListAccounts;
    attest_provider: account::AttestProvider;
    generate_key: keys::GenerateKey;
    import_key: keys::ImportKey;
    list_keys: keys::ListKeys;
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
    new_draft: compose::NewDraft;
    list_drafts: compose::ListDrafts;
    open_draft: compose::OpenDraft;
    save_draft: compose::SaveDraft;
    discard_draft: compose::DiscardDraft;
    remove_attachment: compose::RemoveAttachment;
    suggest_recipients: compose::SuggestRecipients;
    check_subject: compose::CheckSubject;
    preflight: compose::Preflight;
    send: compose::Send;
    undo_send: compose::UndoSend;
    list_outbox: compose::ListOutbox;
    retry_outbox: compose::RetryOutbox;
    cancel_outbox: compose::CancelOutbox;
    settle_outbox: compose::SettleOutbox;
    get_settings: settings::GetSettings;
    set_idle_lock: settings::SetIdleLock;
    list_audit: settings::ListAudit;
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

/// Adds every command to the builder.
pub(crate) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(tauri::generate_handler![
        status,
        begin_profile,
        confirm_recovery,
        cancel_profile,
        unlock,
        recover,
        lock,
        change_passphrase,
        activity,
        test_account,
        add_account,
        list_accounts,
        attest_provider,
        generate_key,
        import_key,
        list_keys,
        export_certificate,
        import_certificates,
        list_certificates,
        set_trust,
        list_folders,
        list_messages,
        search_messages,
        open_message,
        set_flags,
        save_attachment,
        sync,
        new_draft,
        list_drafts,
        open_draft,
        save_draft,
        discard_draft,
        attach_file,
        remove_attachment,
        suggest_recipients,
        check_subject,
        preflight,
        send,
        undo_send,
        list_outbox,
        retry_outbox,
        cancel_outbox,
        settle_outbox,
        get_settings,
        set_idle_lock,
        list_audit,
    ])
}
