//! The third step: the account. Every step of it is tested before anything is kept.

use leptos::prelude::*;
use wardmail_api::account::{AccountForm, AddAccount, ProbeView, TestAccount};
use wardmail_api::{ApiError, Secret};
use wardmail_logic::hosts::{IMAP_PORT, SMTP_PORT, guess, port};
use wardmail_logic::pills::is_shaped;

use super::probe::Checklist;
use crate::controls::{Field, Form, FormError, SecretField, Submit};
use crate::{backend, words};

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
    let form = Form::here();
    let typed = Typed::new();
    let probe = RwSignal::new(Probe::Idle);
    let incomplete = Signal::derive(move || typed.form().is_none());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(account) = untrack(|| typed.form()) else { return };
        form.send(test_and_add(account, probe), move |added| {
            if added {
                on_done.run(());
            }
        });
    };
    view! {
        <form on:submit=submit>
            <h1>{words::setup::ACCOUNT_TITLE}</h1>
            <p class="lead">{words::setup::ACCOUNT_TEXT}</p>
            <WhoFields typed />
            <ServerFields typed />
            <Checklist probe />
            <FormError error=form.error />
            <p class="hint">{move || incomplete.get().then_some(words::setup::FILL_ALL)}</p>
            <div class="form-end">
                <Submit
                    testid="account-submit"
                    busy=form.busy
                    label=words::setup::ACCOUNT_SUBMIT
                    busy_label=words::setup::ACCOUNT_BUSY
                    disabled=incomplete
                />
            </div>
        </form>
    }
}

async fn test_and_add(form: AccountForm, probe: RwSignal<Probe>) -> Result<bool, ApiError> {
    probe.set(Probe::Running);
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
    let server = move |(label, host, name), (port, number)| {
        view! {
            <div class="host-and-port">
                <Field label=label testid=host value=name on_typed=touched />
                <Field label=words::setup::PORT testid=port value=number on_typed=touched />
            </div>
        }
    };
    view! {
        <details class="servers" open=true>
            <summary data-testid="account-servers">{words::setup::SERVERS}</summary>
            <Field
                label=words::setup::USERNAME
                testid="account-username"
                value=typed.username
                on_typed=touched
            />
            {server(
                (words::setup::IMAP_HOST, "account-imap-host", typed.imap_host),
                ("account-imap-port", typed.imap_port),
            )}
            {server(
                (words::setup::SMTP_HOST, "account-smtp-host", typed.smtp_host),
                ("account-smtp-port", typed.smtp_port),
            )}
        </details>
    }
}
