//! Each encoding, written by somebody else than the code that looks for it: Python and the shell's own tools.

use std::fs;
use std::process::Command;

use crate::needle::{Needle, scan};

use super::Encoding;

const SECRET: &str = "née Wardmail=marker 7f3a/9 \"quoted\" & more";

/// Writes the secret to a file in each way, with Python's own codecs.
const PLANT: &str = r#"
import base64, binascii, codecs, json, os, quopri, sys, urllib.parse
directory, text = sys.argv[1], sys.argv[2]
raw = text.encode()
def put(name, content):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(b"before " + content + b" after")
put("Raw", raw)
for n in range(3):
    put(f"Base64-{n}", base64.b64encode(b"x" * n + raw + b"tail"))
    put(f"Base64-lines-{n}", base64.encodebytes(b"x" * (n + 40) + raw + b"tail"))
    put(f"Base64-url-{n}", base64.urlsafe_b64encode(b"\xff" * n + raw + b"tail"))
put("Utf16Le", text.encode("utf-16-le"))
put("Utf16Be", text.encode("utf-16-be"))
put("QuotedPrintable", quopri.encodestring(raw))
put("QuotedPrintable-wrapped", quopri.encodestring(b"x" * 50 + raw))
put("QuotedPrintable-header", quopri.encodestring(raw, quotetabs=True))
put("Hex", binascii.hexlify(raw))
put("Hex-upper", binascii.hexlify(raw).upper())
put("Percent", urllib.parse.quote(text, safe="").encode())
put("Json", json.dumps(text).encode())
put("Json-plain", json.dumps(text, ensure_ascii=False).encode())
put("Json-all", "".join(f"\\u{ord(c):04x}" for c in text).encode())
"#;

#[test]
fn finds_what_python_wrote_in_each_encoding() {
    let room = tempfile::tempdir().unwrap();
    let planted =
        Command::new("python3").args(["-c", PLANT]).arg(room.path()).arg(SECRET).status().unwrap();
    assert!(planted.success());
    let needle = Needle::new("marker", SECRET.as_bytes()).unwrap();
    let mut seen = Vec::new();
    for entry in fs::read_dir(room.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let hits = scan(&path, std::slice::from_ref(&needle)).unwrap();
        assert_eq!(hits.len(), 1, "{name} was not found");
        let found = hits.first().unwrap().encoding;
        assert!(name.starts_with(&format!("{found:?}")), "{name} was taken for {found:?}");
        seen.push(found);
    }
    assert_eq!(seen.len(), 21);
    seen.sort_by_key(|encoding| format!("{encoding:?}"));
    seen.dedup();
    assert_eq!(seen.len(), 8, "an encoding has no file");
}

#[test]
fn finds_a_key_that_is_no_text_and_a_file_s_name() {
    let room = tempfile::tempdir().unwrap();
    let key: Vec<u8> = (0..32_u8).map(|byte| byte.wrapping_mul(37) ^ 0xa5).collect();
    let needle = Needle::new("key", &key).unwrap();
    fs::write(room.path().join("clean"), b"nothing in here").unwrap();
    assert!(scan(room.path(), std::slice::from_ref(&needle)).unwrap().is_empty());
    let hex: String = key.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    fs::create_dir(room.path().join("deeper")).unwrap();
    fs::write(room.path().join("deeper").join(&hex), b"").unwrap();
    fs::write(room.path().join("raw"), [b"abc".as_slice(), &key, b"xyz"].concat()).unwrap();
    let mut found: Vec<_> =
        scan(room.path(), &[needle]).unwrap().into_iter().map(|hit| hit.encoding).collect();
    found.sort_by_key(|encoding| format!("{encoding:?}"));
    assert_eq!(found, [Encoding::Hex, Encoding::Raw]);
}
