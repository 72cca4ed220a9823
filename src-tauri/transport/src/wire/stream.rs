//! Owns the verified stream: TLS over TCP, guarded on reading, watched for the end of a message on writing. Must not
//! be made without a handshake.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::guard::{Guard, Limits};
use crate::fail_points::hit;

/// What ends a message in SMTP (RFC 5321 section 4.1.1.4). Dot-stuffing keeps it out of every other place.
const END_OF_DATA: &[u8; 5] = b"\r\n.\r\n";

/// A verified, guarded connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
    guard: Guard,
    watch: EndOfData,
}

impl Wire {
    pub(super) fn new(stream: TlsStream<TcpStream>, limits: Limits) -> Self {
        Self { stream, guard: Guard::new(limits), watch: EndOfData::default() }
    }

    /// Sets what the server may send from here on.
    pub(crate) fn allow(&mut self, limits: Limits) {
        self.guard.allow(limits);
    }

    /// Has the flag set when the end of a message was, perhaps, written.
    pub(crate) fn watch_end_of_data(&mut self, seen: Arc<AtomicBool>) {
        self.watch = EndOfData { seen, matched: 0 };
    }
}

/// Notices the end of a message among the bytes that TLS took over.
#[derive(Debug, Default)]
struct EndOfData {
    seen: Arc<AtomicBool>,
    matched: usize,
}

impl EndOfData {
    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.matched = match (END_OF_DATA.get(self.matched), byte) {
                (Some(expected), byte) if expected == byte => self.matched.saturating_add(1),
                (_, b'\r') => 1,
                _ => 0,
            };
            if self.matched == END_OF_DATA.len() {
                self.seen.store(true, Ordering::SeqCst);
                hit("smtp::final_dot_written");
                // Its last CRLF may begin another.
                self.matched = 2;
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let fresh = buf.filled().get(before..).unwrap_or_default();
        Poll::Ready(
            this.guard
                .feed(fresh)
                .map_err(|limit| io::Error::new(io::ErrorKind::InvalidData, limit)),
        )
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        // An error here means that the record with these bytes has not left whole: they count only once taken over.
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.watch.feed(bytes.get(..written).unwrap_or_default());
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl lettre::transport::smtp::client::AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.get_ref().0.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Seen exactly when the bytes hold it, however they were cut.
        #[test]
        fn the_end_of_data_is_seen_in_any_chunking(
            bytes in proptest::collection::vec(prop_oneof![
                3 => Just(b'\r'), 3 => Just(b'\n'), 3 => Just(b'.'), 1 => any::<u8>(),
            ], 0..40),
            chunk in 1_usize..6,
        ) {
            let mut watch = EndOfData::default();
            bytes.chunks(chunk).for_each(|part| watch.feed(part));
            let held = bytes.windows(END_OF_DATA.len()).any(|window| window == END_OF_DATA);
            prop_assert_eq!(watch.seen.load(Ordering::SeqCst), held);
        }
    }
}
