//! Opening with the recovery code, which sets a new passphrase.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::Recover;

use crate::app::app;
use crate::controls::{Button, Field, Form, FormError, Look, Submit};
use crate::passphrase::{NewPassphrase, NewPassphraseFields};
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

#[component]
pub(super) fn RecoverForm(on_back: Callback<()>) -> impl IntoView {
    let (form, app) = (Form::here(), app());
    let code = RwSignal::new(String::new());
    let (key_lost, typed_pin) = (RwSignal::new(false), RwSignal::new(String::new()));
    let has_key =
        Memo::new(move |_| app.status().is_some_and(|status| status.security_key.present));
    let new = NewPassphrase::new();
    let stuck = Signal::derive(move || code.with(|code| code.trim().is_empty()) || !new.is_ready());
    let recover = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if stuck.get_untracked() {
            return;
        }
        app.remember_lock();
        let code = Secret::new(code.get_untracked());
        let request = Recover {
            code,
            passphrase: new.secret(),
            without_security_key: key_lost.get_untracked(),
            pin: pin(typed_pin),
        };
        form.send(backend::call(request), move |status| app.entered(status));
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
            <NewPassphraseFields
                new
                testid="recover-passphrase"
                testid_again="recover-passphrase-again"
                label=words::unlock::NEW_PASSPHRASE
                label_again=words::unlock::NEW_PASSPHRASE_AGAIN
            />
            {move || {
                has_key
                    .get()
                    .then(|| {
                        view! {
                            <label class="check">
                                <input
                                    type="checkbox"
                                    data-testid="recover-key-lost"
                                    prop:checked=move || key_lost.get()
                                    on:change=move |_| key_lost.update(|lost| *lost = !*lost)
                                />
                                <span>{words::unlock::KEY_LOST}</span>
                            </label>
                        }
                    })
            }}
            {move || {
                (!key_lost.get())
                    .then(|| {
                        view! {
                            <PinField value=typed_pin testid="recover-pin" />
                            <TouchNote busy=form.busy />
                        }
                    })
            }}
            <FormError error=form.error />
            <Submit
                testid="recover-submit"
                busy=form.busy
                label=words::unlock::RECOVER
                busy_label=words::unlock::UNLOCKING
                disabled=stuck
            />
            <Button
                testid="unlock-use-passphrase"
                label=words::unlock::USE_PASSPHRASE
                look=Look::Link
                on_press=on_back
            />
        </form>
    }
}
