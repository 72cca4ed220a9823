//! The pieces of a backup, one after the other: at most one of them is in memory.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::BackupError;
use crate::seal;

/// Bytes of a file in one piece.
const PIECE: usize = 256 * 1024;
/// Nonce and tag.
const OVERHEAD: usize = 28;

/// Seals and opens pieces of one backup.
pub(super) struct Sealer {
    key: Zeroizing<[u8; 32]>,
    header: [u8; 32],
}

impl Sealer {
    pub(super) const fn new(key: Zeroizing<[u8; 32]>, header: [u8; 32]) -> Self {
        Self { key, header }
    }

    fn associated_data(&self, number: u64, last: bool) -> Vec<u8> {
        let (number, last) = (number.to_be_bytes(), [u8::from(last)]);
        [b"wardmail v1 backup piece".as_slice(), &self.header, &number, &last].concat()
    }
}

/// Writes `total` bytes of `bytes` in pieces. Every piece but the last is full; there is always a last one.
pub(super) fn write_pieces(
    sealer: &Sealer,
    mut bytes: impl Read,
    total: u64,
    out: &mut impl Write,
) -> Result<(), BackupError> {
    let mut buffer = Zeroizing::new(vec![0; PIECE]);
    let (mut left, mut number) = (total, 0_u64);
    loop {
        let length = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let piece = buffer.get_mut(..length).ok_or(BackupError::Damaged)?;
        bytes.read_exact(piece)?;
        left = left.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
        let last = left == 0;
        let sealed = seal::seal(&sealer.key, &sealer.associated_data(number, last), piece)?;
        out.write_all(&sealed)?;
        fail::fail_point!("vault::backup::piece");
        if last {
            return Ok(());
        }
        number = number.saturating_add(1);
    }
}

/// Reads pieces as one stream of bytes. It ends only after the piece that was sealed as the last.
pub(super) struct Pieces<R> {
    file: R,
    sealer: Sealer,
    number: u64,
    piece: Zeroizing<Vec<u8>>,
    taken: usize,
    ended: bool,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(file: R, sealer: Sealer) -> Self {
        Self { file, sealer, number: 0, piece: Zeroizing::default(), taken: 0, ended: false }
    }

    fn next_piece(&mut self) -> io::Result<()> {
        let mut sealed = Vec::with_capacity(PIECE.saturating_add(OVERHEAD));
        let limit = u64::try_from(PIECE.saturating_add(OVERHEAD)).unwrap_or(u64::MAX);
        (&mut self.file).take(limit).read_to_end(&mut sealed)?;
        let open = |last| {
            seal::open(&self.sealer.key, &self.sealer.associated_data(self.number, last), &sealed)
        };
        if let Some(piece) = open(false) {
            self.piece = piece;
        } else if let Some(piece) = open(true) {
            self.piece = piece;
            self.ended = true;
            // Nothing may follow the last piece.
            if self.file.read(&mut [0; 1])? != 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        } else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.taken = 0;
        self.number = self.number.saturating_add(1);
        Ok(())
    }
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.piece.len() && !self.ended {
            self.next_piece()?;
        }
        let rest = self.piece.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.taken = self.taken.saturating_add(length);
        Ok(length)
    }
}
