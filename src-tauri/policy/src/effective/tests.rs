//! Judges what is in force under every state of the two policies, and that nothing brought by hand loosens.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{account, document, now, policy, provider};
use crate::{Block, Endpoint, ExpiryWarning, Insecurity, Origin, PhiAction};

fn installed(members: &Json) -> Policy {
    policy(&document(members), Origin::Installed).unwrap()
}

fn named(members: &Json) -> Policy {
    policy(&document(members), Origin::Named).unwrap()
}

struct Case<'a> {
    installed: Result<&'a Policy, &'a PolicyError>,
    last_verified: Option<&'a Policy>,
    named: Option<Result<&'a Policy, &'a PolicyError>>,
    was_managed: bool,
}

impl Case<'_> {
    fn resolve(&self) -> Effective {
        Effective::resolve(&Sources {
            installed: self.installed,
            last_verified: self.last_verified,
            named: self.named,
            was_managed: self.was_managed,
            choices: &UserChoices::default(),
        })
    }
}

fn attestation() -> Attestation {
    Attestation {
        provider: "Provider".to_owned(),
        imap_host: "IMAP.provider.example.".to_owned(),
        smtp_host: "smtp.provider.example".to_owned(),
        signed: "2026-01-01".parse().unwrap(),
        expires: Some("2027-12-31".parse().unwrap()),
        attested_at: now(),
    }
}

#[test]
fn every_state_of_the_installed_policy_has_its_consequence() {
    let good = installed(&json!({ "providers": [provider()] }));
    let invalid = PolicyError::Invalid { path: "tls.min".to_owned() };
    let unreadable = PolicyError::Unreadable(std::io::ErrorKind::PermissionDenied.into());
    let insecure = PolicyError::Insecure(Insecurity::Writable);
    let rows = [
        (Ok(&good), None, false, Authority::Installed, vec![]),
        (Err(&PolicyError::Missing), None, false, Authority::Defaults, vec![]),
        (Err(&PolicyError::Missing), None, true, Authority::Defaults, vec![Closed::PolicyMissing]),
        (
            Err(&PolicyError::Missing),
            Some(&good),
            true,
            Authority::LastVerified,
            vec![Closed::PolicyMissing],
        ),
        (Err(&invalid), Some(&good), true, Authority::LastVerified, vec![Closed::PolicyInvalid]),
        (Err(&invalid), None, false, Authority::Defaults, vec![Closed::PolicyInvalid]),
        (Err(&unreadable), None, false, Authority::Defaults, vec![Closed::PolicyUnreadable]),
        (
            Err(&PolicyError::TooLarge),
            None,
            false,
            Authority::Defaults,
            vec![Closed::PolicyUnreadable],
        ),
        (Err(&insecure), None, false, Authority::Defaults, vec![Closed::PolicyInsecure]),
    ];
    for (index, (installed, last_verified, was_managed, authority, closed)) in
        rows.into_iter().enumerate()
    {
        let effective = Case { installed, last_verified, named: None, was_managed }.resolve();
        assert_eq!(
            (effective.authority(), effective.closed()),
            (authority, &closed[..]),
            "row {index}"
        );
    }
}

#[test]
fn a_policy_named_by_hand_counts_alone_only_where_none_was_ever_installed() {
    let by_hand = named(&json!({ "providers": [provider()] }));
    let missing = PolicyError::Missing;
    let case = |was_managed| Case {
        installed: Err(&missing),
        last_verified: None,
        named: Some(Ok(&by_hand)),
        was_managed,
    };
    let free = case(false).resolve();
    assert_eq!((free.authority(), free.closed()), (Authority::Named, &[][..]));
    assert!(matches!(
        free.provider_status(&account(), None, now()),
        ProviderStatus::Covered { .. }
    ));

    let managed = case(true).resolve();
    assert_eq!(managed.closed(), [Closed::PolicyMissing]);
    assert!(managed.providers().is_empty());
}

#[test]
fn an_unusable_policy_named_by_hand_closes_sending() {
    let good = installed(&json!({ "providers": [provider()] }));
    let missing = PolicyError::Missing;
    let effective = Case {
        installed: Ok(&good),
        last_verified: None,
        named: Some(Err(&missing)),
        was_managed: true,
    }
    .resolve();
    assert_eq!(effective.closed(), [Closed::NamedPolicyUnusable]);
    assert_eq!(effective.authority(), Authority::Installed);
}

#[test]
fn a_policy_named_by_hand_only_narrows_the_register() {
    let mut foreign = provider();
    foreign["smtp"]["host"] = json!("smtp.elsewhere.example");
    foreign["trustedCertificates"] = json!(["-----BEGIN CERTIFICATE-----"]);
    let mut shorter = provider();
    shorter["expires"] = json!("2026-12-01");
    shorter["trustedCertificates"] = json!(["-----BEGIN CERTIFICATE-----"]);
    let base = installed(&json!({ "providers": [provider()] }));
    let resolve = |members: &Json| {
        let by_hand = named(members);
        Case {
            installed: Ok(&base),
            last_verified: None,
            named: Some(Ok(&by_hand)),
            was_managed: true,
        }
        .resolve()
    };
    let narrowed = resolve(&json!({ "providers": [foreign, shorter] }));
    assert_eq!(narrowed.providers().len(), 1);
    assert_eq!(narrowed.providers()[0].expires, Some("2026-12-01".parse().unwrap()));
    assert!(narrowed.trusted_pem(&account()).is_empty(), "no certificate comes in by hand");
    assert!(resolve(&json!({ "providers": [] })).providers().is_empty());
    assert_eq!(resolve(&json!({})).providers().len(), 1, "silence takes nothing away");
}

#[test]
fn extra_authorities_are_trusted_for_their_own_servers_only() {
    let mut entry = provider();
    entry["trustedCertificates"] = json!(["-----BEGIN CERTIFICATE-----"]);
    let base = installed(&json!({ "providers": [entry] }));
    let effective =
        Case { installed: Ok(&base), last_verified: None, named: None, was_managed: true }
            .resolve();
    assert_eq!(effective.trusted_pem(&account()).len(), 1);
    let other = Account { imap: Endpoint::new("other.example", 993).unwrap(), ..account() };
    assert!(effective.trusted_pem(&other).is_empty());
}

#[test]
fn agreements_end_with_their_last_day_and_are_warned_of_before() {
    let base = installed(&json!({ "providers": [provider()] }));
    let effective =
        Case { installed: Ok(&base), last_verified: None, named: None, was_managed: true }
            .resolve();
    let at = |time: &str| {
        effective.provider_status(&account(), None, time.parse::<Timestamp>().unwrap())
    };
    let warned = |time: &str| {
        let status = at(time);
        let ProviderStatus::Covered { warning, .. } = status else { panic!("{time}: {status:?}") };
        warning
    };
    assert_eq!(warned("2027-10-31T23:59:59Z"), None, "61 days");
    assert_eq!(warned("2027-11-01T00:00:00Z"), Some(ExpiryWarning::Within60Days), "60 days");
    assert_eq!(warned("2027-11-30T12:00:00Z"), Some(ExpiryWarning::Within60Days), "31 days");
    assert_eq!(warned("2027-12-01T12:00:00Z"), Some(ExpiryWarning::Within30Days), "30 days");
    assert_eq!(warned("2027-12-24T12:00:00Z"), Some(ExpiryWarning::Within7Days), "7 days");
    assert_eq!(warned("2027-12-31T23:59:59Z"), Some(ExpiryWarning::Within7Days), "the last second");
    assert_eq!(at("2028-01-01T00:00:00Z"), ProviderStatus::NotCovered(Block::AgreementExpired));
    assert_eq!(
        at("2025-12-31T23:59:59Z"),
        ProviderStatus::NotCovered(Block::AgreementNotYetSigned)
    );
}

#[test]
fn without_a_policy_the_owners_record_decides() {
    let missing = PolicyError::Missing;
    let effective =
        Case { installed: Err(&missing), last_verified: None, named: None, was_managed: false }
            .resolve();
    let status = |attestation: Option<&Attestation>| {
        effective.provider_status(&account(), attestation, now())
    };
    assert_eq!(status(None), ProviderStatus::NotCovered(Block::NoAttestation));
    assert!(matches!(status(Some(&attestation())), ProviderStatus::Covered { .. }));
    let other = Attestation { smtp_host: "elsewhere.example".to_owned(), ..attestation() };
    assert_eq!(
        status(Some(&other)),
        ProviderStatus::NotCovered(Block::AttestationForOtherProvider)
    );
    let ended = Attestation { expires: Some("2026-11-20".parse().unwrap()), ..attestation() };
    assert_eq!(status(Some(&ended)), ProviderStatus::NotCovered(Block::AgreementExpired));
}

#[test]
fn a_service_that_is_not_covered_is_not_used() {
    let mut entry = provider();
    entry["services"] = json!(["imap"]);
    let base = installed(&json!({ "providers": [entry] }));
    let effective =
        Case { installed: Ok(&base), last_verified: None, named: None, was_managed: true }
            .resolve();
    assert_eq!(
        effective.provider_status(&account(), None, now()),
        ProviderStatus::NotCovered(Block::ServiceNotCovered)
    );
}

proptest! {
    /// Beside an installed policy, whatever is named by hand: no setting is looser and no provider more than without.
    #[test]
    fn a_policy_named_by_hand_never_loosens(
        idle in proptest::option::of(30_u32..=3600), hand_idle in 30_u32..=3600, hand_locked in any::<bool>(),
        action in proptest::option::of(0_usize..4), hand_action in 0_usize..4,
        passphrase_only in proptest::option::of(any::<bool>()), hand_passphrase_only in any::<bool>(),
    ) {
        let word = |index: usize| ["off", "warn", "justify", "block"][index];
        let mut members = json!({ "lock": {}, "phi": {}, "unlock": {}, "providers": [provider()] });
        if let Some(idle) = idle { members["lock"]["idleSeconds"] = json!(idle); }
        if let Some(action) = action { members["phi"]["subjectAction"] = json!(word(action)); }
        if let Some(allow) = passphrase_only { members["unlock"]["allowPassphraseOnly"] = json!(allow); }
        let base = installed(&members);
        let by_hand = named(&json!({
            "lock": { "idleSeconds": { "value": hand_idle, "locked": hand_locked } },
            "phi": { "subjectAction": word(hand_action) },
            "unlock": { "allowPassphraseOnly": hand_passphrase_only },
        }));
        let case = |named| Case { installed: Ok(&base), last_verified: None, named, was_managed: true }.resolve();
        let (without, with) = (case(None).settings, case(Some(Ok(&by_hand))).settings);
        prop_assert!(with.lock_idle_seconds.value <= without.lock_idle_seconds.value);
        prop_assert!(with.lock_idle_seconds.value.get() <= hand_idle);
        prop_assert!(with.phi_subject_action.value >= without.phi_subject_action.value);
        prop_assert!(with.phi_subject_action.value >= PhiAction::Off);
        prop_assert!(!with.unlock_allow_passphrase_only.value || without.unlock_allow_passphrase_only.value);
    }
}
