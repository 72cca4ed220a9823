//! What a policy file says, and what is in force on this computer.

use std::path::Path;

use serde::Serialize;
use wardmail_api::ErrorCode;
use wardmail_policy::{Effective, Origin, Policy, Sources, UserChoices};

use crate::{
    access::emergency,
    error::{Error, policy_code},
    phi::site,
    policy_source::managed_mark,
};

/// What a policy file says.
#[derive(Debug, Serialize)]
pub struct PolicyReport {
    /// Its serial number.
    pub serial: Option<u64>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// What doesn't count, by its place in the document.
    pub warnings: Vec<String>,
    /// Every setting with its value in force and who set it.
    pub settings: Vec<SettingRow>,
    /// Why nothing would be sent, whatever the message; empty if that isn't so.
    pub closed: Vec<String>,
}

/// A setting in force.
#[derive(Debug, Serialize)]
pub struct SettingRow {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Who set it.
    pub set_by: String,
    /// Whether the owner can't change it.
    pub locked: bool,
}

/// Checks a policy file and says what would be in force under it.
///
/// # Errors
/// Fails with the policy's trouble; the sentence says where in the document it is.
pub fn validate_policy(path: &Path) -> Result<PolicyReport, (ErrorCode, String)> {
    let policy = Policy::load(path, Origin::Named).map_err(|e| (policy_code(&e), e.to_string()))?;
    let mut report = report(&Effective::resolve(&Sources {
        installed: Ok(&policy),
        last_verified: None,
        named: None,
        was_managed: true,
        choices: &UserChoices::default(),
    }));
    report.warnings.extend(site::problems(policy.bytes()));
    Ok(report)
}

/// What is in force on this computer: the installed policy, and one named by hand, which can only
/// tighten it. Of a profile that is named it counts whether it was managed before, as it does while it is locked: then a
/// policy that isn't there closes.
///
/// # Errors
/// Fails if there is no such profile, or if it can't be read.
pub fn effective_policy(
    installed: &Path,
    named: Option<&Path>,
    profile: Option<&Path>,
) -> Result<PolicyReport, ErrorCode> {
    let was_managed = match profile {
        Some(profile) => was_managed(profile).map_err(|error| error.code())?,
        None => false,
    };
    let installed = Policy::load(installed, Origin::Installed);
    let named = named.map(|path| Policy::load(path, Origin::Named));
    Ok(report(&Effective::resolve(&Sources {
        installed: installed.as_ref(),
        last_verified: None,
        named: named.as_ref().map(Result::as_ref),
        was_managed,
        choices: &UserChoices::default(),
    })))
}

/// Reads the mark of a profile, without opening it.
fn was_managed(profile: &Path) -> Result<bool, Error> {
    if !profile.try_exists()? {
        return Err(wardmail_vault::VaultError::Missing.into());
    }
    Ok(managed_mark(profile).try_exists()?)
}

fn report(effective: &Effective) -> PolicyReport {
    PolicyReport {
        serial: effective.serial(),
        issuer: effective.issuer().map(str::to_owned),
        warnings: effective
            .warnings()
            .iter()
            .map(|w| format!("{}: {:?}", w.path, w.kind))
            .chain(emergency::problems(&effective.settings))
            .collect(),
        settings: effective
            .describe()
            .into_iter()
            .map(|row| SettingRow {
                key: row.key,
                value: row.value,
                set_by: format!("{:?}", row.set_by),
                locked: row.locked,
            })
            .collect(),
        closed: effective.closed().iter().map(|c| format!("{c:?}")).collect(),
    }
}
