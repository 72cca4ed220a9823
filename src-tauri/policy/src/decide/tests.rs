//! Judges the decision over its matrix, and that no input whatever yields a way in clear.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{account, document, now, policy, provider};
use crate::{Effective, Endpoint, Origin, PolicyError, Sources, UserChoices};

const STATES: [KeyState; 9] = [
    KeyState::Usable,
    KeyState::Missing,
    KeyState::Expired,
    KeyState::NotYetValid,
    KeyState::Revoked,
    KeyState::Changed,
    KeyState::Rejected,
    KeyState::Incapable,
    KeyState::Weak,
];

const IN_SUBJECT: &[Raised] = &[Raised { concern: Concern::PhiInSubject, by_rule: None }];

fn under(members: &Json) -> Effective {
    let policy = policy(&document(members), Origin::Installed).unwrap();
    Effective::resolve(&Sources {
        installed: Ok(&policy),
        last_verified: None,
        named: None,
        was_managed: true,
        choices: &UserChoices::default(),
    })
}

fn covered() -> Effective {
    under(&json!({ "providers": [provider()], "internalDomains": ["clinic.example"] }))
}

fn recipient(address: &str, key: KeyState) -> Recipient {
    Recipient { address: address.to_owned(), kind: RecipientKind::To, key }
}

fn request<'a>(account: &'a Account, recipients: &'a [Recipient]) -> SendRequest<'a> {
    SendRequest {
        now: now(),
        account,
        attestation: None,
        own_key: KeyState::Usable,
        recipients,
        raised: &[],
        override_reason: None,
        answered: None,
    }
}

#[test]
fn usable_keys_through_a_covered_provider_are_sent() {
    let recipients = [
        recipient("ann@clinic.example", KeyState::Usable),
        recipient("bob@far.example", KeyState::Usable),
    ];
    let plan = decide(&covered(), &request(&account(), &recipients));
    assert_eq!(plan.verdict, Verdict::Send);
    assert_eq!(
        plan.recipients,
        [
            RecipientPlan { rung: Rung::OpenPgp, internal: true },
            RecipientPlan { rung: Rung::OpenPgp, internal: false },
        ]
    );
    assert_eq!(plan.notes, []);
}

#[test]
fn each_recipient_without_a_usable_key_is_named_and_blocks_all() {
    for key in STATES.into_iter().filter(|key| *key != KeyState::Usable) {
        let recipients =
            [recipient("ann@clinic.example", KeyState::Usable), recipient("bob@far.example", key)];
        let plan = decide(&covered(), &request(&account(), &recipients));
        assert_eq!(plan.verdict, Verdict::Blocked(vec![Block::Recipient { index: 1, key }]));
        assert_eq!(plan.recipients[0].rung, Rung::OpenPgp);
        assert_eq!(plan.recipients[1].rung, Rung::Blocked(key));
    }
}

#[test]
fn the_own_key_must_be_usable() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    for key in STATES.into_iter().filter(|key| *key != KeyState::Usable) {
        let account = account();
        let request = SendRequest { own_key: key, ..request(&account, &recipients) };
        assert_eq!(
            decide(&covered(), &request).verdict,
            Verdict::Blocked(vec![Block::OwnKey(key)])
        );
    }
}

#[test]
fn phi_in_the_subject_meets_the_action_in_force() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    let account = account();
    let concern = vec![Concern::PhiInSubject];
    let rows = [
        ("off", None, Verdict::Send, vec![]),
        ("warn", None, Verdict::Send, vec![Note::Phi(Concern::PhiInSubject)]),
        ("justify", None, Verdict::NeedsReason(concern.clone()), vec![]),
        ("justify", Some(" \t--"), Verdict::NeedsReason(concern), vec![]),
        (
            "justify",
            Some("agreed with the patient"),
            Verdict::Send,
            vec![Note::Overridden(Concern::PhiInSubject)],
        ),
        ("block", None, Verdict::Blocked(vec![Block::Phi(Concern::PhiInSubject)]), vec![]),
        (
            "block",
            Some("agreed"),
            Verdict::Blocked(vec![Block::Phi(Concern::PhiInSubject)]),
            vec![],
        ),
    ];
    for (action, override_reason, verdict, notes) in rows {
        let effective =
            under(&json!({ "providers": [provider()], "phi": { "subjectAction": action } }));
        let request =
            SendRequest { raised: IN_SUBJECT, override_reason, ..request(&account, &recipients) };
        let plan = decide(&effective, &request);
        assert_eq!((plan.verdict, plan.notes), (verdict, notes), "{action} {override_reason:?}");
        let clean = SendRequest { raised: &[], ..request };
        assert_eq!(decide(&effective, &clean).verdict, Verdict::Send, "{action}");
    }
}

#[test]
fn a_reason_answers_what_was_asked_and_nothing_else() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    let account = account();
    let effective = under(&json!({
        "providers": [provider()], "phi": { "subjectAction": "justify", "guardAction": "justify" },
    }));
    let both = [Concern::PhiInSubject, Concern::SeveralPatients];
    let raised = both.map(Raised::from);
    let verdict = |answered| {
        let request = request(&account, &recipients);
        let request = SendRequest { raised: &raised, override_reason: Some("urgent"), ..request };
        decide(&effective, &SendRequest { answered, ..request }).verdict
    };
    let open = |concern| Verdict::NeedsReason(vec![concern]);
    assert_eq!(verdict(Some(&both[..1])), open(Concern::SeveralPatients));
    assert_eq!(verdict(Some(&both[1..])), open(Concern::PhiInSubject));
    assert_eq!(verdict(Some(&[])), Verdict::NeedsReason(both.to_vec()));
    assert_eq!((verdict(Some(&both)), verdict(None)), (Verdict::Send, Verdict::Send));
}

#[test]
fn each_concern_has_its_own_action_and_a_rule_its_own() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    let account = account();
    let effective = under(&json!({
        "providers": [provider()],
        "phi": { "subjectAction": "warn", "contentAction": "off", "specialAction": "justify", "guardAction": "block" },
    }));
    let verdict = |raised: &[Raised], override_reason| {
        decide(
            &effective,
            &SendRequest { raised, override_reason, ..request(&account, &recipients) },
        )
        .verdict
    };
    let content = Raised::from(Concern::PhiInContent);
    let special = Raised::from(Concern::SpeciallyProtected);
    let patients = Raised::from(Concern::SeveralPatients);
    assert_eq!(verdict(&[content], None), Verdict::Send);
    assert_eq!(
        verdict(&[content, special], None),
        Verdict::NeedsReason(vec![Concern::SpeciallyProtected])
    );
    assert_eq!(verdict(&[content, special], Some("urgent")), Verdict::Send);
    let blocked = Verdict::Blocked(vec![Block::Phi(Concern::SeveralPatients)]);
    assert_eq!(verdict(&[special, patients], Some("urgent")), blocked);
    // A site's own rule says for itself what is done, and the strictest holds.
    let by_rule = |action| Raised { concern: Concern::PhiInContent, by_rule: Some(action) };
    let reason = Verdict::NeedsReason(vec![Concern::PhiInContent]);
    assert_eq!(verdict(&[content, by_rule(PhiAction::Justify)], None), reason);
    assert_eq!(
        verdict(&[by_rule(PhiAction::Block), by_rule(PhiAction::Warn)], Some("urgent")),
        Verdict::Blocked(vec![Block::Phi(Concern::PhiInContent)])
    );
}

#[test]
fn only_a_covered_provider_carries_mail() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    let elsewhere = Account { smtp: Endpoint::new("smtp.far.example", 465).unwrap(), ..account() };
    let plan = decide(&covered(), &request(&elsewhere, &recipients));
    assert_eq!(plan.verdict, Verdict::Blocked(vec![Block::ProviderNotCovered]));
    let other_port =
        Account { smtp: Endpoint::new("smtp.provider.example", 25).unwrap(), ..account() };
    let plan = decide(&covered(), &request(&other_port, &recipients));
    assert_eq!(plan.verdict, Verdict::Blocked(vec![Block::ProviderNotCovered]));
    let plan = decide(&under(&json!({})), &request(&account(), &recipients));
    assert_eq!(plan.verdict, Verdict::Blocked(vec![Block::ProviderNotCovered]));
}

#[test]
fn an_agreement_that_ends_soon_is_noted() {
    let recipients = [recipient("ann@clinic.example", KeyState::Usable)];
    let account = account();
    let request = SendRequest {
        now: "2027-12-30T00:00:00Z".parse().unwrap(),
        ..request(&account, &recipients)
    };
    let plan = decide(&covered(), &request);
    assert_eq!(plan.notes, [Note::AgreementEnds(ExpiryWarning::Within7Days)]);
    assert_eq!(plan.verdict, Verdict::Send);
}

#[test]
fn everything_that_blocks_is_named_at_once() {
    let missing = PolicyError::Missing;
    let effective = Effective::resolve(&Sources {
        installed: Err(&missing),
        last_verified: None,
        named: None,
        was_managed: true,
        choices: &UserChoices::default(),
    });
    let account = account();
    let request = SendRequest { own_key: KeyState::Expired, ..request(&account, &[]) };
    assert_eq!(
        decide(&effective, &request).verdict,
        Verdict::Blocked(vec![
            Block::Closed(Closed::PolicyMissing),
            Block::NoAttestation,
            Block::NoRecipients,
            Block::OwnKey(KeyState::Expired),
        ])
    );
}

#[test]
fn the_number_of_recipients_is_bounded() {
    let account = account();
    let many = vec![recipient("ann@clinic.example", KeyState::Usable); MAX_RECIPIENTS + 1];
    let plan = decide(&covered(), &request(&account, &many));
    assert_eq!(plan.verdict, Verdict::Blocked(vec![Block::TooManyRecipients]));
    let plan = decide(&covered(), &request(&account, &many[1..]));
    assert_eq!(plan.verdict, Verdict::Send);
}

fn any_key() -> impl Strategy<Value = KeyState> {
    prop_oneof![3 => Just(KeyState::Usable), 1 => proptest::sample::select(&STATES[..])]
}

proptest! {
    /// For no input is there an unencrypted way, and nothing is sent unless every condition holds.
    #[test]
    fn no_plan_has_a_way_in_clear(
        keys in proptest::collection::vec(any_key(), 0..6),
        own_key in any_key(),
        phi_in_subject in any::<bool>(),
        reason in proptest::option::of("[a-z ]{0,5}"),
        listed in any::<bool>(),
        closed in any::<bool>(),
        year in 2024_i16..2030,
        plaintext in proptest::sample::select(&["never", "withConsent", "internalOnly"][..]),
        default in proptest::sample::select(&["prefer", "require"][..]),
        action in proptest::sample::select(&["off", "warn", "justify", "block"][..]),
    ) {
        let providers = if listed { json!([provider()]) } else { json!([]) };
        let policy = policy(&document(&json!({
            "providers": providers,
            "crypto": { "allowPlaintext": plaintext, "default": default },
            "phi": { "subjectAction": action },
            "internalDomains": ["clinic.example"],
        })), Origin::Installed).unwrap();
        let broken = PolicyError::TooLarge;
        let effective = Effective::resolve(&Sources {
            installed: if closed { Err(&broken) } else { Ok(&policy) },
            last_verified: Some(&policy),
            named: None,
            was_managed: true,
            choices: &UserChoices::default(),
        });
        let recipients: Vec<Recipient> =
            keys.iter().map(|key| recipient("ann@clinic.example", *key)).collect();
        let account = account();
        let request = SendRequest {
            now: jiff::civil::date(year, 6, 1).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
            own_key,
            raised: if phi_in_subject { IN_SUBJECT } else { &[] },
            override_reason: reason.as_deref(),
            ..request(&account, &recipients)
        };
        let plan = decide(&effective, &request);
        prop_assert_eq!(plan.recipients.len(), recipients.len());
        for (way, key) in plan.recipients.iter().zip(&keys) {
            let expected =
                if *key == KeyState::Usable { Rung::OpenPgp } else { Rung::Blocked(*key) };
            prop_assert_eq!(way.rung, expected);
        }
        let in_force = (2026..=2027).contains(&year);
        let all_usable = !keys.is_empty() && keys.iter().all(|key| *key == KeyState::Usable);
        let may = listed && in_force && !closed && all_usable && own_key == KeyState::Usable;
        if plan.verdict == Verdict::Send {
            prop_assert!(may);
            prop_assert!(!(phi_in_subject && action == "block"));
        } else if may && !phi_in_subject {
            prop_assert!(false, "refused without a reason: {:?}", plan);
        }
        // Deciding again at the moment of sending decides the same.
        prop_assert_eq!(&decide(&effective, &request), &plan);
    }
}
