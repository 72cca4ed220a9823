//! The second step: the recovery code, shown once and typed back.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::{CancelProfile, ConfirmRecovery};

use crate::app::app;
use crate::controls::{Button, Field, Form, FormError, Look, Submit};
use crate::{backend, words};

/// Shows the code in its groups.
#[component]
pub(super) fn ShowCode(code: Secret, on_written: Callback<()>) -> impl IntoView {
    let groups: Vec<_> = code
        .expose()
        .split([' ', '-'])
        .filter(|group| !group.is_empty())
        .map(|group| view! { <span class="code-group">{group.to_owned()}</span> " " })
        .collect();
    let advice = words::setup::CODE_ADVICE.map(|line| view! { <li>{line}</li> });
    view! {
        <div>
            <h1>{words::setup::CODE_TITLE}</h1>
            <p class="lead">{words::setup::CODE_TEXT}</p>
            <p class="code" data-testid="setup-recovery-code" aria-label=words::setup::CODE_LABEL>
                {groups}
            </p>
            <ul class="advice-list">{advice.collect_view()}</ul>
            <div class="form-end">
                <Button
                    testid="setup-recovery-written"
                    label=words::setup::CODE_WRITTEN
                    look=Look::Primary
                    on_press=on_written
                />
            </div>
        </div>
    }
}

/// Takes the code back from the paper.
#[component]
pub(super) fn ConfirmCode(on_show: Callback<()>, on_cancel: Callback<()>) -> impl IntoView {
    let (form, app) = (Form::here(), app());
    let typed = RwSignal::new(String::new());
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let code = Secret::new(typed.get_untracked());
        form.send(backend::call(ConfirmRecovery { code }), move |status| app.entered(status));
    };
    let start_over = move |()| {
        form.send(backend::call(CancelProfile {}), move |()| on_cancel.run(()));
    };
    view! {
        <form on:submit=confirm>
            <h1>{words::setup::CODE_CONFIRM_TITLE}</h1>
            <p class="lead">{words::setup::CODE_CONFIRM_TEXT}</p>
            <Field
                label=words::setup::CODE
                testid="setup-recovery-input"
                value=typed
                autofocus=true
                mono=true
            />
            <FormError error=form.error />
            <div class="form-end">
                <Button
                    testid="setup-cancel"
                    label=words::setup::START_OVER
                    look=Look::Quiet
                    on_press=start_over
                />
                <span class="space"></span>
                <Button
                    testid="setup-recovery-show-again"
                    label=words::setup::CODE_SHOW_AGAIN
                    on_press=on_show
                />
                <Submit
                    testid="setup-recovery-confirm"
                    busy=form.busy
                    label=words::setup::CODE_CONFIRM
                    busy_label=words::setup::CODE_CONFIRMING
                    disabled=Signal::derive(move || typed.with(|typed| typed.trim().is_empty()))
                />
            </div>
        </form>
    }
}
