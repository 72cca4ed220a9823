//! Judges how values are made one: nothing ever loosens, whatever is combined with what.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::value::{AllowPlaintext, PhiAction, Within, agreed, least, most};

fn stated<T>(value: T, locked: bool) -> Stated<T> {
    Stated { value, locked, reason: Some("because".to_owned()) }
}

type Seconds = Within<30, 3600>;

fn idle() -> Rule<Seconds> {
    Rule { default: Seconds::nearest(600), chooser: Chooser::Person, stricter: least }
}

fn action() -> Rule<PhiAction> {
    Rule { default: PhiAction::Justify, chooser: Chooser::Person, stricter: most }
}

#[test]
fn each_layer_overrides_the_one_below() {
    let rule = idle();
    let seconds = Seconds::nearest;
    let by = |base: Option<Stated<Seconds>>, chosen: Option<u32>| {
        let resolved = rule.resolve(base.as_ref(), None, chosen.map(seconds).as_ref());
        (resolved.value.get(), resolved.set_by, resolved.locked)
    };
    assert_eq!(by(None, None), (600, SetBy::Default, false));
    assert_eq!(by(None, Some(900)), (900, SetBy::Person, false));
    assert_eq!(by(Some(stated(seconds(300), false)), None), (300, SetBy::Recommended, false));
    assert_eq!(by(Some(stated(seconds(300), false)), Some(900)), (900, SetBy::Person, false));
    assert_eq!(by(Some(stated(seconds(900), true)), None), (900, SetBy::Policy, true));
    assert_eq!(by(Some(stated(seconds(300), true)), Some(900)), (300, SetBy::Policy, true));
    assert_eq!(by(Some(stated(seconds(300), true)), Some(60)), (60, SetBy::Person, true));
    assert_eq!(by(Some(stated(seconds(300), true)), Some(300)), (300, SetBy::Policy, true));
}

#[test]
fn a_bound_is_always_explained() {
    let rule = idle();
    let bound = stated(Seconds::nearest(300), true);
    for chosen in [None, Some(60), Some(900)] {
        let resolved = rule.resolve(Some(&bound), None, chosen.map(Seconds::nearest).as_ref());
        assert_eq!(resolved.reason.as_deref(), Some("because"), "{chosen:?}");
    }
}

#[test]
fn a_persons_choice_does_not_count_where_policy_alone_decides() {
    let rule = Rule { default: true, chooser: Chooser::Policy, stricter: most };
    assert!(rule.resolve(None, None, Some(&false)).value);
}

#[test]
fn choices_are_checked_and_survive_storage() {
    let mut choices = UserChoices::default();
    assert_eq!(choices.set("lock.idleSeconds", Some(json!(120))), Ok(()));
    assert_eq!(choices.set("lock.idleSeconds", Some(json!(5))), Err(ChoiceError::BadValue));
    assert_eq!(choices.set("lock.idleSeconds", Some(json!("x"))), Err(ChoiceError::BadValue));
    assert_eq!(choices.set("tls.min", Some(json!("1.3"))), Err(ChoiceError::PolicyOnly));
    assert_eq!(choices.set("lock.nothing", None), Err(ChoiceError::UnknownKey));
    let stored = serde_json::to_string(&choices).unwrap();
    assert_eq!(stored, r#"{"lock.idleSeconds":120}"#);
    assert_eq!(serde_json::from_str::<UserChoices>(&stored).unwrap(), choices);
    assert_eq!(choices.set("lock.idleSeconds", None), Ok(()));
    assert_eq!(choices, UserChoices::default());
}

#[test]
fn every_setting_is_shown_once_and_in_words() {
    let settings = Settings::resolve(None, None, &UserChoices::default());
    let rows = settings.rows();
    let mut keys: Vec<_> = rows.iter().map(|row| row.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), rows.len());
    let shown = |key| rows.iter().find(|row| row.key == key).map(|row| row.value.as_str());
    assert_eq!(shown("tls.min"), Some("1.2"));
    assert_eq!(shown("lock.onSuspend"), Some("true"));
    assert_eq!(shown("internalDomains"), Some(""));
}

fn any_action() -> impl Strategy<Value = PhiAction> {
    prop_oneof![
        Just(PhiAction::Off),
        Just(PhiAction::Warn),
        Just(PhiAction::Justify),
        Just(PhiAction::Block),
    ]
}

fn any_plaintext() -> impl Strategy<Value = AllowPlaintext> {
    prop_oneof![
        Just(AllowPlaintext::WithConsent),
        Just(AllowPlaintext::InternalOnly),
        Just(AllowPlaintext::Never),
    ]
}

proptest! {
    /// What is in force is at least as strict as every bound, and as the person's choice wherever one is bounded.
    #[test]
    fn combining_never_loosens(
        base in proptest::option::of((any_action(), any::<bool>())),
        named in proptest::option::of((any_action(), any::<bool>())),
        chosen in proptest::option::of(any_action()),
    ) {
        let base = base.map(|(value, locked)| stated(value, locked));
        let named = named.map(|(value, locked)| stated(value, locked));
        let rule = action();
        let resolved = rule.resolve(base.as_ref(), named.as_ref(), chosen.as_ref());
        if let Some(base) = base.as_ref().filter(|base| base.locked) {
            prop_assert!(resolved.value >= base.value && resolved.locked);
        }
        if let Some(chosen) = chosen {
            prop_assert!(resolved.value >= chosen);
        }
        if let Some(named) = &named {
            let without = rule.resolve(base.as_ref(), None, chosen.as_ref());
            prop_assert!(resolved.value >= without.value && resolved.value >= named.value);
        }
    }

    /// Every order is a semilattice: which policy came first doesn't matter, and saying it twice neither.
    #[test]
    fn the_stricter_of_two_is_commutative_associative_and_idempotent(
        (a, b, c) in (any_plaintext(), any_plaintext(), any_plaintext()),
        (x, y, z) in (any::<u32>(), any::<u32>(), any::<u32>()),
    ) {
        prop_assert_eq!(agreed(a, b), agreed(b, a));
        prop_assert_eq!(agreed(a, agreed(b, c)), agreed(agreed(a, b), c));
        prop_assert_eq!(agreed(a, a), a);
        prop_assert_eq!(least(x, least(y, z)), least(least(x, y), z));
        prop_assert_eq!(most(x, y), most(y, x));
    }

    /// A policy named by hand twice is the policy named once.
    #[test]
    fn bounding_twice_is_bounding_once(base in any_action(), named in any_action()) {
        let rule = action();
        let named = stated(named, true);
        let once = rule.resolve(Some(&stated(base, true)), Some(&named), None);
        let again = rule.resolve(
            Some(&stated(once.value, true)), Some(&named), None,
        );
        prop_assert_eq!(once.value, again.value);
    }
}
