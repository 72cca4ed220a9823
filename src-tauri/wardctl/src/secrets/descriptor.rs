//! Owns the one thing that needs `unsafe`: a copy of a descriptor that the program was started with.
//!
//! Opening `/dev/fd/N` instead would ask for permissions anew: it fails for a pipe that another user
//! made (`sudo -u`), and for sockets always.
#![expect(unsafe_code, reason = "a bare descriptor number can be borrowed in no other way")]

use std::{
    fs::File,
    io,
    os::fd::{BorrowedFd, RawFd},
};

/// Copies a descriptor that the program inherited.
///
/// # Errors
/// If there is none of that number.
pub(super) fn inherited(number: u32) -> io::Result<File> {
    let number = RawFd::try_from(number).map_err(io::Error::other)?;
    std::fs::symlink_metadata(format!("/proc/self/fd/{number}"))?;
    // SAFETY: the kernel lists the descriptor, and nothing here closes one that it didn't open, so it
    // stays open while it is copied.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(borrowed.try_clone_to_owned()?.into())
}
