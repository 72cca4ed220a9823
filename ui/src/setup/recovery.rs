//! The second step: the recovery code, shown once and typed back.

use leptos::prelude::*;
use wardmail_api::session::{CancelProfile, ConfirmRecovery};
use wardmail_api::{ApiError, Secret};

use crate::app::app;
use crate::backend;
use crate::controls::{Field, FormError, Submit};
use crate::scope::Scope;
use crate::words;

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
                <button
                    type="button"
                    class="button primary"
                    data-testid="setup-recovery-written"
                    on:click=move |_| on_written.run(())
                >
                    {words::setup::CODE_WRITTEN}
                </button>
            </div>
        </div>
    }
}

/// Takes the code back from the paper.
#[component]
pub(super) fn ConfirmCode(on_show: Callback<()>, on_cancel: Callback<()>) -> impl IntoView {
    let (scope, app) = (Scope::here(), app());
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        busy.set(true);
        error.set(None);
        scope.spawn(async move {
            let code = Secret::new(typed.get_untracked());
            let answer = backend::call(ConfirmRecovery { code }).await;
            busy.set(false);
            match answer {
                Ok(status) => app.entered(status),
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    let start_over = move |_| {
        scope.spawn(async move {
            match backend::call(CancelProfile {}).await {
                Ok(()) => on_cancel.run(()),
                Err(failed) => error.set(Some(failed)),
            }
        });
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
            <FormError error />
            <div class="form-end">
                <button
                    type="button"
                    class="button quiet"
                    data-testid="setup-cancel"
                    on:click=start_over
                >
                    {words::setup::START_OVER}
                </button>
                <span class="space"></span>
                <button
                    type="button"
                    class="button"
                    data-testid="setup-recovery-show-again"
                    on:click=move |_| on_show.run(())
                >
                    {words::setup::CODE_SHOW_AGAIN}
                </button>
                <Submit
                    testid="setup-recovery-confirm"
                    busy
                    label=words::setup::CODE_CONFIRM
                    busy_label=words::setup::CODE_CONFIRMING
                    disabled=Signal::derive(move || typed.with(|typed| typed.trim().is_empty()))
                />
            </div>
        </form>
    }
}
