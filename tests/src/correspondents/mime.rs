//! The outside of a PGP/MIME message (RFC 3156), as the correspondents write and read it.

use anyhow::{Context as _, Result};

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

/// Lines as mail has them.
fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}
