//! A new passphrase, typed twice: at set-up, after the recovery code, and when it is changed.

use leptos::prelude::*;
use wardmail_api::Secret;

use crate::controls::SecretField;
use crate::words;

/// What is typed.
#[derive(Clone, Copy)]
pub(crate) struct NewPassphrase {
    one: RwSignal<String>,
    two: RwSignal<String>,
}

impl NewPassphrase {
    pub(crate) fn new() -> Self {
        Self { one: RwSignal::new(String::new()), two: RwSignal::new(String::new()) }
    }

    /// Whether it can be taken: there is one, and twice the same.
    pub(crate) fn is_ready(self) -> bool {
        !self.one.with(String::is_empty) && !self.differs()
    }

    pub(crate) fn secret(self) -> Secret {
        Secret::new(self.one.get_untracked())
    }

    pub(crate) fn clear(self) {
        self.one.set(String::new());
        self.two.set(String::new());
    }

    fn differs(self) -> bool {
        self.one.with(|one| self.two.with(|two| one != two))
    }
}

/// The two fields; the second one's test id ends in `-again`.
#[component]
pub(crate) fn NewPassphraseFields(
    new: NewPassphrase,
    testid: &'static str,
    testid_again: &'static str,
    label: &'static str,
    label_again: &'static str,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let differ = Memo::new(move |_| new.differs() && !new.two.with(String::is_empty));
    view! {
        <SecretField
            label
            testid
            value=new.one
            hint=words::setup::PASSPHRASE_HINT
            autocomplete="new-password"
            autofocus
        />
        <SecretField label=label_again testid=testid_again value=new.two autocomplete="new-password" />
        <p class="hint" role="status">
            {move || differ.get().then_some(words::setup::PASSPHRASES_DIFFER)}
        </p>
    }
}
