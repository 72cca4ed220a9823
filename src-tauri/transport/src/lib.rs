//! TLS, IMAP and SMTP.
