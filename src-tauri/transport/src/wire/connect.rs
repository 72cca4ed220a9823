//! Owns the way to a verified connection: name, TCP, TLS, each with its deadline. Must not send a byte of a protocol.

use std::net::SocketAddr;
use std::time::Duration;

use rustls::{Error as Rustls, ProtocolVersion};
use rustls_pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{ConnectError, Limits, Wire};
use crate::tls::{Presented, classify};
use crate::{CertificateSummary, Deadlines, Server, TlsError, TlsReport, TlsTrust, TlsVersion};

/// The most addresses of a host that are tried.
const MAX_ADDRESSES: usize = 8;

/// What a connection needs, borrowed for its making.
#[derive(Clone, Copy)]
pub(crate) struct Connecting<'a> {
    pub(crate) server: &'a Server,
    pub(crate) trust: &'a TlsTrust,
    pub(crate) deadlines: &'a Deadlines,
}

/// Connects and verifies. Nothing but the TLS handshake has been sent when this returns.
///
/// # Errors
/// `ConnectError`, which tells the name, the network and the certificate apart.
pub(crate) async fn connect(
    with: Connecting<'_>,
    limits: Limits,
) -> Result<(Wire, TlsReport), ConnectError> {
    let tcp = reach(with.server, with.deadlines).await?;
    let (config, presented) = with.trust.config()?;
    let name = ServerName::try_from(with.server.host().to_owned())
        .map_err(|_| ConnectError::Tls(TlsError::Handshake))?;
    let handshake = TlsConnector::from(config).connect(name, tcp);
    let stream = within(with.deadlines.tls, handshake)
        .await?
        .map_err(|error| handshake_error(&error, &presented))?;
    let report = report(&stream)?;
    Ok((Wire::new(stream, limits), report))
}

async fn reach(server: &Server, deadlines: &Deadlines) -> Result<TcpStream, ConnectError> {
    let addresses: Vec<SocketAddr> =
        within(deadlines.dns, lookup_host((server.host(), server.port())))
            .await?
            .map_err(|_| ConnectError::Dns)?
            .take(MAX_ADDRESSES)
            .collect();
    let mut failure = ConnectError::Dns;
    for address in addresses {
        failure = match within(deadlines.connect, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // Commands are single small writes whose answer is awaited: Nagle would only delay them.
                return match tcp.set_nodelay(true) {
                    Ok(()) => Ok(tcp),
                    Err(error) => Err(ConnectError::from_io(&error)),
                };
            }
            Ok(Err(error)) => ConnectError::from_io(&error),
            Err(late) => late,
        };
    }
    Err(failure)
}

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, ConnectError> {
    timeout(limit, work).await.map_err(|_| ConnectError::TimedOut)
}

fn handshake_error(error: &std::io::Error, presented: &Presented) -> ConnectError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Rustls>()) {
        Some(tls) => ConnectError::Tls(classify(tls, presented)),
        None => ConnectError::from_io(error),
    }
}

fn report(stream: &TlsStream<TcpStream>) -> Result<TlsReport, TlsError> {
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => TlsVersion::V1_3,
        Some(ProtocolVersion::TLSv1_2) => TlsVersion::V1_2,
        _ => return Err(TlsError::VersionTooOld),
    };
    let cipher = session.negotiated_cipher_suite().ok_or(TlsError::Handshake)?;
    let own = session.peer_certificates().and_then(<[_]>::first).ok_or(TlsError::Handshake)?;
    Ok(TlsReport {
        version,
        cipher: format!("{:?}", cipher.suite()),
        key_exchange: session.negotiated_key_exchange_group().map(|g| format!("{:?}", g.name())),
        certificate: CertificateSummary::from_der(own).ok_or(TlsError::BadCertificate(None))?,
    })
}
