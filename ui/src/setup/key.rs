//! The last step: a key of one's own, made here or brought along.

use leptos::prelude::*;
use wardmail_api::keys::{GenerateKey, ImportKey};
use wardmail_api::{ApiError, Secret};

use crate::controls::{FormError, SecretField, Submit, value_of};
use crate::dialog::unique;
use crate::scope::Scope;
use crate::{backend, words};

/// The step of the set-up.
#[component]
pub(super) fn KeyStep(on_done: Callback<()>) -> impl IntoView {
    view! {
        <h1>{words::setup::KEY_TITLE}</h1>
        <p class="lead">{words::setup::KEY_TEXT}</p>
        <MakeKey testid="key-make" on_done />
        <details class="alternative">
            <summary data-testid="key-import-open">{words::setup::KEY_HAVE}</summary>
            <ImportForm on_done />
        </details>
    }
}

/// The button that makes a key.
#[component]
pub(crate) fn MakeKey(testid: &'static str, on_done: Callback<()>) -> impl IntoView {
    let scope = Scope::here();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        error.set(None);
        scope.spawn(async move {
            let answer = backend::call(GenerateKey {}).await;
            busy.set(false);
            match answer {
                Ok(_) => on_done.run(()),
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <form on:submit=make>
            <FormError error />
            <div class="form-end">
                <Submit
                    testid
                    busy
                    label=words::setup::KEY_MAKE
                    busy_label=words::setup::KEY_MAKING
                />
            </div>
        </form>
    }
}

/// Takes a key that the owner has.
#[component]
pub(crate) fn ImportForm(on_done: Callback<()>) -> impl IntoView {
    let scope = Scope::here();
    let armored = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let id = unique("armored");
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        error.set(None);
        scope.spawn(async move {
            let secret = password.get_untracked();
            let request = ImportKey {
                armored: Secret::new(armored.get_untracked()),
                password: (!secret.is_empty()).then(|| Secret::new(secret)),
            };
            let answer = backend::call(request).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    armored.set(String::new());
                    password.set(String::new());
                    on_done.run(());
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <form on:submit=import>
            <div class="field">
                <label for=id.clone()>{words::setup::KEY_ARMORED}</label>
                <textarea
                    id=id
                    class="mono"
                    rows="6"
                    spellcheck="false"
                    data-testid="key-import-armored"
                    prop:value=move || armored.get()
                    on:input=move |event| armored.set(value_of(&event))
                ></textarea>
            </div>
            <SecretField
                label=words::setup::KEY_PASSWORD
                testid="key-import-password"
                value=password
            />
            <FormError error />
            <div class="form-end">
                <Submit
                    testid="key-import-submit"
                    busy
                    label=words::setup::KEY_IMPORT
                    busy_label=words::setup::KEY_IMPORTING
                    disabled=Signal::derive(move || armored.with(|text| text.trim().is_empty()))
                />
            </div>
        </form>
    }
}
