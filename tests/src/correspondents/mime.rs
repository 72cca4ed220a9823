//! The outside of a PGP/MIME message (RFC 3156), as the correspondents write and read it.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// What a correspondent writes.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Such as `Priya Raman <priya.raman@hospital.example>`.
    pub from: &'a str,
    /// The same form; several are separated by commas.
    pub to: &'a str,
    /// The subject that only the recipients see.
    pub subject: &'a str,
    /// The text.
    pub body: &'a str,
    /// Such as `Sat, 21 Nov 2026 09:30:00 -0500`.
    pub date: &'a str,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// What it answers, without angle brackets.
    pub in_reply_to: Option<&'a str>,
}

impl Letter<'_> {
    /// The message as it is when nothing is encrypted.
    pub fn plain(&self) -> Vec<u8> {
        crlf(&format!("{}Subject: {}\n{}\n{}", self.headers(), self.subject, CONTENT, self.body))
    }

    /// What gets encrypted: the text, with the real headers protected inside (RFC 9788).
    pub fn inside(&self) -> Vec<u8> {
        let headers = self.headers();
        let outer: String = headers.lines().flat_map(|line| ["HP-Outer: ", line, "\n"]).collect();
        let content = CONTENT.replacen("charset=utf-8", "charset=utf-8; hp=\"cipher\"", 1);
        crlf(&format!(
            "{headers}Subject: {}\n{outer}HP-Outer: Subject: [...]\n{content}\n{}",
            self.subject, self.body
        ))
    }

    /// The message around what [`Letter::inside`] became.
    pub fn sealed(&self, armored: &str) -> Vec<u8> {
        wrap(&format!("{}Subject: [...]\n", self.headers()), armored)
    }

    fn headers(&self) -> String {
        let answers = self
            .in_reply_to
            .map(|id| format!("In-Reply-To: <{id}>\nReferences: <{id}>\n"))
            .unwrap_or_default();
        format!(
            "From: {}\nTo: {}\nDate: {}\nMessage-ID: <{}>\n{answers}MIME-Version: 1.0\n",
            self.from, self.to, self.date, self.message_id
        )
    }
}

const CONTENT: &str = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";

/// A multipart/encrypted message with these headers around an armored OpenPGP message.
pub fn wrap(headers: &str, armored: &str) -> Vec<u8> {
    const BOUNDARY: &str = "=_sealed_5f0c27";
    crlf(&format!(
        "{headers}Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\n boundary=\"{BOUNDARY}\"\n\n\
         --{BOUNDARY}\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n\
         --{BOUNDARY}\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\n\n{armored}\n--{BOUNDARY}--\n"
    ))
}

/// The armored OpenPGP message in a raw one. It is found by its marks: RFC 3156 has it unencoded.
///
/// # Errors
/// If there is none.
pub fn armored(raw: &[u8]) -> Result<String> {
    const BEGIN: &str = "-----BEGIN PGP MESSAGE-----";
    const END: &str = "-----END PGP MESSAGE-----";
    let text = String::from_utf8_lossy(raw);
    let begin = text.find(BEGIN).context("no armored message in it")?;
    let end = text.find(END).context("the armored message has no end")?;
    Ok(text
        .get(begin..end + END.len())
        .context("the armored message ends before it begins")?
        .replace("\r\n", "\n"))
}

/// A MIME entity with the transfer encodings of its parts undone.
pub(super) fn readable(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let (mut readable, mut body, mut encoding, mut in_headers) =
        (String::new(), String::new(), String::new(), true);
    for line in text.split_inclusive('\n') {
        if line.starts_with("--") || in_headers {
            readable.push_str(&decoded(&std::mem::take(&mut body), &encoding));
            readable.push_str(line);
            in_headers = !line.trim().is_empty();
            if line.starts_with("--") {
                encoding.clear();
            }
            if let Some(value) =
                line.to_ascii_lowercase().strip_prefix("content-transfer-encoding:")
            {
                value.trim().clone_into(&mut encoding);
            }
        } else {
            body.push_str(line);
        }
    }
    readable.push_str(&decoded(&body, &encoding));
    readable
}

fn decoded(body: &str, encoding: &str) -> String {
    let bytes = match encoding {
        "base64" => {
            BASE64_STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap_or_default()
        }
        "quoted-printable" => quoted_printable(body),
        _ => return body.to_owned(),
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "").replace("=\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        match piece.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(piece.get(2..).unwrap_or_default().as_bytes());
            }
            None => bytes.extend_from_slice(format!("={piece}").as_bytes()),
        }
    }
    bytes
}

/// Lines as mail has them.
fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn undoes_transfer_encodings_part_by_part() {
        let entity = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            a long =\r\nline, n=C3=A4chste\r\n--b\r\nContent-Transfer-Encoding: BASE64\r\n\r\naGVs\r\nbG8=\r\n--b\r\n\r\n1=2\r\n--b--\r\n";
        let text = readable(entity.as_bytes());
        assert!(
            text.contains("a long line, n\u{e4}chste\r\n")
                && text.contains("\r\nhello--b")
                && text.contains("1=2"),
            "{text}"
        );
    }
}
