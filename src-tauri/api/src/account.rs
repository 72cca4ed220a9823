//! Accounts and their provider.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ErrorCode, Secret};

/// An account as the owner types it: implicit TLS on both servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AccountForm {
    /// The owner's name as others see it.
    pub display_name: String,
    /// The owner's address.
    pub address: String,
    /// IMAP server.
    pub imap_host: String,
    /// IMAP port, 993 as a rule.
    pub imap_port: u16,
    /// Submission server.
    pub smtp_host: String,
    /// Submission port, 465 as a rule.
    pub smtp_port: u16,
    /// Login name.
    pub username: String,
    /// Password.
    pub password: Secret,
}

/// Tries every step of an account without keeping anything.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TestAccount {
    /// The account.
    pub form: AccountForm,
}

/// One step of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProbeStep {
    /// Is the provider covered by the policy or recorded by the owner?
    Provider,
    /// Incoming: name and connection.
    ImapConnect,
    /// Incoming: TLS with a verified certificate.
    ImapTls,
    /// Incoming: login.
    ImapLogin,
    /// Incoming: what the server can, and its folders.
    ImapFolders,
    /// Outgoing: name and connection.
    SmtpConnect,
    /// Outgoing: TLS with a verified certificate.
    SmtpTls,
    /// Outgoing: login.
    SmtpLogin,
}

/// How one step went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeResult {
    /// The step.
    pub step: ProbeStep,
    /// What went wrong, if it did.
    pub error: Option<ErrorCode>,
    /// A fact worth showing, such as "TLS 1.3" or "7 folders".
    pub fact: Option<String>,
}

/// How the test went; a step that was not reached is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeView {
    /// The steps in order.
    pub steps: Vec<ProbeResult>,
    /// Whether the account can be kept.
    pub ok: bool,
}

/// Tests an account and keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AddAccount {
    /// The account.
    pub form: AccountForm,
}

/// Asks for the accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListAccounts {}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// The owner's name as others see it.
    pub display_name: String,
    /// The owner's address.
    pub address: String,
    /// IMAP server.
    pub imap_host: String,
    /// Submission server.
    pub smtp_host: String,
    /// Whether its provider is covered by a BAA that policy or the owner recorded.
    pub covered: bool,
}

/// Records, where no policy file exists, that the organisation has a BAA with the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AttestProvider {
    /// The provider's name.
    pub provider: String,
    /// IMAP server that the agreement covers.
    pub imap_host: String,
    /// Submission server that the agreement covers.
    pub smtp_host: String,
    /// The day the agreement was signed, `YYYY-MM-DD`.
    pub signed: String,
    /// The day it ends, `YYYY-MM-DD`, if it does.
    pub expires: Option<String>,
}
