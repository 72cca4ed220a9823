//! What Python's own e-mail package finds in a message: a reader that shares no code with the program.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::Value;

const READ: &str = "import base64, email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
files = [(part.get_filename(), base64.b64encode(part.get_payload(decode=True)).decode()) for part in mail.iter_attachments()]
body = mail.get_body(('plain',))
json.dump({'subject': mail['Subject'], 'id': mail['Message-ID'], 'text': body.get_content() if body else '', 'files': files}, sys.stdout)";

/// A message as the reader sees it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) subject: String,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// Reads a MIME entity.
#[track_caller]
pub(crate) fn read(entity: &[u8]) -> Read {
    let mut python = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(entity).unwrap();
    let done = python.wait_with_output().unwrap();
    assert!(done.status.success(), "it can't be read as mail");
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let file = |file: &Value| (word(&file[0]), BASE64_STANDARD.decode(word(&file[1])).unwrap());
    Read {
        subject: word(&found["subject"]),
        id: word(&found["id"]),
        text: word(&found["text"]),
        files: found["files"].as_array().unwrap().iter().map(file).collect(),
    }
}
