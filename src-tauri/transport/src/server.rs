//! Owns what names a server and proves who we are to it. Must not do IO and must not show a secret.

use std::fmt;

use rustls_pki_types::ServerName;
use zeroize::Zeroizing;

use crate::command::is_plain;

/// The longest user name or password that is sent, in bytes.
const MAX_SECRET: usize = 4096;

/// A host name (or IP address) and a port, checked when made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Server {
    host: String,
    port: u16,
}

impl Server {
    /// Names a server by DNS name or IP address.
    ///
    /// # Errors
    /// `InvalidServer` if `host` is neither, or if `port` is 0.
    pub fn new(host: &str, port: u16) -> Result<Self, InvalidServer> {
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        if port == 0 || ServerName::try_from(host.as_str()).is_err() {
            return Err(InvalidServer);
        }
        Ok(Self { host, port })
    }

    /// The host, in lower case and without a final dot.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// The host is no DNS name and no IP address, or the port is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a host name and port")]
pub struct InvalidServer;

/// A user name and its password; wiped when dropped, never shown.
#[derive(Clone)]
pub struct Credentials {
    user: Zeroizing<String>,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Takes a user name and a password.
    ///
    /// # Errors
    /// `InvalidCredentials` if either is empty, longer than 4 KiB, or has a NUL, CR or LF in it: no login
    /// mechanism can carry those.
    pub fn new(
        user: Zeroizing<String>,
        password: Zeroizing<String>,
    ) -> Result<Self, InvalidCredentials> {
        let fit = |text: &str| !text.is_empty() && text.len() <= MAX_SECRET && is_plain(text);
        if fit(&user) && fit(&password) {
            Ok(Self { user, password })
        } else {
            Err(InvalidCredentials)
        }
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// The initial response of SASL PLAIN (RFC 4616): no authorisation identity, user, password.
    pub(crate) fn sasl_plain(&self) -> Zeroizing<Vec<u8>> {
        let mut message = Zeroizing::new(Vec::with_capacity(MAX_SECRET.saturating_mul(2)));
        message.push(0);
        message.extend_from_slice(self.user.as_bytes());
        message.push(0);
        message.extend_from_slice(self.password.as_bytes());
        message
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// The user name or the password is empty, too long, or has a control character that no login can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("user name or password cannot be sent")]
pub struct InvalidCredentials;
