//! Judges the connection: only a verified server is spoken to, and every refusal says which it is.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wardmail_transport::{
    CertificateSummary, ConnectError, Deadlines, ImapClient, ImapError, Server, TlsError, TlsTrust,
    TlsVersion,
};

use crate::authority::{Authority, Identity, Says};
use crate::script::{self, credentials, patient};

static OLD: [&rustls::SupportedProtocolVersion; 1] = [&rustls::version::TLS12];

type Versions = &'static [&'static rustls::SupportedProtocolVersion];

/// Connects to a server with that certificate; gives the refusal and everything that the server heard inside TLS.
async fn refused(
    identity: &Identity,
    versions: Versions,
    trust: &TlsTrust,
) -> (ConnectError, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(identity.config(versions));
    let heard = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let Ok(mut stream) = acceptor.accept(tcp).await else { return 0 };
        let mut bytes = Vec::new();
        let _gone = stream.read_to_end(&mut bytes).await;
        bytes.len()
    });
    let server = Server::new("localhost", port).unwrap();
    let error = connect(&server, trust, &patient()).await;
    (error, heard.await.unwrap())
}

async fn connect(server: &Server, trust: &TlsTrust, deadlines: &Deadlines) -> ConnectError {
    match ImapClient::connect(server, &credentials(), trust, deadlines).await {
        Err(ImapError::Connect(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

fn tls(error: ConnectError) -> TlsError {
    match error {
        ConnectError::Tls(error) => error,
        other => panic!("not TLS: {other:?}"),
    }
}

#[tokio::test]
async fn every_kind_of_bad_certificate_is_refused_by_name_and_nothing_is_sent() {
    let ours = Authority::new();
    let theirs = Authority::new();
    let wrong = Says { host: "elsewhere.example", ..Says::RIGHT };
    let expired = Says { to: 2021, ..Says::RIGHT };
    let early = Says { from: 2099, ..Says::RIGHT };
    let cases = [
        (ours.issue(wrong), "wrong host"),
        (ours.issue(expired), "expired"),
        (ours.issue(early), "not yet valid"),
        (theirs.issue(Says::RIGHT), "unknown issuer"),
        (Identity::self_signed(Says::RIGHT), "self-signed"),
    ];
    for (identity, expected) in cases {
        let (error, heard) = refused(&identity, rustls::ALL_VERSIONS, &ours.trust()).await;
        let (name, shown) = named(tls(error));
        assert_eq!(name, expected);
        assert!(shown.subject.contains("CN=server"), "{shown:?}");
        assert_eq!(shown.sha256.len(), 64);
        assert_eq!(heard, 0, "{expected}");
    }
}

fn named(error: TlsError) -> (&'static str, CertificateSummary) {
    let (name, summary) = match error {
        TlsError::WrongHost(summary) => ("wrong host", summary),
        TlsError::Expired(summary) => ("expired", summary),
        TlsError::NotYetValid(summary) => ("not yet valid", summary),
        TlsError::UnknownIssuer(summary) => ("unknown issuer", summary),
        TlsError::SelfSigned(summary) => ("self-signed", summary),
        other => panic!("{other:?}"),
    };
    (name, *summary.expect("a certificate was presented"))
}

#[tokio::test]
async fn an_old_tls_version_is_refused_where_policy_asks_for_more() {
    let authority = Authority::new();
    let strict = authority.trust_at_least(TlsVersion::V1_3);
    let (error, _) = refused(&authority.issue(Says::RIGHT), &OLD, &strict).await;
    assert_eq!(tls(error), TlsError::VersionTooOld);
}

#[tokio::test]
async fn a_server_without_tls_is_refused_and_hears_only_a_client_hello() {
    let authority = Authority::new();
    let (server, heard) = script::plain(b"* OK IMAP4rev1 ready\r\n").await;
    let error = connect(&server, &authority.trust(), &patient()).await;
    assert_eq!(tls(error), TlsError::NotTls);
    let heard = heard.await.unwrap();
    // A TLS handshake record (RFC 8446 section 5.1), and no command.
    assert_eq!(heard.first(), Some(&22));
    assert!(!String::from_utf8_lossy(&heard).contains("LOGIN"));
}

#[tokio::test]
async fn no_server_is_told_from_a_silent_one() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::new("127.0.0.1", port).unwrap();
    let hasty = Deadlines { tls: Duration::from_millis(100), ..patient() };
    // The kernel accepts, and nobody answers.
    assert_eq!(connect(&server, &authority.trust(), &hasty).await, ConnectError::TimedOut);
    let (_held, nobody) = script::nobody();
    assert_eq!(connect(&nobody, &authority.trust(), &patient()).await, ConnectError::Refused);
}

#[tokio::test]
async fn a_connection_cut_in_the_handshake_is_lost() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::new("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
    let cut = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        tcp.read_exact(&mut some).await.unwrap();
        tcp.set_zero_linger().unwrap();
    });
    assert_eq!(connect(&server, &authority.trust(), &patient()).await, ConnectError::Lost);
    cut.await.unwrap();
}

#[test]
fn extra_authorities_must_be_certificates() {
    for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let loaded = TlsTrust::load(&[text.as_bytes().to_vec()], TlsVersion::V1_2);
        assert!(matches!(loaded, Err(TlsError::Roots)), "{text:?}: {loaded:?}");
    }
}
