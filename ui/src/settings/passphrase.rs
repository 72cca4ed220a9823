//! Another passphrase.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::ChangePassphrase;

use crate::controls::{Form, FormError, SecretField, Submit};
use crate::mailbox::mail;
use crate::page::Panel;
use crate::passphrase::{NewPassphrase, NewPassphraseFields};
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

#[component]
pub(super) fn PassphrasePanel() -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let current = RwSignal::new(String::new());
    let typed_pin = RwSignal::new(String::new());
    let new = NewPassphrase::new();
    let stuck = Signal::derive(move || current.with(String::is_empty) || !new.is_ready());
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let current_secret = Secret::new(current.get_untracked());
        let request =
            ChangePassphrase { current: current_secret, new: new.secret(), pin: pin(typed_pin) };
        form.send(backend::call(request), move |()| {
            current.set(String::new());
            new.clear();
            mail.app.toasts.done(words::pages::PASSPHRASE_CHANGED);
        });
    };
    view! {
        <Panel title=words::pages::PASSPHRASE>
            <form class="narrow-form" on:submit=change>
                <SecretField
                    label=words::pages::PASSPHRASE_CURRENT
                    testid="passphrase-current"
                    value=current
                    autocomplete="current-password"
                />
                <NewPassphraseFields
                    new
                    testid="passphrase-new"
                    testid_again="passphrase-new-again"
                    label=words::unlock::NEW_PASSPHRASE
                    label_again=words::unlock::NEW_PASSPHRASE_AGAIN
                />
                <PinField value=typed_pin testid="passphrase-pin" />
                <TouchNote busy=form.busy />
                <FormError error=form.error />
                <div class="form-end">
                    <Submit
                        testid="passphrase-change"
                        busy=form.busy
                        label=words::pages::PASSPHRASE_CHANGE
                        busy_label=words::pages::PASSPHRASE_CHANGING
                        disabled=stuck
                    />
                </div>
            </form>
        </Panel>
    }
}
