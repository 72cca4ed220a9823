//! An open mailbox for unit tests: a real vault (a passphrase, no keyring), a real store, an account, an own key and a
//! correspondent. No server: what needs one is tested end to end.

use std::{future::Future, path::PathBuf, sync::Arc};

use fail::FailScenario;
use wardmail_api::{
    MessageId, Secret,
    account::AttestProvider,
    keys::{GenerateKey, ImportCertificates},
};
use wardmail_audit::{EventKind, Outcome, Record};
use wardmail_crypto::{DEFAULT_EXPIRY, Profile, SecretKey};
use wardmail_store::{self as store, Flags, NewFolder, NewMessage, Placement};
use wardmail_vault::{Cost, Passphrase, Protection, SystemClock, Vault, mock::SoftwareKey};

use crate::{Engine, Options, clock, door::InSession, error::Error, index, session::Session};

pub(crate) const PASSPHRASE: &str = "granite otter files 19 quiet maps";
pub(crate) const MEI: &str = "mei.chen@clinic.example";
pub(crate) const PRIYA: &str = "priya.raman@hospital.example";
pub(crate) const HOST: &str = "mail.provider.example";

/// An open mailbox; its folder goes with it, and no other test sets fail points meanwhile.
pub(crate) struct Desk {
    pub(crate) engine: Arc<Engine>,
    pub(crate) folder: tempfile::TempDir,
    /// The security key that is plugged in: a mock.
    pub(crate) security_key: Arc<SoftwareKey>,
    scenario: FailScenario<'static>,
}

impl Desk {
    /// A profile that was just made and opened.
    pub(crate) async fn new() -> Self {
        let scenario = FailScenario::setup();
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("profile");
        std::fs::create_dir(&profile).unwrap();
        let security_key = Arc::new(SoftwareKey::default());
        let keys = Arc::clone(&security_key);
        let engine = tokio::task::spawn_blocking(move || made(profile, keys)).await.unwrap();
        let desk = Self { engine, folder, security_key, scenario };
        desk.unlock(PASSPHRASE).await.unwrap();
        desk
    }

    /// As [`Desk::new`], with an account and an agreement.
    pub(crate) async fn with_account() -> Self {
        let desk = Self::new().await;
        let session = desk.session().await;
        let settings = store::AccountSettings {
            label: "Clinic".to_owned(),
            display_name: "Mei Chen".to_owned(),
            address: MEI.to_owned(),
            imap: store::Endpoint { host: HOST.to_owned(), port: 993 },
            smtp: store::Endpoint { host: HOST.to_owned(), port: 465 },
            username: MEI.to_owned(),
            secret_sealed: Vec::new(),
        };
        session
            .write(move |dao| {
                let account = dao.insert_account(&settings)?;
                let name = "INBOX".to_owned();
                let role = store::FolderRole::Inbox;
                dao.upsert_folder(&NewFolder { account, wire_name: name.clone(), name, role })?;
                Ok(())
            })
            .await
            .unwrap();
        desk.ask(attestation()).await.unwrap();
        desk
    }

    /// As [`Desk::with_account`], with an own key and Priya's certificate.
    pub(crate) async fn at_work() -> Self {
        let desk = Self::with_account().await;
        desk.ask(GenerateKey {}).await.unwrap();
        desk.ask(ImportCertificates { armored: certificate(PRIYA) }).await.unwrap();
        desk
    }

    /// What the lock screen does.
    pub(crate) async fn unlock(&self, passphrase: &str) -> Result<(), Error> {
        self.engine.unlock(Passphrase::new(passphrase.to_owned()).unwrap(), None, None).await
    }

    /// What IT does; the policy lists the provider.
    pub(crate) fn install_policy(&self, more: &serde_json::Value) {
        let mut policy = serde_json::json!({
            "schema": 1, "serial": 7, "issuer": "IT",
            "providers": [{
                "name": "Provider",
                "imap": { "host": HOST, "port": 993 },
                "smtp": { "host": HOST, "port": 465 },
                "services": ["imap", "smtp"],
                "signed": "2026-01-15",
            }],
        });
        let members = policy.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let path = self.folder.path().join("profile/no-policy.json");
        std::fs::write(path, policy.to_string()).unwrap();
    }

    pub(crate) async fn session(&self) -> Arc<Session> {
        self.engine.session().await.unwrap()
    }

    /// Asks the open mailbox.
    pub(crate) async fn ask<C: InSession>(&self, request: C) -> Result<C::Output, Error> {
        request.answer_in(&self.session().await).await
    }

    /// Does something while the audit log can't be written.
    pub(crate) async fn unrecorded<T>(&self, act: impl Future<Output = T>) -> T {
        fail::cfg("store-audit-append", "return").unwrap();
        let done = act.await;
        fail::remove("store-audit-append");
        done
    }

    /// Does something, and says what was recorded meanwhile.
    pub(crate) async fn recorded<T>(
        &self,
        act: impl Future<Output = T>,
    ) -> (T, Vec<(EventKind, Outcome)>) {
        let before = self.log().await.len();
        let done = act.await;
        let log = self.log().await;
        let new = log[before..].iter().map(|r| (r.event().kind(), r.event().outcome()));
        (done, new.collect())
    }

    /// The whole log.
    pub(crate) async fn log(&self) -> Vec<Record> {
        let read = |dao: &store::ReadDao<'_>| Ok(dao.audit_page(0, 500)?);
        let stored = self.session().await.read(read).await.unwrap();
        let line = |stored: store::AuditRecord| String::from_utf8(stored.record).unwrap();
        stored.into_iter().map(|s| Record::from_line(&line(s)).unwrap()).collect()
    }

    /// Puts a message into the inbox, as the synchronisation would.
    pub(crate) async fn receive(&self, raw: Vec<u8>) -> MessageId {
        let session = self.session().await;
        let message_id = format!("{}@hospital.example", clock::since_boot().as_nanos());
        let new = NewMessage {
            uid: u32::try_from(self.inbox_count().await + 1).unwrap(),
            date_ms: clock::now_ms(),
            received_ms: clock::now_ms(),
            from: store::Address { name: String::new(), address: PRIYA.to_owned() },
            recipients: MEI.to_owned(),
            subject: "Consult".to_owned(),
            message_id,
            in_reply_to: String::new(),
            references: Vec::new(),
            flags: Flags::default(),
            has_attachments: false,
            security: store::Security::Unknown,
            size: raw.len() as u64,
            void_after_ms: None,
        };
        let inbox = self.inbox().await;
        let ids = session
            .write(move |dao| Ok(dao.insert_headers(inbox, &[new], Placement::Newest)?))
            .await
            .unwrap();
        index::store_body(&session, ids[0], raw, false).await.unwrap();
        MessageId(ids[0].get())
    }

    async fn inbox(&self) -> store::FolderId {
        let read = |dao: &store::ReadDao<'_>| {
            let account = dao.accounts()?[0].id;
            Ok(dao.folder_by_role(account, store::FolderRole::Inbox)?.unwrap().id)
        };
        self.session().await.read(read).await.unwrap()
    }

    async fn inbox_count(&self) -> u64 {
        let inbox = self.inbox().await;
        self.session().await.read(move |dao| Ok(dao.folder(inbox)?.total)).await.unwrap()
    }

    /// Ends the test's own fail points.
    pub(crate) fn done(self) {
        self.scenario.teardown();
    }
}

/// The engine on a new profile that is protected by its passphrase alone.
fn made(profile: PathBuf, security_keys: Arc<SoftwareKey>) -> Arc<Engine> {
    let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
    let alone = Protection::PassphraseAloneAllowedByPolicy;
    let clock = Arc::new(SystemClock);
    let setup = Vault::begin_with(&profile, &passphrase, &alone, Cost::Floor, clock).unwrap();
    let code = setup.recovery_code().printed().to_string();
    setup.confirm(&code).unwrap();
    // As set-up leaves it before the mailbox is made.
    std::fs::write(profile.join("mailbox.begun"), b"").unwrap();
    let installed_policy = profile.join("no-policy.json");
    let options = Options {
        installed_policy,
        named_policy: None,
        background: false,
        system_log: profile.join("system-log"),
        security_keys,
        ..Options::from_environment(profile)
    };
    Engine::start(options).unwrap()
}

/// The owner's word that the provider has an agreement.
pub(crate) fn attestation() -> AttestProvider {
    AttestProvider {
        provider: "Provider".to_owned(),
        imap_host: HOST.to_owned(),
        smtp_host: HOST.to_owned(),
        signed: "2026-01-15".to_owned(),
        expires: None,
    }
}

/// A certificate of somebody, armored.
pub(crate) fn certificate(address: &str) -> String {
    let key = SecretKey::generate(
        "Somebody",
        address,
        Profile::Interoperable,
        DEFAULT_EXPIRY,
        clock::now(),
    );
    String::from_utf8(key.unwrap().certificate().to_armored()).unwrap()
}

/// Typed text that must not be kept.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}
