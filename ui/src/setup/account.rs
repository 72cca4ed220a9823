//! The third step: the account. Every step of it is tested before anything is kept.

use leptos::prelude::*;
use wardmail_api::account::{AccountForm, AddAccount, ProbeView, TestAccount};
use wardmail_api::{ApiError, Secret};
use wardmail_logic::hosts::{IMAP_PORT, SMTP_PORT, guess, port};
use wardmail_logic::pills::is_shaped;

use super::probe::Checklist;
use crate::backend;
use crate::controls::{Field, FormError, SecretField, Submit};
use crate::scope::Scope;
use crate::words;

/// What is typed into the form.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    address: RwSignal<String>,
    password: RwSignal<String>,
    username: RwSignal<String>,
    imap_host: RwSignal<String>,
    imap_port: RwSignal<String>,
    smtp_host: RwSignal<String>,
    smtp_port: RwSignal<String>,
    /// The owner has corrected the guess, which is left alone from then on.
    touched: RwSignal<bool>,
}

impl Typed {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            name: empty(),
            address: empty(),
            password: empty(),
            username: empty(),
            imap_host: empty(),
            imap_port: RwSignal::new(IMAP_PORT.to_string()),
            smtp_host: empty(),
            smtp_port: RwSignal::new(SMTP_PORT.to_string()),
            touched: RwSignal::new(false),
        }
    }

    fn guess_servers(self) {
        if self.touched.get_untracked() {
            return;
        }
        let guess = self.address.with_untracked(|address| guess(address));
        self.imap_host.set(guess.imap);
        self.smtp_host.set(guess.smtp);
        self.username.set(self.address.get_untracked().trim().to_owned());
    }

    /// The form, once it is complete.
    fn form(self) -> Option<AccountForm> {
        let text = |signal: RwSignal<String>| signal.with(|text| text.trim().to_owned());
        let form = AccountForm {
            display_name: text(self.name),
            address: text(self.address),
            imap_host: text(self.imap_host),
            imap_port: self.imap_port.with(|text| port(text))?,
            smtp_host: text(self.smtp_host),
            smtp_port: self.smtp_port.with(|text| port(text))?,
            username: text(self.username),
            password: Secret::new(self.password.get()),
        };
        let complete = [&form.display_name, &form.imap_host, &form.smtp_host, &form.username]
            .into_iter()
            .all(|text| !text.is_empty())
            && is_shaped(&form.address)
            && !form.password.expose().is_empty();
        complete.then_some(form)
    }
}

/// How far the test is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Idle,
    Running,
    Done(ProbeView),
}

#[component]
pub(super) fn AccountStep(on_done: Callback<()>) -> impl IntoView {
    let scope = Scope::here();
    let typed = Typed::new();
    let busy = RwSignal::new(false);
    let probe = RwSignal::new(Probe::Idle);
    let error = RwSignal::new(None::<ApiError>);
    let incomplete = Signal::derive(move || typed.form().is_none());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(form) = untrack(|| typed.form()).filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        error.set(None);
        probe.set(Probe::Running);
        scope.spawn(async move {
            match test_and_add(form, probe).await {
                Ok(true) => on_done.run(()),
                Ok(false) => {}
                Err(failed) => error.set(Some(failed)),
            }
            busy.set(false);
        });
    };
    view! {
        <form on:submit=submit>
            <h1>{words::setup::ACCOUNT_TITLE}</h1>
            <p class="lead">{words::setup::ACCOUNT_TEXT}</p>
            <WhoFields typed />
            <ServerFields typed />
            <Checklist probe />
            <FormError error />
            <p class="hint">{move || incomplete.get().then_some(words::setup::FILL_ALL)}</p>
            <div class="form-end">
                <Submit
                    testid="account-submit"
                    busy
                    label=words::setup::ACCOUNT_SUBMIT
                    busy_label=words::setup::ACCOUNT_BUSY
                    disabled=incomplete
                />
            </div>
        </form>
    }
}

async fn test_and_add(form: AccountForm, probe: RwSignal<Probe>) -> Result<bool, ApiError> {
    let tested = backend::call(TestAccount { form: form.clone() }).await;
    let view = tested.inspect_err(|_| probe.set(Probe::Idle))?;
    let holds = view.ok;
    probe.set(Probe::Done(view));
    if holds {
        backend::call(AddAccount { form }).await?;
    }
    Ok(holds)
}

#[component]
fn WhoFields(typed: Typed) -> impl IntoView {
    view! {
        <Field
            label=words::setup::NAME
            testid="account-name"
            value=typed.name
            autocomplete="name"
            autofocus=true
        />
        <Field
            label=words::setup::ADDRESS
            testid="account-address"
            value=typed.address
            kind="email"
            autocomplete="email"
            on_typed=Callback::new(move |()| typed.guess_servers())
        />
        <SecretField
            label=words::setup::PASSWORD
            testid="account-password"
            value=typed.password
            hint=words::setup::PASSWORD_HINT
        />
    }
}

#[component]
fn ServerFields(typed: Typed) -> impl IntoView {
    let touched = Callback::new(move |()| typed.touched.set(true));
    view! {
        <details class="servers" open=true>
            <summary data-testid="account-servers">{words::setup::SERVERS}</summary>
            <Field
                label=words::setup::USERNAME
                testid="account-username"
                value=typed.username
                on_typed=touched
            />
            <div class="host-and-port">
                <Field
                    label=words::setup::IMAP_HOST
                    testid="account-imap-host"
                    value=typed.imap_host
                    on_typed=touched
                />
                <Field
                    label=words::setup::PORT
                    testid="account-imap-port"
                    value=typed.imap_port
                    on_typed=touched
                />
            </div>
            <div class="host-and-port">
                <Field
                    label=words::setup::SMTP_HOST
                    testid="account-smtp-host"
                    value=typed.smtp_host
                    on_typed=touched
                />
                <Field
                    label=words::setup::PORT
                    testid="account-smtp-port"
                    value=typed.smtp_port
                    on_typed=touched
                />
            </div>
        </details>
    }
}
