//! Hands one message to Dovecot as Postfix would: RFC 2033, one transaction per connection.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use anyhow::{Result, bail};

/// Delivers `raw` to one mailbox, and returns once it is stored.
pub(super) fn deliver(port: u16, from: &str, to: &str, raw: &[u8]) -> Result<()> {
    let stream = TcpStream::connect(super::loopback(port))?;
    let mut replies = BufReader::new(stream.try_clone()?);
    let say = |line: &[u8]| (&stream).write_all(line);
    expect(&mut replies, "220")?;
    say(b"LHLO mx.clinic.example\r\n")?;
    expect(&mut replies, "250")?;
    say(format!("MAIL FROM:<{from}>\r\n").as_bytes())?;
    expect(&mut replies, "250")?;
    say(format!("RCPT TO:<{to}>\r\n").as_bytes())?;
    expect(&mut replies, "250")?;
    say(b"DATA\r\n")?;
    expect(&mut replies, "354")?;
    say(&stuffed(raw))?;
    expect(&mut replies, "250")?;
    say(b"QUIT\r\n")?;
    Ok(())
}

/// Lines end in CRLF, a leading dot is doubled, and a lone dot ends it.
fn stuffed(raw: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(raw.len() + 64);
    for line in raw.strip_suffix(b"\n").unwrap_or(raw).split(|&byte| byte == b'\n') {
        if line.first() == Some(&b'.') {
            data.push(b'.');
        }
        data.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        data.extend_from_slice(b"\r\n");
    }
    data.extend_from_slice(b".\r\n");
    data
}

fn expect(replies: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    loop {
        let mut line = String::new();
        replies.read_line(&mut line)?;
        if !line.starts_with(code) {
            bail!("Dovecot answered {line:?} where {code} was expected");
        }
        if line.as_bytes().get(code.len()) != Some(&b'-') {
            return Ok(());
        }
    }
}
