//! A compression bomb, and encryption of whatever packets one likes.

use std::io::Write;

use openpgp::Cert;
use openpgp::packet::Tag;
use openpgp::packet::header::CTB;
use openpgp::parse::Parse;
use openpgp::policy::StandardPolicy;
use openpgp::serialize::Marshal;
use openpgp::serialize::stream::{Encryptor, Message, Recipient};
use sequoia_openpgp as openpgp;
use wardmail_crypto::Certificate;

/// Encrypts packets as they are: no literal packet and no signature is put around them.
pub(crate) fn encrypted(packets: &[u8], to: &Certificate) -> Vec<u8> {
    let cert = Cert::from_bytes(&to.to_bytes()).unwrap();
    let policy = StandardPolicy::new();
    let recipients =
        cert.keys().with_policy(&policy, None).for_transport_encryption().map(Recipient::from);
    let mut message = Vec::new();
    let mut writer =
        Encryptor::for_recipients(Message::new(&mut message), recipients).build().unwrap();
    writer.write_all(packets).unwrap();
    writer.finalize().unwrap();
    message
}

/// Returns a compressed packet of about a thousandth of `mebibytes` that unpacks to that much.
///
/// Deflate's "full flush" makes blocks that stand for themselves, so one block is made and repeated.
pub(crate) fn bomb(mebibytes: u32) -> Vec<u8> {
    const MEBIBYTE: usize = 1 << 20;
    // A literal packet of indeterminate length (RFC 9580, section 4.2.2.4): binary, no name, no date.
    let head = [0xAF, b'b', 0, 0, 0, 0, 0];
    let mut deflate = flate2::Compress::new(flate2::Compression::best(), false);
    let mut flushed = |bytes: &[u8]| {
        let mut out = Vec::with_capacity(MEBIBYTE);
        deflate.compress_vec(bytes, &mut out, flate2::FlushCompress::Full).unwrap();
        out
    };
    let mut body = vec![1];
    body.extend(flushed(&head));
    // The first block of zeros may still refer to the header; the second is the one to repeat.
    body.extend(flushed(&vec![0; MEBIBYTE]));
    let block = flushed(&vec![0; MEBIBYTE]);
    body.extend(block.repeat(usize::try_from(mebibytes - 1).unwrap()));
    // An empty last block.
    body.extend([0x03, 0x00]);
    let mut packet = Vec::new();
    CTB::new(Tag::CompressedData).serialize(&mut packet).unwrap();
    packet.push(0xFF);
    packet.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    packet.extend(body);
    packet
}
