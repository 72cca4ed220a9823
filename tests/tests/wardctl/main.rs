//! `wardctl` end to end: the built program, a real provider, a real keyring, and `gpg` at the other end.

#[cfg(test)]
mod access;
#[cfg(test)]
mod anchors;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod hardening;
#[cfg(test)]
mod incident;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod log;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod phi_guard;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod security_key;
#[cfg(test)]
mod unrecorded;
