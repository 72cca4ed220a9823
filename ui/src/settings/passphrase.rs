//! Another passphrase.

use leptos::prelude::*;
use wardmail_api::session::ChangePassphrase;
use wardmail_api::{ApiError, Secret};

use crate::controls::{FormError, SecretField, Submit};
use crate::mailbox::mail;
use crate::scope::Scope;
use crate::{backend, words};

#[component]
pub(super) fn PassphrasePanel() -> impl IntoView {
    let (scope, mail) = (Scope::here(), mail());
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let stuck = Signal::derive(move || {
        current.with(String::is_empty)
            || new.with(String::is_empty)
            || new.with(|one| again.with(|two| one != two))
    });
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        error.set(None);
        scope.spawn(async move {
            let request = ChangePassphrase {
                current: Secret::new(current.get_untracked()),
                new: Secret::new(new.get_untracked()),
            };
            let answer = backend::call(request).await;
            busy.set(false);
            match answer {
                Ok(()) => {
                    for field in [current, new, again] {
                        field.set(String::new());
                    }
                    mail.app.toasts.done(words::pages::PASSPHRASE_CHANGED);
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <section class="panel">
            <header class="panel-head">
                <h2>{words::pages::PASSPHRASE}</h2>
            </header>
            <form class="narrow-form" on:submit=change>
                <SecretField
                    label=words::pages::PASSPHRASE_CURRENT
                    testid="passphrase-current"
                    value=current
                    autocomplete="current-password"
                />
                <SecretField
                    label=words::unlock::NEW_PASSPHRASE
                    testid="passphrase-new"
                    value=new
                    hint=words::setup::PASSPHRASE_HINT
                    autocomplete="new-password"
                />
                <SecretField
                    label=words::unlock::NEW_PASSPHRASE_AGAIN
                    testid="passphrase-new-again"
                    value=again
                    autocomplete="new-password"
                />
                <FormError error />
                <div class="form-end">
                    <Submit
                        testid="passphrase-change"
                        busy
                        label=words::pages::PASSPHRASE_CHANGE
                        busy_label=words::pages::PASSPHRASE_CHANGING
                        disabled=stuck
                    />
                </div>
            </form>
        </section>
    }
}
