//! Reads what the library unpacks, within bounds, into memory that is wiped. Shared by decryption and verification;
//! owns the caps on size and on shape, no keys and no verdicts.

use std::io::Read;

use jiff::{SignedDuration, Timestamp};
use openpgp::packet::Packet;
use openpgp::parse::PacketParser;
use sequoia_openpgp as openpgp;
use zeroize::Zeroizing;

use crate::{Certificate, CertificateSource, KeyHandle, Limits};

/// How far a sender's clock may be ahead of ours: as the library allows when it reads the clock itself.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(30);

/// What the library may hold back. Small: the whole message is collected here anyway, and a bomb must not fill 25 MiB first.
pub(crate) const BUFFER: usize = 1 << 20;

/// Bytes per read and per added segment.
const SEGMENT: usize = 1 << 20;

/// The reason to stop, for the caller to map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The output exceeds the cap.
    TooLarge,
    /// The library found the message damaged, or not authentic, at or before its end.
    Damaged,
}

/// Reads everything `source` unpacks, up to `cap` bytes; the first segment holds `expected` bytes.
///
/// Segments and not one growing buffer: a bomb costs `cap` bytes of memory and not three times as much, and no half of a
/// plaintext is left behind by growth.
pub(crate) fn read_to_end(
    source: &mut (dyn Read + '_),
    expected: usize,
    cap: usize,
) -> Result<Zeroizing<Vec<u8>>, Stop> {
    let mut segments: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    let mut chunk = Zeroizing::new(vec![0; SEGMENT.min(64 << 10)]);
    let mut room = cap;
    loop {
        let count = source.read(&mut chunk).map_err(|_| Stop::Damaged)?;
        let read = chunk.get(..count).ok_or(Stop::Damaged)?;
        if read.is_empty() {
            return Ok(join(segments));
        }
        room = room.checked_sub(count).ok_or(Stop::TooLarge)?;
        let fits =
            |last: &&mut Zeroizing<Vec<u8>>| last.capacity().saturating_sub(last.len()) >= count;
        if let Some(last) = segments.last_mut().filter(fits) {
            last.extend_from_slice(read);
        } else {
            let size = if segments.is_empty() { expected.min(cap) } else { SEGMENT };
            let mut segment = Zeroizing::new(Vec::with_capacity(size.max(count)));
            segment.extend_from_slice(read);
            segments.push(segment);
        }
    }
}

fn join(mut segments: Vec<Zeroizing<Vec<u8>>>) -> Zeroizing<Vec<u8>> {
    if segments.len() <= 1 {
        return segments.pop().unwrap_or_default();
    }
    let mut whole =
        Zeroizing::new(Vec::with_capacity(segments.iter().map(|segment| segment.len()).sum()));
    for segment in segments {
        whole.extend_from_slice(&segment);
    }
    whole
}

/// Returns the time at which signatures are judged.
pub(crate) fn judged_at(now: Timestamp) -> Timestamp {
    now.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX)
}

/// Counts what a message is made of and stops it when it is made of too much.
#[derive(Debug)]
pub(crate) struct Shape<'a> {
    limits: &'a Limits,
    signatures: usize,
    containers: usize,
}

impl<'a> Shape<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self { limits, signatures: 0, containers: 0 }
    }

    /// Looks at one packet before it is processed.
    pub(crate) fn inspect(&mut self, parser: &PacketParser<'_>) -> openpgp::Result<()> {
        let refused = || openpgp::Error::MalformedMessage("refused by the limits".into());
        if usize::try_from(parser.recursion_depth()).is_ok_and(|depth| depth > self.limits.nesting)
        {
            return Err(refused().into());
        }
        if matches!(parser.packet, Packet::Signature(_)) {
            self.signatures = self.signatures.saturating_add(1);
        }
        if matches!(parser.packet, Packet::SEIP(_)) {
            self.containers = self.containers.saturating_add(1);
        }
        // One encryption only: nobody encrypts twice, and "who can read this" would have two answers.
        if self.signatures > self.limits.signatures || self.containers > 1 {
            return Err(refused().into());
        }
        Ok(())
    }
}

/// Looks certificates up for the library.
pub(crate) fn lookup(
    source: &dyn CertificateSource,
    handles: &[openpgp::KeyHandle],
) -> Vec<Certificate> {
    let handles: Vec<KeyHandle> = handles.iter().cloned().map(KeyHandle).collect();
    source.find(&handles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_is_exact() {
        let bytes = vec![7; 3 * SEGMENT];
        let read = |cap| read_to_end(&mut bytes.as_slice(), 10, cap);
        assert_eq!(read(bytes.len()).unwrap().as_slice(), bytes);
        assert_eq!(read(bytes.len() - 1).unwrap_err(), Stop::TooLarge);
        assert!(read_to_end(&mut [].as_slice(), 10, 0).unwrap().is_empty());
    }

    #[test]
    fn a_message_that_keeps_its_size_is_held_in_one_piece() {
        let bytes = vec![7; 3 * SEGMENT];
        let read = read_to_end(&mut bytes.as_slice(), bytes.len(), usize::MAX).unwrap();
        assert_eq!(read.capacity(), bytes.len());
    }
}
