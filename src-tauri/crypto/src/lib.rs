//! OpenPGP: keys, encryption, decryption, signatures.
