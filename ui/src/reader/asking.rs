//! The passphrase once more, where policy wants it before a file is saved.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::Reauthenticate;

use crate::controls::{Form, FormError, SecretField, Submit};
use crate::dialog::Dialog;
use crate::{backend, words};

/// Asks for the passphrase; `on_known` goes on with what needed it.
#[component]
pub(super) fn AskAgain(on_known: Callback<()>, on_close: Callback<()>) -> impl IntoView {
    let form = Form::here();
    let passphrase = RwSignal::new(String::new());
    let stuck = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let again = Reauthenticate { passphrase: Secret::new(passphrase.get_untracked()) };
        passphrase.set(String::new());
        form.send(backend::call(again), move |()| on_known.run(()));
    };
    view! {
        <Dialog title=words::reader::ASK_AGAIN testid="ask-again" on_close>
            <form on:submit=go>
                <p>{words::reader::ASK_AGAIN_WHY}</p>
                <SecretField
                    label=words::pages::PASSPHRASE_CURRENT
                    testid="ask-again-passphrase"
                    value=passphrase
                    autocomplete="current-password"
                    autofocus=true
                />
                <FormError error=form.error />
                <div class="form-end">
                    <Submit
                        testid="ask-again-submit"
                        busy=form.busy
                        label=words::reader::ASK_AGAIN_GO
                        busy_label=words::pages::ONE_TIME_BUSY
                        disabled=stuck
                    />
                </div>
            </form>
        </Dialog>
    }
}
