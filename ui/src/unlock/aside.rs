//! A mailbox that is damaged: its files are kept aside, so that a backup or a new mailbox can take its place.

use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::session::SetAside;

use crate::app::app;
use crate::controls::{Button, Form, FormError, Note};
use crate::icons::Name;
use crate::{backend, words};

/// Offers it where the error is one of damage, and asks once more before it is done.
#[component]
pub(crate) fn SetAsideOffer(#[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let asked = RwSignal::new(false);
    move || {
        let damaged = error.get().is_some_and(|error| error.code.may_be_set_aside());
        damaged.then(|| {
            if asked.get() {
                view! { <Confirm asked /> }.into_any()
            } else {
                view! {
                    <Button
                        testid="set-aside"
                        label=words::unlock::SET_ASIDE
                        on_press=move |()| asked.set(true)
                    />
                }
                .into_any()
            }
        })
    }
}

#[component]
fn Confirm(asked: RwSignal<bool>) -> impl IntoView {
    let (app, form) = (app(), Form::here());
    let go = move |()| form.send(backend::call(SetAside {}), move |status| app.entered(status));
    view! {
        <div data-testid="set-aside-question">
            <Note tone="warn" icon=Name::Alert>
                <b>{words::unlock::SET_ASIDE_QUESTION}</b>
                <span>{words::unlock::SET_ASIDE_WHAT}</span>
            </Note>
            <FormError error=form.error />
            <div class="form-end">
                <Button
                    testid="set-aside-not"
                    label=words::unlock::SET_ASIDE_NOT
                    on_press=move |()| asked.set(false)
                />
                <Button
                    testid="set-aside-go"
                    label=words::unlock::SET_ASIDE_GO
                    disabled=form.busy
                    on_press=go
                />
            </div>
        </div>
    }
}
