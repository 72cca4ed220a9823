//! Verification of entries and signatures together, line by line: an exported file (without a passphrase), or the lines
//! that a profile keeps.

use std::io::{self, BufRead, Read as _};

use crate::checkpoint::{Checkpoint, Fingerprint, PublicKey};
use crate::event::OpaqueId;
use crate::export::{Framing, Trailer, framing};
use crate::record::{Head, Link, MAX_LINE_BYTES};
use crate::verify::{Expected, Finding, Report, Tampering, Verifier};

/// Why a file can't be verified at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyFileError {
    /// It can't be read.
    #[error("the file can't be read: check its name and permissions")]
    Io(#[from] io::Error),
}

/// Whether signatures stand behind the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureState {
    /// Nothing is signed: the chain holds together, and anybody could have written all of it.
    Unsigned,
    /// Signed by the key whose fingerprint is given, or by one that it announced.
    Signed,
    /// Not as it should be: see the finding.
    Broken,
}

/// The result for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport {
    /// The result for the chain; its finding covers signatures and the file's framing too.
    pub report: Report,
    /// The log that the trailer or the signatures name.
    pub log: Option<OpaqueId>,
    /// Whether it is signed.
    pub signature: SignatureState,
    /// The first key that signed: to be compared with the one that was written down.
    pub key: Option<Fingerprint>,
    /// Up to which entry a checkpoint signature vouches.
    pub signed_to: Option<u64>,
}

/// Verifies an export. `pin` is the fingerprint that the first key must have.
///
/// Reads to the end in bounded memory; lines over [`MAX_LINE_BYTES`] are not entries.
///
/// # Errors
/// [`VerifyFileError::Io`]; whatever is wrong with the content is in the report.
pub fn verify_file(
    mut reader: impl BufRead,
    expected: Expected,
    pin: Option<Fingerprint>,
) -> Result<LogReport, VerifyFileError> {
    let mut log = LogVerifier::new(expected);
    let mut line = Vec::with_capacity(MAX_LINE_BYTES);
    while log.finding.is_none() && read_line(&mut reader, &mut line)? {
        log.line(&line);
    }
    Ok(log.finish(pin))
}

/// Finds which log an export is of, by what its first signature or its trailer says. Nothing is verified.
///
/// # Errors
/// [`VerifyFileError::Io`].
pub fn log_of(mut reader: impl BufRead) -> Result<Option<OpaqueId>, VerifyFileError> {
    let mut line = Vec::with_capacity(MAX_LINE_BYTES);
    while read_line(&mut reader, &mut line)? {
        match framing(&line) {
            Some(Framing::Checkpoint(checkpoint)) => return Ok(Some(*checkpoint.log())),
            Some(Framing::Trailer(trailer)) => return Ok(Some(trailer.log)),
            None => {}
        }
    }
    Ok(None)
}

/// Reads one line without its end; one that is too long is cut one byte past the limit and skipped to its end.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    reader.by_ref().take(limit).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(true);
    }
    if line.len() > MAX_LINE_BYTES {
        reader.skip_until(b'\n')?;
    }
    Ok(!line.is_empty())
}

/// Verifies a log line by line, in bounded memory.
#[derive(Debug)]
pub struct LogVerifier {
    verifier: Verifier,
    log: Option<OpaqueId>,
    records: u64,
    /// What the first entry is tied to.
    before: Option<Head>,
    last: Option<Head>,
    checkpoints: Checkpoints,
    trailer: Option<Trailer>,
    finding: Option<Finding>,
}

/// The keys so far.
#[derive(Debug, Default)]
struct Checkpoints {
    count: u64,
    root: Option<PublicKey>,
    next: Option<(u64, PublicKey)>,
    signed_to: Option<u64>,
}

impl LogVerifier {
    /// Begins.
    pub fn new(expected: Expected) -> Self {
        Self {
            log: expected.log,
            verifier: Verifier::new(expected),
            records: 0,
            before: None,
            last: None,
            checkpoints: Checkpoints::default(),
            trailer: None,
            finding: None,
        }
    }

    /// Takes the next line, without its end: an entry, or a signature after the entry that it signs.
    pub fn line(&mut self, line: &[u8]) {
        if self.trailer.is_some() {
            return self.found(Tampering::AfterTrailer);
        }
        match framing(line) {
            Some(Framing::Checkpoint(checkpoint)) => return self.checkpoint(&checkpoint),
            Some(Framing::Trailer(trailer)) => {
                self.trailer = Some(trailer);
                return;
            }
            None => {}
        }
        let entry = Link::from_line(line);
        self.records = self.records.saturating_add(1);
        if let Ok(link) = &entry {
            self.before.get_or_insert(Head { seq: link.seq.saturating_sub(1), hash: link.prev });
            self.last = Some(link.head());
        }
        self.verifier.push(entry);
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) {
        let keys = &mut self.checkpoints;
        let announced = match keys.next {
            Some(next) => next == (checkpoint.epoch(), checkpoint.key()),
            None => checkpoint.epoch() == 0,
        };
        let same_log = self.log.is_none_or(|log| log == *checkpoint.log());
        if !announced || !same_log || !checkpoint.is_signed() {
            return self.found(Tampering::BadCheckpoint);
        }
        self.log = Some(*checkpoint.log());
        keys.count = keys.count.saturating_add(1);
        keys.root.get_or_insert(checkpoint.key());
        keys.next = Some((checkpoint.epoch().saturating_add(1), checkpoint.next_key()));
        // Before the first entry only the keys matter. After a bad entry the chain has the word.
        let Some(head) = self.verifier.head() else { return };
        let signed = checkpoint.head();
        if signed == head {
            keys.signed_to = Some(signed.seq);
        } else if signed.seq == head.seq {
            self.found(Tampering::Rewritten);
        } else if let Some(missing) = signed.seq.checked_sub(head.seq) {
            self.found(Tampering::Shortened { missing });
        } else {
            self.found(Tampering::BadCheckpoint);
        }
    }

    /// Notes what is wrong with the framing, unless an entry before it is bad already.
    fn found(&mut self, tampering: Tampering) {
        let seq = self.last.map_or(1, |head| head.seq.saturating_add(1));
        self.finding.get_or_insert(Finding {
            position: self.records.saturating_add(1),
            seq,
            tampering,
        });
    }

    /// Says what was found in a profile's own log: `end` is what the mailbox says its last entry is, `next` the key that
    /// it keeps for the next signature, `pin` the fingerprint that the first key must have.
    pub fn finish_profile(
        mut self,
        end: Head,
        next: Option<PublicKey>,
        pin: Option<Fingerprint>,
    ) -> LogReport {
        let last = self.last.map_or(0, |head| head.seq);
        if let Some(missing) = end.seq.checked_sub(last).filter(|missing| *missing > 0) {
            self.found(Tampering::Shortened { missing });
        } else if self.last.is_some_and(|head| head != end) {
            self.found(Tampering::Rewritten);
        }
        let mut signature = SignatureState::Broken;
        if self.finding.is_none() {
            signature = self.kept_key(next, pin);
        }
        self.conclude(signature, None)
    }

    /// Whether the key that signs next is the one that was announced last.
    fn kept_key(&mut self, next: Option<PublicKey>, pin: Option<Fingerprint>) -> SignatureState {
        let keys = &self.checkpoints;
        let root = keys.root.or(next).map(|key| key.fingerprint());
        let announced = keys.next.map(|(_, key)| key);
        if announced.is_some() && announced != next {
            self.found(Tampering::BadSignature);
        } else if pin.is_some() && pin != root {
            self.found(Tampering::ForeignKey);
        } else if announced.is_some() {
            return SignatureState::Signed;
        } else {
            return SignatureState::Unsigned;
        }
        SignatureState::Broken
    }

    /// Says what was found in a file. `pin` is the fingerprint that the first key must have.
    pub fn finish(mut self, pin: Option<Fingerprint>) -> LogReport {
        let trailer = self.trailer.take();
        let mut signature = SignatureState::Unsigned;
        match &trailer {
            _ if self.finding.is_some() => signature = SignatureState::Broken,
            None => self.found(Tampering::NoTrailer),
            Some(trailer) => {
                self.compare(trailer);
                signature = self.signature(trailer, pin);
            }
        }
        self.conclude(signature, trailer)
    }

    fn conclude(self, mut signature: SignatureState, trailer: Option<Trailer>) -> LogReport {
        let key = self.checkpoints.root.or(trailer.as_ref().and_then(|trailer| trailer.key));
        let mut report = self.verifier.finish();
        report.finding = report.finding.or(self.finding);
        if report.finding.is_some() && signature == SignatureState::Signed {
            signature = SignatureState::Broken;
        }
        LogReport {
            report,
            log: trailer.map(|trailer| trailer.log).or(self.log),
            signature,
            key: key.map(|key| key.fingerprint()),
            signed_to: self.checkpoints.signed_to,
        }
    }

    fn compare(&mut self, trailer: &Trailer) {
        if trailer.v != 1 {
            return self.found(Tampering::NewerVersion);
        }
        if self.log.is_some_and(|log| log != trailer.log) {
            return self.found(Tampering::ForeignLog);
        }
        let genesis = Head::genesis(&trailer.log);
        let before = self.before.unwrap_or(genesis);
        if before.seq == 0 && before != genesis {
            return self.found(Tampering::ForeignLog);
        }
        if let Some(missing) =
            before.seq.checked_sub(trailer.first.saturating_sub(1)).filter(|missing| *missing > 0)
        {
            let finding =
                Finding { position: 1, seq: trailer.first, tampering: Tampering::Cut { missing } };
            self.finding.get_or_insert(finding);
            return;
        }
        let last = self.last.unwrap_or(genesis);
        let first = if self.records == 0 { 0 } else { before.seq.saturating_add(1) };
        let counted =
            trailer.count == self.records && trailer.checkpoints == self.checkpoints.count;
        if counted && trailer.first == first && trailer.head == last {
            return;
        }
        match trailer.head.seq.checked_sub(last.seq) {
            Some(missing) if missing > 0 => self.found(Tampering::Shortened { missing }),
            _ => self.found(Tampering::TrailerMismatch),
        }
    }

    fn signature(&mut self, trailer: &Trailer, pin: Option<Fingerprint>) -> SignatureState {
        let (Some(key), Some(sig)) = (trailer.key, trailer.sig) else {
            if pin.is_some() || self.checkpoints.root.is_some() || trailer.key.is_some() {
                self.found(Tampering::BadSignature);
                return SignatureState::Broken;
            }
            return SignatureState::Unsigned;
        };
        let announced = self.checkpoints.next.is_none_or(|(_, next)| next == key);
        if !announced || !key.verifies(&trailer.message(), &sig) {
            self.found(Tampering::BadSignature);
            return SignatureState::Broken;
        }
        let root = self.checkpoints.root.unwrap_or(key);
        if pin.is_some_and(|pin| pin != root.fingerprint()) {
            self.found(Tampering::ForeignKey);
            return SignatureState::Broken;
        }
        SignatureState::Signed
    }
}

#[cfg(test)]
mod tests;
