//! The sample clinic mailbox.
