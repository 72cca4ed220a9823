//! Own keys and the certificates of others.

use serde::{Deserialize, Serialize};

use crate::{Secret, UnixMs};

/// Makes a key for the owner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateKey {}

/// Takes over a key that the owner has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ImportKey {
    /// The armored key.
    pub armored: Secret,
    /// The password that protects it, if any.
    pub password: Option<Secret>,
}

/// Asks for the own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListKeys {}

/// Makes an own key the one that signs from now on, and that others seal for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetSigningKey {
    /// Its fingerprint.
    pub fingerprint: String,
}

/// Why a key is not fit to sign the owner's mail; it opens old mail all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unfit {
    /// Its time is over.
    Ended,
    /// It was revoked.
    Revoked,
    /// It doesn't name the account's address: others would take its signature for somebody else's.
    OtherAddress,
    /// It can't sign, or nobody can seal for it.
    Incapable,
}

/// An own key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnKeyView {
    /// Fingerprint in groups of four.
    pub fingerprint: String,
    /// The name and address in it.
    pub user_id: String,
    /// When it was made.
    pub created: UnixMs,
    /// When it ends, if it does.
    pub expires: Option<UnixMs>,
    /// The one that signs.
    pub is_default: bool,
    /// Why it is not fit to sign, if it isn't.
    pub unfit: Option<Unfit>,
}

/// Asks for the own certificate, to give to others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportCertificate {}

/// An armored text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArmoredView {
    /// The text.
    pub armored: String,
}

/// Takes in certificates of others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ImportCertificates {
    /// One or more armored certificates.
    pub armored: String,
}

/// Asks for the certificates of others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCertificates {}

/// How far a certificate was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Trust {
    /// Known, not checked.
    Seen,
    /// The owner compared the code with its owner.
    Verified,
    /// The owner said it is not theirs.
    Rejected,
}

/// A certificate of somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// Fingerprint in groups of four.
    pub fingerprint: String,
    /// The name in it.
    pub name: String,
    /// The addresses in it.
    pub addresses: Vec<String>,
    /// When it was made.
    pub created: UnixMs,
    /// When it ends, if it does.
    pub expires: Option<UnixMs>,
    /// How far it was checked.
    pub trust: Trust,
    /// Whether mail can be sealed for it now.
    pub usable: bool,
    /// The code both sides compare, if the owner has a key.
    pub short_code: Option<String>,
}

/// Says how far a certificate was checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SetTrust {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The trust from now on.
    pub trust: Trust,
}
