//! Bad input: each gives a code and a sentence that says what happened and what to do, nothing is sent in clear, and
//! nothing is lost.

mod keyring;
mod messages;
mod network;
mod policy;
mod subject;
mod volume;
