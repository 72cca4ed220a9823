//! The last step: a key of one's own, made here or brought along.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::keys::{GenerateKey, ImportKey, OwnKeyView};

use crate::controls::{ArmoredField, Form, FormError, Note, SecretField, Submit};
use crate::icons::Name;
use crate::{backend, words};

/// The step of the set-up.
#[component]
pub(super) fn KeyStep(on_done: Callback<()>) -> impl IntoView {
    let kept = RwSignal::new(None::<OwnKeyView>);
    let on_brought = Callback::new(move |key: OwnKeyView| {
        // A key that only opens old mail leaves the step where it is: one that signs is still to be made.
        if key.is_default {
            on_done.run(());
        } else {
            kept.set(Some(key));
        }
    });
    view! {
        <h1>{words::setup::KEY_TITLE}</h1>
        <p class="lead">{words::setup::KEY_TEXT}</p>
        <div role="status" data-testid="key-kept">
            {move || {
                kept.with(|kept| kept.as_ref().map(words::people::brought))
                    .map(|said| {
                        view! {
                            <Note tone="neutral" icon=Name::Key>
                                {said}
                                " "
                                {words::setup::KEY_STILL_NEEDED}
                            </Note>
                        }
                    })
            }}
        </div>
        <MakeKey testid="key-make" on_done />
        <details class="alternative">
            <summary data-testid="key-import-open">{words::setup::KEY_HAVE}</summary>
            <ImportForm on_done=on_brought />
        </details>
    }
}

/// The button that makes a key.
#[component]
pub(crate) fn MakeKey(testid: &'static str, on_done: Callback<()>) -> impl IntoView {
    let form = Form::here();
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(backend::call(GenerateKey {}), move |_| on_done.run(()));
    };
    view! {
        <form on:submit=make>
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid
                    busy=form.busy
                    label=words::setup::KEY_MAKE
                    busy_label=words::setup::KEY_MAKING
                />
            </div>
        </form>
    }
}

/// Takes a key that the owner has; says what became of it.
#[component]
pub(crate) fn ImportForm(on_done: Callback<OwnKeyView>) -> impl IntoView {
    let form = Form::here();
    let armored = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let secret = password.get_untracked();
        let request = ImportKey {
            armored: Secret::new(armored.get_untracked()),
            password: (!secret.is_empty()).then(|| Secret::new(secret)),
        };
        form.send(backend::call(request), move |key| {
            armored.set(String::new());
            password.set(String::new());
            on_done.run(key);
        });
    };
    view! {
        <form on:submit=import>
            <ArmoredField
                label=words::setup::KEY_ARMORED
                testid="key-import-armored"
                rows="6"
                value=armored
            />
            <SecretField
                label=words::setup::KEY_PASSWORD
                testid="key-import-password"
                value=password
            />
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="key-import-submit"
                    busy=form.busy
                    label=words::setup::KEY_IMPORT
                    busy_label=words::setup::KEY_IMPORTING
                    disabled=Signal::derive(move || armored.with(|text| text.trim().is_empty()))
                />
            </div>
        </form>
    }
}
