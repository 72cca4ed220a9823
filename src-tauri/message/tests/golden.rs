//! Whole messages (`tests/eml/*.eml`) against what they are known to say (`*.json` beside them).
//!
//! `UPDATE_GOLDEN=1` writes the expected files anew; look at the difference before you believe it. `tests/eml/compare.py` reads the same
//! messages with Python's `email` package and lists where the two disagree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may panic")]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use serde_json::{Value, json};
use wardmail_message::{
    Address, Headers, Layer, LayerKind, Limits, Parsed, Protection, parse, parse_payload,
    part_bytes, protected_headers, quote_reply, reader_html, reader_text, sanitize_html, snippet,
};

#[test]
fn every_message_says_what_it_is_known_to_say() {
    let folder = Path::new("tests/eml");
    let mut differing = String::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "eml") {
            continue;
        }
        count += 1;
        let raw = fs::read(&path).unwrap();
        let is_payload = path.file_stem().unwrap().to_str().unwrap().starts_with("payload-");
        let described = describe(&raw, is_payload);
        let found = serde_json::to_string_pretty(&described).unwrap() + "\n";
        let golden = path.with_extension("json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &found).unwrap();
            continue;
        }
        // Compared as values: whether keys are sorted depends on what else is built.
        let known = fs::read_to_string(&golden).unwrap_or_default();
        let known: Value = serde_json::from_str(&known).unwrap_or_default();
        if known != serde_json::to_value(&described).unwrap() {
            writeln!(differing, "{}:\n{found}", golden.display()).unwrap();
        }
    }
    assert!(count >= 25, "only {count} messages found");
    assert!(differing.is_empty(), "{differing}");
}

#[test]
fn line_ends_change_no_meaning() {
    let folder = Path::new("tests/eml");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "eml")
            || path.ends_with("bare-cr.eml")
        {
            continue;
        }
        let raw = fs::read(&path).unwrap();
        let lf: Vec<u8> = raw.iter().copied().filter(|byte| *byte != b'\r').collect();
        let crlf: Vec<u8> = lf
            .iter()
            .flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] })
            .collect();
        let meaning = |raw: &[u8]| {
            let mut all = describe(raw, false);
            // Offsets and sizes differ, the rest may not.
            for part in all["parts"].as_array_mut().unwrap() {
                for key in ["header", "body", "decoded"] {
                    part[key] = Value::Null;
                }
            }
            for file in all["attachments"].as_array_mut().unwrap() {
                file["size"] = Value::Null;
            }
            // What is cut out of the message keeps its line ends.
            all.to_string().replace("\\r", "")
        };
        assert_eq!(meaning(&lf), meaning(&crlf), "{}", path.display());
    }
}

fn describe(raw: &[u8], is_payload: bool) -> Value {
    let limits = Limits::default();
    let parsed = if is_payload { parse_payload(raw, &limits) } else { parse(raw, &limits) };
    let text = reader_text(raw, &parsed, &limits);
    let html = reader_html(raw, &parsed, &limits).map(|html| {
        let embedded: BTreeMap<_, _> = html.embedded.iter().map(|(id, part)| (id.clone(), format!("mailview://localhost/t/{}", part.0))).collect();
        let clean = sanitize_html(&html.html, &embedded, &limits);
        let links: Vec<_> = clean.links.iter().map(|link| json!([link.text, link.url, link.looks_different])).collect();
        let blocked = clean.remote_blocked;
        json!({ "html": clean.html, "blocked": [blocked.images, blocked.styles, blocked.other], "links": links, "images": clean.images })
    });
    let protected = protected_headers(raw, &parsed, &limits).filter(|_| is_payload).map(|protected| {
        json!({ "mode": format!("{:?}", protected.mode), "hp_outer": protected.hp_outer, "subject_is_confidential": protected.subject_is_confidential() })
    });
    let attachments: Vec<_> = parsed
        .attachments()
        .iter()
        .map(|file| json!({ "part": file.part.0, "name": file.file_name, "type": file.media_type, "size": file.size, "message": file.is_message, "embedded": file.is_embedded }))
        .collect();
    json!({
        "headers": headers(&parsed.headers),
        "defects": parsed.defects.iter().map(|defect| format!("{defect:?}")).collect::<Vec<_>>(),
        "protection": protection(raw, &parsed, &limits),
        "protected_headers": protected,
        "parts": parts(raw, &parsed, &limits),
        "attachments": attachments,
        "text": text.text,
        "text_source": format!("{:?}", text.source),
        "html": html,
        "snippet": snippet(&text.text),
        "quote": quote_reply(&parsed.headers, &text),
    })
}

fn headers(headers: &Headers) -> Value {
    let list = |addresses: &[Address]| {
        addresses.iter().map(|a| json!([a.name, a.email])).collect::<Vec<_>>()
    };
    json!({
        "from": list(&headers.from),
        "sender": headers.sender.as_ref().map(|sender| sender.email.clone()),
        "reply_to": list(&headers.reply_to),
        "to": list(&headers.to),
        "cc": list(&headers.cc),
        "subject": headers.subject,
        "date": headers.date.map(|date| json!([date.unix_ms, date.offset_minutes])),
        "message_id": headers.message_id,
        "in_reply_to": headers.in_reply_to,
        "references": headers.references,
        "list_id": headers.list_id,
        "auto_submitted": headers.auto_submitted,
        "authentication_results": headers.authentication_results,
        "wants_disposition_notification": headers.wants_disposition_notification,
    })
}

fn protection(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Value {
    let text =
        |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    match &parsed.protection {
        Protection::None => json!("none"),
        Protection::PgpEncrypted { payload, altered } => {
            json!({ "pgp_encrypted": payload.0, "altered": altered, "ciphertext": text(parsed.ciphertext(raw, limits)) })
        }
        Protection::PgpSigned { signed, signature } => {
            let content = parsed.signed_content(raw, limits).unwrap();
            json!({ "pgp_signed": [signed.0, signature.0], "content": text(Some(content.content)), "signature": text(Some(content.signature)) })
        }
        Protection::PgpInline(block) => {
            json!({ "pgp_inline": format!("{:?}", block.kind), "text": parsed.inline_text(raw, block, limits) })
        }
        Protection::Smime(kind) => json!({ "smime": format!("{kind:?}") }),
        Protection::Partial(layers) => {
            json!({ "partial": layers.iter().map(|layer| self::layer(raw, parsed, layer, limits)).collect::<Vec<_>>() })
        }
        other => panic!("{other:?}"),
    }
}

fn layer(raw: &[u8], parsed: &Parsed, layer: &Layer, limits: &Limits) -> Value {
    let kind = match &layer.kind {
        LayerKind::PgpEncrypted => "pgp_encrypted".to_owned(),
        LayerKind::PgpSigned => "pgp_signed".to_owned(),
        LayerKind::PgpInline(block) => format!("pgp_inline {:?}", block.kind),
        LayerKind::Smime(kind) => format!("smime {kind:?}"),
        other => panic!("{other:?}"),
    };
    let ciphertext = parsed
        .layer_ciphertext(raw, layer, limits)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let signed = parsed
        .layer_signed_content(raw, layer, limits)
        .map(|signed| String::from_utf8_lossy(&signed.content).into_owned());
    json!({ "part": layer.part.0, "kind": kind, "ciphertext": ciphertext, "signed": signed })
}

fn parts(raw: &[u8], parsed: &Parsed, limits: &Limits) -> Vec<Value> {
    let describe = |part: &wardmail_message::Part| {
        let decoded = part_bytes(raw, part, limits);
        json!({
            "parent": part.parent.map(|parent| parent.0),
            "type": part.media_type,
            "charset": part.charset(),
            "disposition": format!("{:?}", part.disposition),
            "file_name": part.file_name,
            "content_id": part.content_id,
            "encoding": format!("{:?}", part.encoding),
            "header": [part.header.start, part.header.end],
            "body": [part.body.start, part.body.end],
            "decoded": if part.is_multipart { Value::Null } else { json!(decoded.bytes.len()) },
            "damaged": decoded.damaged,
        })
    };
    parsed.parts.iter().map(describe).collect()
}
