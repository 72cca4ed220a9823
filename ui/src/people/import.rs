//! Takes in certificates of others, pasted as text.

use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::keys::ImportCertificates;

use super::People;
use crate::app::app;
use crate::controls::{FormError, Submit, value_of};
use crate::dialog::{Dialog, unique};
use crate::{backend, words};

#[component]
pub(super) fn ImportDialog(people: People, open: RwSignal<bool>) -> impl IntoView {
    let toasts = app().toasts;
    let armored = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let id = unique("armored");
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        error.set(None);
        people.scope.spawn(async move {
            let request = ImportCertificates { armored: armored.get_untracked() };
            let answer = backend::call(request).await;
            busy.set(false);
            match answer {
                Ok(taken) => {
                    toasts.done(words::people::imported(taken.len()));
                    people.changed();
                    open.set(false);
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    view! {
        <Dialog
            title=words::people::IMPORT_TITLE
            testid="certificate-import-dialog"
            wide=true
            on_close=Callback::new(move |()| open.set(false))
        >
            <form on:submit=import>
                <div class="field">
                    <label for=id.clone()>{words::people::IMPORT_TEXT}</label>
                    <textarea
                        id=id
                        class="mono armored"
                        rows="10"
                        spellcheck="false"
                        data-testid="certificate-import-text"
                        prop:value=move || armored.get()
                        on:input=move |event| armored.set(value_of(&event))
                    ></textarea>
                </div>
                <FormError error />
                <div class="form-end">
                    <Submit
                        testid="certificate-import-submit"
                        busy
                        label=words::people::IMPORT_SUBMIT
                        busy_label=words::setup::KEY_IMPORTING
                        disabled=Signal::derive(move || {
                            armored.with(|text| text.trim().is_empty())
                        })
                    />
                </div>
            </form>
        </Dialog>
    }
}
