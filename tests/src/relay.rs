//! A wire that can be cut: forwards TCP connections on loopback, until a test takes it away.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::port::{Port, loopback};

/// How often a stalled wire looks whether it may go on.
const LOOK: Duration = Duration::from_millis(50);

/// Forwards a port of its own to a server's.
#[derive(Debug)]
pub struct Relay {
    port: Port,
    wire: Arc<Wire>,
}

#[derive(Debug)]
struct Wire {
    to: SocketAddr,
    closed: AtomicBool,
    /// Whether what arrives is kept back instead of forwarded.
    stalled: AtomicBool,
    /// Bytes that may still come from the server before the wire is cut.
    allowance: AtomicU64,
    streams: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// Forwards to a port on loopback.
    ///
    /// # Errors
    /// If no port is free.
    pub fn to(port: u16) -> Result<Self> {
        let own = Port::take()?;
        let listener = TcpListener::bind(loopback(own.number()))?;
        let wire = Arc::new(Wire {
            to: loopback(port),
            closed: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
            allowance: AtomicU64::new(u64::MAX),
            streams: Mutex::default(),
        });
        let accepting = Arc::clone(&wire);
        thread::spawn(move || accept(&listener, &accepting));
        Ok(Self { port: own, wire })
    }

    /// Where clients connect.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Lets this many more bytes come from the server, on all connections together, and then cuts every one.
    pub fn cut_after(&self, bytes: u64) {
        self.wire.allowance.store(bytes, Ordering::SeqCst);
    }

    /// Cuts what is connected, now. New connections work again.
    pub fn cut(&self) {
        self.wire.allowance.store(u64::MAX, Ordering::SeqCst);
        self.wire.cut();
    }

    /// Keeps everything back, without closing anything, or lets it go again.
    pub fn stall(&self, stalled: bool) {
        self.wire.stalled.store(stalled, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.wire.closed.store(true, Ordering::SeqCst);
        self.wire.cut();
        // Wakes the thread that accepts, so that it sees that this is over.
        drop(TcpStream::connect(loopback(self.port.number())));
    }
}

impl Wire {
    fn cut(&self) {
        for stream in self.streams.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // It may be closed already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Takes `bytes` from the allowance, and tells how many of them may pass.
    fn pass(&self, bytes: usize) -> usize {
        let bytes = bytes as u64;
        let before = self.allowance.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            Some(if left == u64::MAX { left } else { left.saturating_sub(bytes) })
        });
        let allowed = before.unwrap_or(0).min(bytes);
        usize::try_from(allowed).unwrap_or(usize::MAX)
    }
}

fn accept(listener: &TcpListener, wire: &Arc<Wire>) {
    for client in listener.incoming() {
        if wire.closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        // A server that is down is a connection that closes at once.
        if let Ok(server) = TcpStream::connect(wire.to) {
            drop(join(&client, &server, wire));
        }
    }
}

fn join(client: &TcpStream, server: &TcpStream, wire: &Arc<Wire>) -> io::Result<()> {
    wire.streams
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend([client.try_clone()?, server.try_clone()?]);
    let (up_from, up_to, up) = (client.try_clone()?, server.try_clone()?, Arc::clone(wire));
    let (down_from, down_to, down) = (server.try_clone()?, client.try_clone()?, Arc::clone(wire));
    thread::spawn(move || forward(up_from, up_to, &up, false));
    thread::spawn(move || forward(down_from, down_to, &down, true));
    Ok(())
}

fn forward(mut from: TcpStream, mut to: TcpStream, wire: &Wire, counted: bool) {
    let mut buffer = [0_u8; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        while wire.stalled.load(Ordering::SeqCst) && !wire.closed.load(Ordering::SeqCst) {
            thread::sleep(LOOK);
        }
        let passed = if counted { wire.pass(count) } else { count };
        let written = buffer.get(..passed).is_some_and(|bytes| to.write_all(bytes).is_ok());
        if passed < count {
            wire.cut();
        }
        if !written || passed < count {
            break;
        }
    }
    // Either side may be closed already.
    drop(to.shutdown(Shutdown::Both));
    drop(from.shutdown(Shutdown::Both));
}
