//! Servers, credentials and trust for an account, and the codes of what goes wrong on the wire.

use wardmail_api::{ErrorCode, account::AccountForm};
use wardmail_policy as policy;
use wardmail_store::AccountSettings;
use wardmail_transport::{
    ConnectError, Credentials, Deadlines, ImapError, NotSent, Phase, Server, TlsError, TlsTrust,
    TlsVersion,
};
use zeroize::Zeroizing;

use crate::{error::Error, policy_source::PolicyState};

/// What it takes to reach an account's servers.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) imap: Server,
    pub(crate) smtp: Server,
    pub(crate) login: Credentials,
    pub(crate) trust: TlsTrust,
    pub(crate) deadlines: Deadlines,
}

impl Route {
    /// The route of a form that is being tried.
    pub(crate) fn of_form(form: &AccountForm, policy: &PolicyState) -> Result<Self, Error> {
        let account = account_of_form(form)?;
        let password = Zeroizing::new(form.password.expose().to_owned());
        Self::new(&account, form.username.clone(), password, policy)
    }

    /// The route of a kept account.
    pub(crate) fn of_account(
        settings: &AccountSettings,
        password: Zeroizing<String>,
        policy: &PolicyState,
    ) -> Result<Self, Error> {
        Self::new(&account_of(settings)?, settings.username.clone(), password, policy)
    }

    fn new(
        account: &policy::Account,
        username: String,
        password: Zeroizing<String>,
        policy: &PolicyState,
    ) -> Result<Self, Error> {
        let server = |at: &policy::Endpoint| {
            Server::new(at.host(), at.port()).map_err(|_| Error::InvalidRequest)
        };
        let effective = policy.effective();
        let minimum = match effective.settings.tls_min.value {
            policy::TlsMinimum::V1_2 => TlsVersion::V1_2,
            _ => TlsVersion::V1_3,
        };
        Ok(Self {
            imap: server(&account.imap)?,
            smtp: server(&account.smtp)?,
            login: Credentials::new(Zeroizing::new(username), password)
                .map_err(|_| Error::InvalidRequest)?,
            trust: TlsTrust::load(&effective.trusted_pem(account), minimum)?,
            deadlines: Deadlines::default(),
        })
    }
}

/// The account of a form in the policy's words.
pub(crate) fn account_of_form(form: &AccountForm) -> Result<policy::Account, Error> {
    let endpoint =
        |host: &str, port| policy::Endpoint::new(host, port).ok_or(Error::InvalidRequest);
    Ok(policy::Account {
        imap: endpoint(form.imap_host.trim(), form.imap_port)?,
        smtp: endpoint(form.smtp_host.trim(), form.smtp_port)?,
    })
}

/// An account in the policy's words.
pub(crate) fn account_of(settings: &AccountSettings) -> Result<policy::Account, Error> {
    let endpoint = |at: &wardmail_store::Endpoint| {
        policy::Endpoint::new(&at.host, at.port).ok_or(Error::Internal("account"))
    };
    Ok(policy::Account { imap: endpoint(&settings.imap)?, smtp: endpoint(&settings.smtp)? })
}

/// The code of a TLS failure.
pub(crate) fn tls_code(error: &TlsError) -> ErrorCode {
    match error {
        TlsError::UnknownIssuer(_) | TlsError::SelfSigned(_) | TlsError::Revoked(_) => {
            ErrorCode::TlsUntrusted
        }
        TlsError::WrongHost(_) => ErrorCode::TlsWrongHost,
        TlsError::Expired(_) | TlsError::NotYetValid(_) => ErrorCode::TlsExpired,
        _ => ErrorCode::TlsFailed,
    }
}

/// The code of a failed connection.
pub(crate) fn connect_code(error: &ConnectError) -> ErrorCode {
    match error {
        ConnectError::Dns => ErrorCode::HostNotFound,
        ConnectError::Refused => ErrorCode::ConnectionRefused,
        ConnectError::TimedOut => ErrorCode::TimedOut,
        ConnectError::Tls(error) => tls_code(error),
        _ => ErrorCode::Offline,
    }
}

/// The code of an IMAP failure.
pub(crate) fn imap_code(error: &ImapError) -> ErrorCode {
    match error {
        ImapError::Connect(error) => connect_code(error),
        ImapError::LoginRejected => ErrorCode::AuthRejected,
        ImapError::Lost | ImapError::Bye => ErrorCode::Offline,
        ImapError::TimedOut => ErrorCode::TimedOut,
        ImapError::NoLogin => ErrorCode::LoginUnsupported,
        ImapError::No { .. } | ImapError::Bad { .. } | ImapError::LoginUnavailable => {
            ErrorCode::ServerRefused
        }
        ImapError::TooLarge => ErrorCode::TooLarge,
        _ => ErrorCode::ServerProtocol,
    }
}

/// The code of a submission that did not happen.
pub(crate) fn submit_code(not_sent: &NotSent) -> ErrorCode {
    if let Some(cause) = &not_sent.cause {
        return connect_code(cause);
    }
    match not_sent.phase {
        // Without a reply there was nothing to say the password to.
        Phase::Login if not_sent.permanent && not_sent.code.is_none() => {
            ErrorCode::LoginUnsupported
        }
        Phase::Login if not_sent.permanent => ErrorCode::AuthRejected,
        Phase::Recipient => ErrorCode::RecipientRefused,
        Phase::Sender | Phase::Data | Phase::Content => ErrorCode::MessageRefused,
        _ => ErrorCode::ServerRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_wrong_only_where_a_server_said_so() {
        let refused = |code| NotSent {
            phase: Phase::Login,
            permanent: true,
            code,
            recipient: None,
            cause: None,
        };
        assert_eq!(submit_code(&refused(Some(535))), ErrorCode::AuthRejected);
        assert_eq!(submit_code(&refused(None)), ErrorCode::LoginUnsupported);
        assert_eq!(imap_code(&ImapError::LoginRejected), ErrorCode::AuthRejected);
        assert_eq!(imap_code(&ImapError::NoLogin), ErrorCode::LoginUnsupported);
    }
}
