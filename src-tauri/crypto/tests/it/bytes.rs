//! Messages that no well-behaved program writes, built with the OpenPGP library or by hand.

use std::io::{Read, Write};

use openpgp::Cert;
use openpgp::crypto::SessionKey;
use openpgp::packet::header::CTB;
use openpgp::packet::pkesk::PKESK3;
use openpgp::packet::{Packet, Tag};
use openpgp::parse::Parse;
use openpgp::policy::StandardPolicy;
use openpgp::serialize::Marshal;
use openpgp::serialize::stream::{Compressor, LiteralWriter, Message};
use openpgp::types::{CompressionAlgorithm, SymmetricAlgorithm};
use sequoia_openpgp as openpgp;
use wardmail_crypto::Certificate;

/// Takes the ASCII armor off.
pub(crate) fn unarmored(armored: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    openpgp::armor::Reader::from_bytes(armored, None).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Returns a literal packet.
pub(crate) fn literal(content: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let mut writer = LiteralWriter::new(Message::new(&mut packet)).build().unwrap();
    writer.write_all(content).unwrap();
    writer.finalize().unwrap();
    packet
}

/// Wraps packets in a compressed packet.
pub(crate) fn compressed(packets: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let mut writer =
        Compressor::new(Message::new(&mut packet)).algo(CompressionAlgorithm::Zip).build().unwrap();
    writer.write_all(packets).unwrap();
    writer.finalize().unwrap();
    packet
}

/// Encrypts without protection against changes (packet 9, RFC 9580, section 5.7): a message as of the 1990s, built by hand.
pub(crate) fn without_mdc(content: &[u8], to: &Certificate) -> Vec<u8> {
    let cert = Cert::from_bytes(&to.to_bytes()).unwrap();
    let policy = StandardPolicy::new();
    let key = cert.keys().with_policy(&policy, None).for_transport_encryption().next().unwrap();
    let session_key = SessionKey::new(32).unwrap();
    let pkesk = PKESK3::for_recipient(SymmetricAlgorithm::AES256, &session_key, key.key()).unwrap();
    let mut message = Vec::new();
    Packet::from(pkesk).serialize(&mut message).unwrap();
    let body = cfb_with_resync(&session_key, &literal(content));
    CTB::new(Tag::SED).serialize(&mut message).unwrap();
    message.push(0xFF);
    message.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    message.extend(body);
    message
}

/// OpenPGP's own cipher feedback mode (RFC 9580, section 12.9), with the resynchronisation that only packet 9 has.
fn cfb_with_resync(key: &[u8], plaintext: &[u8]) -> Vec<u8> {
    use openssl::symm::{Cipher, encrypt};
    let mut prefix = [0x5A_u8; 18];
    prefix[16] = prefix[14];
    prefix[17] = prefix[15];
    let head = encrypt(Cipher::aes_256_cfb128(), key, Some(&[0; 16]), &prefix).unwrap();
    let tail = encrypt(Cipher::aes_256_cfb128(), key, Some(&head[2..18]), plaintext).unwrap();
    [head, tail].concat()
}
