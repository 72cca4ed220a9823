//! The first step: the passphrase, and what to do where the keyring is in trouble.

use leptos::prelude::*;
use wardmail_api::session::BeginProfile;
use wardmail_api::{ErrorCode, Secret};

use crate::app::app;
use crate::controls::{Button, Form, FormError, Look, Note, Submit};
use crate::icons::Name;
use crate::passphrase::{NewPassphrase, NewPassphraseFields};
use crate::{backend, words};

#[component]
pub(super) fn PassphraseStep(on_code: Callback<Secret>, on_restore: Callback<()>) -> impl IntoView {
    let (form, app) = (Form::here(), app());
    let new = NewPassphrase::new();
    let passphrase_only = RwSignal::new(false);
    let trouble = Memo::new(move |_| app.status().and_then(|status| status.keyring_trouble));
    let stuck = Signal::derive(move || {
        !new.is_ready() || (trouble.get().is_some() && !passphrase_only.get())
    });
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if stuck.get_untracked() {
            return;
        }
        let passphrase_only = passphrase_only.get_untracked();
        let request = BeginProfile { passphrase: new.secret(), passphrase_only };
        form.send(backend::call(request), move |view| {
            new.clear();
            on_code.run(view.code);
        });
    };
    view! {
        <form on:submit=begin>
            <h1>{words::setup::WELCOME}</h1>
            <p class="lead">{words::setup::WELCOME_TEXT}</p>
            {move || {
                trouble.get().map(|code| view! { <KeyringTrouble code passphrase_only /> })
            }}
            <NewPassphraseFields
                new
                testid="setup-passphrase"
                testid_again="setup-passphrase-again"
                label=words::setup::PASSPHRASE
                label_again=words::setup::PASSPHRASE_AGAIN
                autofocus=true
            />
            <FormError error=form.error />
            <Note tone="neutral" icon=Name::Key>{words::setup::NOBODY_CAN_RESET}</Note>
            <div class="form-end">
                <Submit
                    testid="setup-begin"
                    busy=form.busy
                    label=words::setup::BEGIN
                    busy_label=words::setup::BEGINNING
                    disabled=stuck
                />
            </div>
            <Button
                testid="setup-restore"
                label=words::keeping::RESTORE_OPEN
                look=Look::Link
                on_press=on_restore
            />
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
                <Button
                    testid="setup-keyring-retry"
                    label=words::TRY_AGAIN
                    on_press=move |()| app.refresh()
                />
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
