//! Passphrase, OS keyring and recovery code to the mailbox key.
