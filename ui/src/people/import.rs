//! Takes in certificates of others, pasted as text.

use leptos::prelude::*;
use wardmail_api::keys::ImportCertificates;

use super::People;
use crate::app::app;
use crate::controls::{ArmoredField, Form, FormError, Submit};
use crate::dialog::Dialog;
use crate::{backend, words};

#[component]
pub(super) fn ImportDialog(people: People, open: RwSignal<bool>) -> impl IntoView {
    let toasts = app().toasts;
    let form = Form::within(people.scope);
    let armored = RwSignal::new(String::new());
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = ImportCertificates { armored: armored.get_untracked() };
        form.send(backend::call(request), move |taken| {
            toasts.done(words::people::imported(taken.len()));
            people.changed();
            open.set(false);
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
                <ArmoredField
                    label=words::people::IMPORT_TEXT
                    testid="certificate-import-text"
                    rows="10"
                    value=armored
                />
                <FormError error=form.error />
                <div class="form-end">
                    <Submit
                        testid="certificate-import-submit"
                        busy=form.busy
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
