//! Reads what must not stand on a command line: from a file descriptor, or typed without echo.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
};

use wardmail_api::{ErrorCode, Secret};
use zeroize::Zeroizing;

use crate::output::Failure;

/// The longest secret line, in bytes.
const LINE: u64 = 64 * 1024;

/// Reads a secret from a file descriptor, up to its first line end.
pub(crate) fn from_fd(number: u32) -> Result<Secret, Failure> {
    // Opened by its path, so that no foreign descriptor has to be taken over.
    let file = File::open(format!("/dev/fd/{number}"))
        .map_err(|_| Failure::usage("that file descriptor is not open"))?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(file.take(LINE)).read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
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
