//! Opening with the recovery code, which sets a new passphrase.

use leptos::prelude::*;
use wardmail_api::session::Recover;
use wardmail_api::{ApiError, Secret};

use crate::app::app;
use crate::controls::{Field, FormError, SecretField, Submit};
use crate::scope::Scope;
use crate::{backend, words};

#[component]
pub(super) fn RecoverForm(on_back: Callback<()>) -> impl IntoView {
    let (scope, app) = (Scope::here(), app());
    let code = RwSignal::new(String::new());
    let passphrase = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let differ = Memo::new(move |_| passphrase.with(|one| again.with(|two| one != two)));
    let stuck = Signal::derive(move || {
        differ.get()
            || passphrase.with(String::is_empty)
            || code.with(|code| code.trim().is_empty())
    });
    let recover = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || stuck.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        app.remember_lock();
        scope.spawn(async move {
            let request = Recover {
                code: Secret::new(code.get_untracked()),
                passphrase: Secret::new(passphrase.get_untracked()),
            };
            let answer = backend::call(request).await;
            busy.set(false);
            match answer {
                Ok(status) => app.entered(status),
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <form on:submit=recover>
            <h1>{words::unlock::RECOVER_TITLE}</h1>
            <p class="lead">{words::unlock::RECOVER_TEXT}</p>
            <Field
                label=words::setup::CODE
                testid="recover-code"
                value=code
                autofocus=true
                mono=true
            />
            <SecretField
                label=words::unlock::NEW_PASSPHRASE
                testid="recover-passphrase"
                value=passphrase
                hint=words::setup::PASSPHRASE_HINT
                autocomplete="new-password"
            />
            <SecretField
                label=words::unlock::NEW_PASSPHRASE_AGAIN
                testid="recover-passphrase-again"
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
            <Submit
                testid="recover-submit"
                busy
                label=words::unlock::RECOVER
                busy_label=words::unlock::UNLOCKING
                disabled=stuck
            />
            <button
                type="button"
                class="link"
                data-testid="unlock-use-passphrase"
                on:click=move |_| on_back.run(())
            >
                {words::unlock::USE_PASSPHRASE}
            </button>
        </form>
    }
}
