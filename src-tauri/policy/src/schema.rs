//! Owns the JSON Schema of the policy document, made from the table of settings. Must not be edited beside it: the
//! copy in `docs/` is compared with this one.

use serde_json::{Map, Value as Json, json};

use crate::document::SCHEMA;
use crate::settings::entries;

/// The JSON Schema (2020-12) of the policy document.
pub fn schema() -> Json {
    let mut properties = Map::new();
    for (key, about, value) in entries() {
        let stated = json!({
            "description": about,
            "anyOf": [
                value,
                {
                    "type": "object",
                    "properties": {
                        "value": value,
                        "locked": {
                            "description": "A bound (the default), or only a recommendation.",
                            "type": "boolean",
                            "default": true,
                        },
                        "reason": {
                            "description": "Why, shown beside the setting.",
                            "type": "string", "minLength": 1, "maxLength": 1000,
                        },
                    },
                    "required": ["value"],
                },
            ],
        });
        place(&mut properties, key, stated);
    }
    let rules = json!({ "description": "The site's own PHI rules." });
    place(&mut properties, "phi.siteRules", rules);
    properties.insert("schema".to_owned(), json!({ "const": SCHEMA }));
    properties.insert(
        "serial".to_owned(),
        json!({
            "description": "Raised with every change.", "type": "integer", "minimum": 0,
        }),
    );
    properties.insert("issuer".to_owned(), text("Who made this policy."));
    properties.insert(
        "providers".to_owned(),
        json!({
            "description": "The providers with a Business Associate Agreement. Nothing is sent through others.",
            "type": "array", "maxItems": 64, "items": provider(),
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wardmail policy",
        "description": "A setting is its value, which binds, or {value, locked, reason}. Unknown keys are read over with a warning; a bad value closes sending.",
        "type": "object",
        "properties": properties,
        "required": ["schema", "serial", "issuer"],
    })
}

/// Puts a key's schema into the object of its section.
fn place(properties: &mut Map<String, Json>, key: &str, schema: Json) {
    let Some((section, name)) = key.split_once('.') else {
        properties.insert(key.to_owned(), schema);
        return;
    };
    let section =
        properties.entry(section).or_insert_with(|| json!({ "type": "object", "properties": {} }));
    if let Some(inner) = section.get_mut("properties").and_then(Json::as_object_mut) {
        inner.insert(name.to_owned(), schema);
    }
}

fn text(about: &str) -> Json {
    json!({ "description": about, "type": "string", "minLength": 1, "maxLength": 1000 })
}

fn provider() -> Json {
    let endpoint = json!({
        "type": "object",
        "properties": {
            "host": { "type": "string", "minLength": 1, "maxLength": 253 },
            "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
        },
        "required": ["host", "port"],
    });
    json!({
        "type": "object",
        "properties": {
            "name": text("The provider's name."),
            "imap": endpoint,
            "smtp": endpoint,
            "services": {
                "description": "What the agreement covers. Both are needed to send.",
                "type": "array", "items": { "enum": ["imap", "smtp"] },
            },
            "signed": {
                "description": "The day it was signed; it holds from then.",
                "type": "string", "format": "date",
            },
            "expires": {
                "description": "The last day it holds, in UTC. Warned of 60, 30 and 7 days ahead.",
                "type": "string", "format": "date",
            },
            "contact": text("Whom to ask."),
            "trustedCertificates": {
                "description": "Certificate authorities to trust for these two hosts, beside the system's: PEM texts, or names of PEM files.",
                "type": "array", "maxItems": 64, "items": { "type": "string" },
            },
        },
        "required": ["name", "imap", "smtp", "services", "signed"],
    })
}

#[cfg(test)]
mod tests;
