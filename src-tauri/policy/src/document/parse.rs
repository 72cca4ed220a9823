//! Owns the walk over the JSON: what is known is taken out, and what remains is unknown. Must not default a bad value.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{CertificateSource, SCHEMA, Warning, WarningKind};
use crate::load::PolicyError;
use crate::provider::{CoveredService, Endpoint, Provider};
use crate::settings::{Stated, StatedSettings};
use crate::value::{AllowPlaintext, Value};

/// The most providers, and the most certificates of one.
const MAX_LIST: usize = 64;
/// The longest text a person is shown, in bytes.
const MAX_TEXT: usize = 1000;
/// The longest path that is named in an error or a warning, in characters.
const MAX_PATH: usize = 200;

/// What a document says, before its certificates are read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) serial: u64,
    pub(crate) issuer: String,
    pub(crate) settings: StatedSettings,
    pub(crate) providers: Option<Vec<Listed>>,
    pub(crate) site_rules: Option<Json>,
    pub(crate) warnings: Vec<Warning>,
}

/// A provider, and the certificates that are still to be read.
pub(crate) type Listed = (Provider, Vec<CertificateSource>);

/// What was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    warnings: Vec<Warning>,
}

impl Taken {
    fn warn(&mut self, path: &str, kind: WarningKind) {
        self.warnings.push(Warning { path: path.chars().take(MAX_PATH).collect(), kind });
    }
}

/// Reads a document.
///
/// # Errors
/// [`PolicyError::NotJson`], [`PolicyError::Version`] or [`PolicyError::Invalid`].
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, PolicyError> {
    let json: Json = serde_json::from_slice(bytes)
        .map_err(|error| PolicyError::NotJson { line: error.line(), column: error.column() })?;
    let Json::Object(mut document) = json else { return Err(invalid("")) };
    let schema: u64 = need(&mut document, "", "schema")?;
    if schema != SCHEMA {
        return Err(PolicyError::Version { found: schema });
    }
    let mut taken = Taken::default();
    let serial = need(&mut document, "", "serial")?;
    let issuer: String = text(&mut document, "", "issuer")?.ok_or_else(|| invalid("issuer"))?;
    let settings = StatedSettings::take(&mut document, &mut taken)?;
    let providers = providers(&mut document, &mut taken)?;
    let site_rules = take_at(&mut document, "phi.siteRules")?;
    // For the reader of the file: an editor finds its schema by it.
    document.remove("$schema");
    leftover(&document, "", &mut taken);
    let stated = settings.crypto_allow_plaintext.as_ref();
    if stated.is_some_and(|stated| stated.value != AllowPlaintext::Never) {
        taken.warn("crypto.allowPlaintext", WarningKind::TakenStricter);
    }
    Ok(Parsed { serial, issuer, settings, providers, site_rules, warnings: taken.warnings })
}

/// Takes a setting: the value itself, which binds, or `{value, locked, reason}`.
pub(crate) fn take_stated<T: Value>(
    document: &mut Map<String, Json>,
    key: &str,
    taken: &mut Taken,
) -> Result<Option<Stated<T>>, PolicyError> {
    let Some(json) = take_at(document, key)? else { return Ok(None) };
    let Json::Object(mut long) = json else {
        return Ok(Some(Stated { value: read(json, key)?, locked: true, reason: None }));
    };
    let stated = Stated {
        value: need(&mut long, key, "value")?,
        locked: take(&mut long, key, "locked")?.unwrap_or(true),
        reason: text(&mut long, key, "reason")?,
    };
    leftover(&long, key, taken);
    Ok(Some(stated))
}

/// Takes what lies at a dotted path out of nested objects.
fn take_at(document: &mut Map<String, Json>, key: &str) -> Result<Option<Json>, PolicyError> {
    let Some((section, rest)) = key.split_once('.') else { return Ok(document.remove(key)) };
    match document.get_mut(section) {
        None => Ok(None),
        Some(Json::Object(inner)) => take_at(inner, rest),
        Some(_) => Err(invalid(section)),
    }
}

fn providers(
    document: &mut Map<String, Json>,
    taken: &mut Taken,
) -> Result<Option<Vec<Listed>>, PolicyError> {
    let Some(list) = objects(document, "", "providers")? else { return Ok(None) };
    let mut providers = Vec::with_capacity(list.len());
    for (index, mut entry) in list.into_iter().enumerate() {
        let path = format!("providers[{index}]");
        let provider = provider(&mut entry, &path, taken)?;
        let sources = certificates(&mut entry, &path)?;
        leftover(&entry, &path, taken);
        providers.push((provider, sources));
    }
    Ok(Some(providers))
}

fn provider(
    entry: &mut Map<String, Json>,
    path: &str,
    taken: &mut Taken,
) -> Result<Provider, PolicyError> {
    let signed: Date = need(entry, path, "signed")?;
    let expires: Option<Date> = take(entry, path, "expires")?;
    if expires.is_some_and(|expires| expires < signed) {
        return Err(invalid(&join(path, "expires")));
    }
    let services: Vec<CoveredService> = need(entry, path, "services")?;
    Ok(Provider {
        name: text(entry, path, "name")?.ok_or_else(|| invalid(&join(path, "name")))?,
        imap: endpoint(entry, path, "imap", taken)?,
        smtp: endpoint(entry, path, "smtp", taken)?,
        services: services.into_iter().collect(),
        signed,
        expires,
        contact: text(entry, path, "contact")?,
        trusted_pem: Vec::new(),
    })
}

fn endpoint(
    entry: &mut Map<String, Json>,
    path: &str,
    key: &str,
    taken: &mut Taken,
) -> Result<Endpoint, PolicyError> {
    let path = join(path, key);
    let Some(Json::Object(mut inner)) = entry.remove(key) else { return Err(invalid(&path)) };
    let host: String = need(&mut inner, &path, "host")?;
    let port: u16 = need(&mut inner, &path, "port")?;
    leftover(&inner, &path, taken);
    Endpoint::new(&host, port).ok_or_else(|| invalid(&path))
}

fn certificates(
    entry: &mut Map<String, Json>,
    path: &str,
) -> Result<Vec<CertificateSource>, PolicyError> {
    let list: Vec<String> = take(entry, path, "trustedCertificates")?.unwrap_or_default();
    if list.len() > MAX_LIST {
        return Err(invalid(&join(path, "trustedCertificates")));
    }
    let source = |text: String| {
        if text.contains("-----BEGIN CERTIFICATE-----") {
            CertificateSource::Pem(text)
        } else {
            CertificateSource::File(PathBuf::from(text))
        }
    };
    Ok(list.into_iter().map(source).collect())
}

fn objects(
    document: &mut Map<String, Json>,
    path: &str,
    key: &str,
) -> Result<Option<Vec<Map<String, Json>>>, PolicyError> {
    let list: Option<Vec<Map<String, Json>>> = take(document, path, key)?;
    match list {
        Some(list) if list.len() > MAX_LIST => Err(invalid(&join(path, key))),
        list => Ok(list),
    }
}

fn text(map: &mut Map<String, Json>, path: &str, key: &str) -> Result<Option<String>, PolicyError> {
    let text: Option<String> = take(map, path, key)?;
    match text {
        Some(text) if text.trim().is_empty() || text.len() > MAX_TEXT => {
            Err(invalid(&join(path, key)))
        }
        text => Ok(text),
    }
}

fn need<T: DeserializeOwned>(
    map: &mut Map<String, Json>,
    path: &str,
    key: &str,
) -> Result<T, PolicyError> {
    take(map, path, key)?.ok_or_else(|| invalid(&join(path, key)))
}

fn take<T: DeserializeOwned>(
    map: &mut Map<String, Json>,
    path: &str,
    key: &str,
) -> Result<Option<T>, PolicyError> {
    map.remove(key).map(|json| read(json, &join(path, key))).transpose()
}

/// serde's own message would repeat the value: it is dropped.
fn read<T: DeserializeOwned>(json: Json, path: &str) -> Result<T, PolicyError> {
    serde_json::from_value(json).map_err(|_| invalid(path))
}

fn leftover(map: &Map<String, Json>, path: &str, taken: &mut Taken) {
    for (key, value) in map {
        let path = join(path, key);
        match value {
            Json::Object(inner) => leftover(inner, &path, taken),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                taken.warn(&path, WarningKind::UnknownKey);
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn invalid(path: &str) -> PolicyError {
    PolicyError::Invalid { path: path.chars().take(MAX_PATH).collect() }
}

#[cfg(test)]
mod tests;
