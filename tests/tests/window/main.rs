//! The program from its window to the wire and back: typed, clicked and read as a person does, on real servers, a real
//! keyring and a real gpg.

#[cfg(test)]
mod arrival;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod clipboard;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod closing;
#[cfg(test)]
mod hardening;
#[cfg(test)]
mod html;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod known;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod lockout;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod mime;
#[cfg(test)]
mod needle;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod owner;
#[cfg(test)]
mod phi;
#[cfg(test)]
mod phi_files;
#[cfg(test)]
mod practice;
#[cfg(test)]
mod sleep;
#[cfg(test)]
mod thread;
#[cfg(test)]
mod unsaved;
