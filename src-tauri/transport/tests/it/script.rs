//! Owns the scripted server: it plays a list of steps over real TLS and keeps what it heard. It stands for servers that
//! can't be had: hostile and broken ones. What honest servers do is tested against Dovecot.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use wardmail_transport::{Credentials, Deadlines, Server, TlsTrust};
use zeroize::Zeroizing;

use crate::authority::{Authority, Says};

/// One step of a server.
#[derive(Clone, Debug)]
pub(crate) enum Do {
    /// Says these bytes.
    Say(Vec<u8>),
    /// Hears one line.
    Hear,
    /// Hears up to a line that is only a dot.
    HearMessage,
    /// Hears so many bytes.
    HearBytes(usize),
    /// Says nothing more until the client goes away.
    Hang,
    /// Cuts the connection without a word.
    Reset,
    /// Tells the test that it has come so far.
    Tell(Arc<Notify>),
    /// Waits for the test.
    Await(Arc<Notify>),
}

pub(crate) fn say(text: impl AsRef<[u8]>) -> Do {
    Do::Say(text.as_ref().to_vec())
}

/// A server that plays its script to the first client.
pub(crate) struct Scripted {
    pub(crate) server: Server,
    pub(crate) trust: TlsTrust,
    heard: Arc<Mutex<Vec<u8>>>,
    play: JoinHandle<()>,
}

impl Scripted {
    pub(crate) async fn play(script: Vec<Do>) -> Self {
        let authority = Authority::new();
        let acceptor = TlsAcceptor::from(authority.issue(Says::RIGHT).config(rustls::ALL_VERSIONS));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = Arc::clone(&heard);
        let play = tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            // For `Reset`: closing sends RST when the time to linger is nothing.
            tcp.set_zero_linger().unwrap();
            let Ok(stream) = acceptor.accept(tcp).await else { return };
            act(BufReader::new(stream), script, &ear).await;
        });
        let server = Server::new("localhost", port).unwrap();
        Self { server, trust: authority.trust(), heard, play }
    }

    /// What the client said, once the script has ended.
    pub(crate) async fn heard(self) -> String {
        self.play.await.unwrap();
        let heard = self.heard.lock().unwrap();
        String::from_utf8_lossy(&heard).into_owned()
    }
}

async fn act<S>(mut stream: BufReader<S>, script: Vec<Do>, heard: &Mutex<Vec<u8>>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for step in script {
        match step {
            Do::Say(bytes) => {
                // A client that has had enough goes away: that ends the play.
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Do::Hear => hear(&mut stream, heard, b"\r\n").await,
            Do::HearMessage => hear(&mut stream, heard, b"\r\n.\r\n").await,
            Do::HearBytes(count) => {
                let mut bytes = vec![0; count];
                if stream.read_exact(&mut bytes).await.is_ok() {
                    heard.lock().unwrap().extend_from_slice(&bytes);
                }
            }
            Do::Hang => {
                let mut rest = Vec::new();
                let _gone = stream.read_to_end(&mut rest).await;
                heard.lock().unwrap().extend_from_slice(&rest);
                return;
            }
            Do::Reset => return,
            Do::Tell(test) => test.notify_one(),
            Do::Await(test) => test.notified().await,
        }
    }
    // A polite end: close_notify, then whatever the client still says.
    let _gone = stream.shutdown().await;
    let mut rest = Vec::new();
    let _gone = stream.read_to_end(&mut rest).await;
    heard.lock().unwrap().extend_from_slice(&rest);
}

async fn hear<S>(stream: &mut BufReader<S>, heard: &Mutex<Vec<u8>>, until: &[u8])
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = Vec::new();
    while !bytes.ends_with(until) {
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) => break,
        }
    }
    heard.lock().unwrap().extend_from_slice(&bytes);
}

/// A server that answers without TLS.
pub(crate) async fn plain(greeting: &'static [u8]) -> (Server, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut tcp, _): (TcpStream, _) = listener.accept().await.unwrap();
        tcp.write_all(greeting).await.unwrap();
        let mut heard = Vec::new();
        let _gone = tcp.read_to_end(&mut heard).await;
        heard
    });
    (Server::new("localhost", port).unwrap(), heard)
}

/// Where nobody listens, for as long as the socket is held: it is bound, so that the port is given to nobody else.
pub(crate) fn nobody() -> (TcpSocket, Server) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, Server::new("127.0.0.1", port).unwrap())
}

pub(crate) const USER: &str = "ann@clinic.example";
pub(crate) const PASSWORD: &str = "pass\"word\\1";

pub(crate) fn credentials() -> Credentials {
    login_of(USER, PASSWORD)
}

pub(crate) fn login_of(user: &str, password: &str) -> Credentials {
    Credentials::new(Zeroizing::new(user.to_owned()), Zeroizing::new(password.to_owned())).unwrap()
}

/// Generous: only a test of a deadline meets one.
pub(crate) fn patient() -> Deadlines {
    Deadlines::default()
}

/// So short that a silent server is given up soon, and long enough for what a server does answer, on a machine that does
/// much else.
pub(crate) fn impatient() -> Deadlines {
    let (command, final_reply) = (Duration::from_secs(2), Duration::from_millis(150));
    Deadlines { command, final_reply, ..patient() }
}
