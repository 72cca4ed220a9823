//! Provider and agreement, recorded by the owner where no policy names them.

use leptos::prelude::*;
use wardmail_api::account::{AttestProvider, ListAccounts};

use crate::controls::{Field, Form, FormError, Note, Submit};
use crate::icons::Name;
use crate::scope::Scope;
use crate::{backend, words};

/// The step of the set-up.
#[component]
pub(super) fn ProviderStep(on_done: Callback<()>) -> impl IntoView {
    view! {
        <h1>{words::setup::PROVIDER_TITLE}</h1>
        <p class="lead">{words::setup::PROVIDER_TEXT}</p>
        <Note tone="neutral" icon=Name::Shield>{words::setup::PROVIDER_MEANS}</Note>
        <ProviderForm on_done label=words::setup::PROVIDER_SUBMIT />
    }
}

/// The form alone, for the settings too. The servers are those of the account.
#[component]
pub(crate) fn ProviderForm(on_done: Callback<()>, label: &'static str) -> impl IntoView {
    let form = Form::here();
    let provider = RwSignal::new(String::new());
    let imap_host = RwSignal::new(String::new());
    let smtp_host = RwSignal::new(String::new());
    let signed = RwSignal::new(String::new());
    let expires = RwSignal::new(String::new());
    let confirmed = RwSignal::new(false);
    Scope::here().spawn(async move {
        // Where it fails, the servers are typed.
        if let Ok(accounts) = backend::call(ListAccounts {}).await
            && let Some(account) = accounts.into_iter().next()
        {
            imap_host.set(account.imap_host);
            smtp_host.set(account.smtp_host);
        }
    });
    let request = move || {
        let request = AttestProvider {
            provider: provider.get().trim().to_owned(),
            imap_host: imap_host.get().trim().to_owned(),
            smtp_host: smtp_host.get().trim().to_owned(),
            signed: signed.get(),
            expires: Some(expires.get()).filter(|day| !day.is_empty()),
        };
        let complete = [&request.provider, &request.imap_host, &request.smtp_host, &request.signed]
            .into_iter()
            .all(|text| !text.is_empty());
        let in_order = request.expires.as_ref().is_none_or(|end| *end > request.signed);
        (complete && in_order && confirmed.get()).then_some(request)
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(request) = untrack(request) else { return };
        form.send(backend::call(request), move |()| on_done.run(()));
    };
    let incomplete = Signal::derive(move || request().is_none());
    view! {
        <form on:submit=submit>
            <Field label=words::setup::PROVIDER_NAME testid="provider-name" value=provider autofocus=true />
            <div class="two-fields">
                <Field label=words::setup::IMAP_HOST testid="provider-imap-host" value=imap_host />
                <Field label=words::setup::SMTP_HOST testid="provider-smtp-host" value=smtp_host />
            </div>
            <div class="two-fields">
                <Field label=words::setup::PROVIDER_SIGNED testid="provider-signed" kind="date" value=signed />
                <Field label=words::setup::PROVIDER_EXPIRES testid="provider-expires" kind="date" value=expires />
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="provider-confirm"
                    prop:checked=move || confirmed.get()
                    on:change=move |_| confirmed.update(|yes| *yes = !*yes)
                />
                <span>
                    {words::setup::PROVIDER_CONFIRM} <small>{words::setup::PROVIDER_CONFIRM_NOTE}</small>
                </span>
            </label>
            <FormError error=form.error />
            <p class="hint">{move || incomplete.get().then_some(words::setup::PROVIDER_FILL)}</p>
            <div class="form-end">
                <Submit
                    testid="provider-submit"
                    busy=form.busy
                    label
                    busy_label=words::setup::PROVIDER_BUSY
                    disabled=incomplete
                />
            </div>
        </form>
    }
}
