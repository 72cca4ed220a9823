//! The first step: the passphrase, and what to do where the keyring is in trouble.

use leptos::prelude::*;
use wardmail_api::session::BeginProfile;
use wardmail_api::{ApiError, ErrorCode, Secret};

use crate::app::app;
use crate::backend;
use crate::controls::{FormError, Note, SecretField, Submit};
use crate::icons::Name;
use crate::scope::Scope;
use crate::words;

#[component]
pub(super) fn PassphraseStep(on_code: Callback<Secret>) -> impl IntoView {
    let (scope, app) = (Scope::here(), app());
    let passphrase = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let passphrase_only = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let trouble = Memo::new(move |_| app.status().and_then(|status| status.keyring_trouble));
    let differ = Memo::new(move |_| passphrase.with(|one| again.with(|two| one != two)));
    let stuck = Signal::derive(move || {
        differ.get()
            || passphrase.with(String::is_empty)
            || (trouble.get().is_some() && !passphrase_only.get())
    });
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || stuck.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        scope.spawn(async move {
            let request = BeginProfile {
                passphrase: Secret::new(passphrase.get_untracked()),
                passphrase_only: passphrase_only.get_untracked(),
            };
            let answer = backend::call(request).await;
            busy.set(false);
            match answer {
                Ok(view) => {
                    passphrase.set(String::new());
                    again.set(String::new());
                    on_code.run(view.code);
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <form on:submit=begin>
            <h1>{words::setup::WELCOME}</h1>
            <p class="lead">{words::setup::WELCOME_TEXT}</p>
            {move || {
                trouble.get().map(|code| view! { <KeyringTrouble code passphrase_only /> })
            }}
            <SecretField
                label=words::setup::PASSPHRASE
                testid="setup-passphrase"
                value=passphrase
                hint=words::setup::PASSPHRASE_HINT
                autocomplete="new-password"
                autofocus=true
            />
            <SecretField
                label=words::setup::PASSPHRASE_AGAIN
                testid="setup-passphrase-again"
                value=again
                autocomplete="new-password"
            />
            <p class="hint" role="status">
                {move || {
                    (differ.get() && !again.with(String::is_empty))
                        .then_some(words::setup::PASSPHRASES_DIFFER)
                }}
            </p>
            <FormError error />
            <Note tone="neutral" icon=Name::Key>{words::setup::NOBODY_CAN_RESET}</Note>
            <div class="form-end">
                <Submit
                    testid="setup-begin"
                    busy
                    label=words::setup::BEGIN
                    busy_label=words::setup::BEGINNING
                    disabled=stuck
                />
            </div>
        </form>
    }
}

/// Says what is wrong with the keyring, and offers what policy leaves.
#[component]
fn KeyringTrouble(code: ErrorCode, passphrase_only: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let allowed = app.status().is_some_and(|status| status.passphrase_only_allowed);
    view! {
        <div data-testid="setup-keyring-trouble" data-code=code.slug()>
            <Note tone="warn" icon=Name::Alert>
                <b>{code.what()}</b>
                <span>{code.next()}</span>
                <button
                    type="button"
                    class="button"
                    data-testid="setup-keyring-retry"
                    on:click=move |_| app.refresh()
                >
                    {words::TRY_AGAIN}
                </button>
            </Note>
            {allowed
                .then(|| {
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                data-testid="setup-passphrase-only"
                                prop:checked=move || passphrase_only.get()
                                on:change=move |_| passphrase_only.update(|only| *only = !*only)
                            />
                            <span>
                                {words::setup::PASSPHRASE_ONLY}
                                <small>{words::setup::PASSPHRASE_ONLY_HINT}</small>
                            </span>
                        </label>
                    }
                })}
        </div>
    }
}
