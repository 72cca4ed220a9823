//! A mailbox in a temporary folder, and messages to put into it.

use std::path::{Path, PathBuf};

use wardmail_store::{
    AccountId, AccountSettings, Address, Body, Derived, Endpoint, Error, Flags, FolderId,
    FolderRole, MessageId, NewFolder, NewMessage, PhiMark, Placement, ReadDao, Security, Store,
    WriteDao,
};

/// The key of every mailbox here.
pub(crate) const KEY: [u8; 32] = *b"a key for tests, of 32 bytes ...";

/// 2026-01-01 00:00 UTC.
pub(crate) const NEW_YEAR: i64 = 1_767_225_600_000;

/// An open mailbox with an account and its inbox; the folder goes with it.
pub(crate) struct Mailbox {
    pub(crate) store: Store,
    pub(crate) account: AccountId,
    pub(crate) inbox: FolderId,
    pub(crate) folder: tempfile::TempDir,
}

impl Mailbox {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("mailbox.db"), &KEY).unwrap();
        let (account, inbox) = store
            .write_blocking(|dao| {
                let account = dao.insert_account(&account_settings())?;
                let inbox = add_folder(dao, account, "INBOX", FolderRole::Inbox)?;
                Ok::<_, Error>((account, inbox))
            })
            .unwrap();
        Self { store, account, inbox, folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("mailbox.db")
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&ReadDao<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.store.read_blocking(job).unwrap()
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut WriteDao<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.store.write_blocking(job).unwrap()
    }

    pub(crate) fn try_write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut WriteDao<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.write_blocking(job)
    }

    pub(crate) fn insert(&self, batch: Vec<NewMessage>) -> Vec<MessageId> {
        let inbox = self.inbox;
        self.write(move |dao| dao.insert_headers(inbox, &batch, Placement::Newest))
    }

    pub(crate) fn add_folder(&self, wire_name: &'static str, role: FolderRole) -> FolderId {
        let account = self.account;
        self.write(move |dao| add_folder(dao, account, wire_name, role))
    }

    pub(crate) fn store_text(&self, id: MessageId, text: &str) {
        let derived = derived(text);
        self.write(move |dao| {
            dao.store_body(id, Body { raw: derived.text.as_bytes(), derived: &derived })
        });
    }
}

pub(crate) fn add_folder(
    dao: &mut WriteDao<'_>,
    account: AccountId,
    wire_name: &str,
    role: FolderRole,
) -> Result<FolderId, Error> {
    dao.upsert_folder(&NewFolder {
        account,
        name: wire_name.to_owned(),
        wire_name: wire_name.to_owned(),
        role,
    })
}

pub(crate) fn account_settings() -> AccountSettings {
    AccountSettings {
        label: "Clinic".to_owned(),
        address: "dr.okafor@clinic.example".to_owned(),
        display_name: "Dr. Ada Okafor".to_owned(),
        imap: Endpoint { host: "imap.clinic.example".to_owned(), port: 993 },
        smtp: Endpoint { host: "smtp.clinic.example".to_owned(), port: 465 },
        username: "dr.okafor".to_owned(),
        secret_sealed: vec![1, 2, 3],
    }
}

/// A message of a day, one UID a day.
pub(crate) fn message(uid: u32) -> NewMessage {
    NewMessage {
        uid,
        date_ms: NEW_YEAR + i64::from(uid) * 86_400_000,
        received_ms: NEW_YEAR + i64::from(uid) * 86_400_000 + 1_000,
        from: Address { name: "Ben Ito".to_owned(), address: "ben.ito@lab.example".to_owned() },
        recipients: "Dr. Ada Okafor <dr.okafor@clinic.example>".to_owned(),
        subject: format!("Result number{uid}"),
        message_id: format!("{uid}@lab.example"),
        in_reply_to: String::new(),
        references: Vec::new(),
        flags: Flags::default(),
        has_attachments: false,
        security: Security::Unknown,
        size: 1_000 + u64::from(uid),
        void_after_ms: None,
    }
}

pub(crate) fn derived(text: &str) -> Derived {
    Derived {
        subject: None,
        snippet: text.chars().take(80).collect(),
        text: text.to_owned(),
        attachment_names: Vec::new(),
        has_attachments: false,
        security: Security::Plain,
        phi: PhiMark::default(),
    }
}

/// The key as SQLCipher's pragma takes it.
pub(crate) fn key_statement() -> String {
    let key: Vec<String> = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("PRAGMA key = \"x'{}'\"", key.concat())
}

/// Opens the file beside the store, as no part of the program does.
pub(crate) fn keyed_connection(path: &Path) -> rusqlite::Connection {
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(&key_statement()).unwrap();
    conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    conn
}

/// Whether bytes stand somewhere in others.
pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
