//! Reads what must not stand on a command line: from a file descriptor, or typed without echo.

mod descriptor;

use std::{fs::File, io::Read as _};

use wardmail_api::{ErrorCode, Secret};
use zeroize::Zeroizing;

use crate::output::Failure;

/// The longest secret line, in bytes. No buffer ever grows past it, so that none is left unwiped.
const LINE: usize = 16 * 1024;

/// Reads a secret from a file descriptor, up to its first line end and not a byte further: what
/// follows may be another secret, or the recovery code typed back.
pub(crate) fn from_fd(number: u32) -> Result<Secret, Failure> {
    let mut file = descriptor::inherited(number)
        .map_err(|_| Failure::usage("that file descriptor is not open"))?;
    let mut line = Zeroizing::new(Vec::with_capacity(LINE));
    let mut byte = Zeroizing::new([0_u8]);
    while read_one(&mut file, &mut byte)? && byte[0] != b'\n' {
        if line.len() == LINE {
            return Err(ErrorCode::TooLarge.into());
        }
        line.push(byte[0]);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    let text = std::str::from_utf8(&line).map_err(|_| ErrorCode::InvalidRequest)?;
    Ok(Secret::new(text.to_owned()))
}

/// Reads one byte; false at the end. A signal in between is no failure.
fn read_one(file: &mut File, byte: &mut [u8; 1]) -> std::io::Result<bool> {
    match file.read_exact(byte) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads the passphrase: from its descriptor, or typed at the terminal without echo.
pub(crate) fn passphrase(number: Option<u32>) -> Result<Secret, Failure> {
    match number {
        Some(number) => from_fd(number),
        None => rpassword::prompt_password("Passphrase: ")
            .map(Secret::new)
            .map_err(|_| Failure::usage("--passphrase-fd is needed where there is no terminal")),
    }
}

/// Reads a text that is not secret from a file, or from standard input for `-`.
pub(crate) fn text(path: &std::path::Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.read_to_end(&mut bytes)?;
    }
    String::from_utf8(bytes).map_err(|_| ErrorCode::InvalidRequest.into())
}
