//! The locked screen: passphrase or recovery code, and all that may be said while locked.

mod aside;
mod recover;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::session::{LockOut, Unlock};
use wardmail_api::{ApiError, ErrorCode, Secret, UnixMs};
use wardmail_logic::clock::{seconds_left, span};

use crate::app::app;
use crate::controls::{Button, ErrorNote, Field, FormError, Look, Note, SecretField, Submit};
use crate::icons::{Icon, Name};
use crate::scope::Scope;
use crate::setup::Brand;
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, time, words};

pub(crate) use self::aside::SetAsideOffer;

#[component]
pub(crate) fn UnlockScreen() -> impl IntoView {
    let app = app();
    let recovery = RwSignal::new(false);
    let erased =
        Memo::new(move |_| app.status().is_some_and(|status| status.lock_out == LockOut::Erased));
    let shown = move || {
        if erased.get() {
            let error = ErrorCode::AccessErased.into();
            view! {
                <h1>{words::unlock::TITLE}</h1>
                <ErrorNote error />
            }
            .into_any()
        } else if recovery.get() {
            let on_back = Callback::new(move |()| recovery.set(false));
            view! { <recover::RecoverForm on_back /> }.into_any()
        } else {
            let on_forgot = Callback::new(move |()| recovery.set(true));
            view! { <PassphraseForm on_forgot /> }.into_any()
        }
    };
    let mode = move || if recovery.get() { "recovery" } else { "passphrase" };
    view! {
        <main class="gate" data-testid="unlock" data-mode=mode>
            <div class="gate-card">
                <Brand />
                {shown}
                <PolicyLine />
            </div>
        </main>
    }
}

/// Until when the next try is not let through; a time long past where there is no wait.
fn wait_until(seconds: u64) -> UnixMs {
    match i64::try_from(seconds) {
        Ok(0) => 0,
        Ok(seconds) => time::now_unix().saturating_add(seconds.saturating_mul(1_000)),
        Err(_) => UnixMs::MAX,
    }
}

#[component]
fn PassphraseForm(on_forgot: Callback<()>) -> impl IntoView {
    let (scope, app) = (Scope::here(), app());
    let passphrase = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let typed_pin = RwSignal::new(String::new());
    let asks_for_code = move || app.status().is_some_and(|status| status.asks_for_code);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let status = untrack(|| app.status());
    let until = RwSignal::new(wait_until(status.map_or(0, |status| status.wait_seconds)));
    let wait = Memo::new(move |_| seconds_left(until.get(), app.clock.get()));
    let form = NodeRef::<html::Form>::new();
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() || wait.get_untracked() > 0 {
            return;
        }
        busy.set(true);
        error.set(None);
        app.remember_lock();
        scope.spawn(async move {
            let secret = Secret::new(passphrase.get_untracked());
            let typed = code.get_untracked();
            let one_time = (!typed.is_empty()).then(|| Secret::new(typed));
            let request = Unlock { passphrase: secret, code: one_time, pin: pin(typed_pin) };
            let answer = backend::call(request).await;
            passphrase.set(String::new());
            code.set(String::new());
            typed_pin.set(String::new());
            busy.set(false);
            match answer {
                Ok(status) => app.entered(status),
                Err(failed) => {
                    error.set(Some(failed).filter(|e| e.code != ErrorCode::TryLater));
                    if failed.code == ErrorCode::TryLater {
                        until.set(wait_until(failed.detail.unwrap_or(0)));
                    }
                    app.refresh();
                    refocus(form);
                }
            }
        });
    };
    // A wrong passphrase may start a wait, which only the status tells.
    Effect::new(move |_| {
        if let Some(status) = app.status().filter(|status| status.wait_seconds > 0) {
            until.set(wait_until(status.wait_seconds));
        }
    });
    let blocked = Signal::derive(move || wait.get() > 0);
    view! {
        <form node_ref=form on:submit=unlock>
            <h1>{words::unlock::TITLE}</h1>
            <p class="lead">{words::unlock::TEXT}</p>
            <Facts />
            <SecretField
                label=words::unlock::PASSPHRASE
                testid="unlock-passphrase"
                value=passphrase
                autocomplete="current-password"
                autofocus=true
                disabled=blocked
            />
            {move || {
                asks_for_code()
                    .then(|| {
                        view! {
                            <Field
                                label=words::unlock::ONE_TIME_CODE
                                testid="unlock-one-time-code"
                                value=code
                                mono=true
                            />
                        }
                    })
            }}
            <PinField value=typed_pin testid="unlock-pin" />
            <TouchNote busy />
            <FormError error />
            <SetAsideOffer error />
            <Tries wait />
            <Submit
                testid="unlock-submit"
                busy
                label=words::unlock::UNLOCK
                busy_label=words::unlock::UNLOCKING
                disabled=blocked
            />
            <Button
                testid="unlock-use-recovery"
                label=words::unlock::USE_RECOVERY
                look=Look::Link
                on_press=on_forgot
            />
        </form>
    }
}

/// The field takes the focus again, so that the next try can be typed.
fn refocus(form: NodeRef<html::Form>) {
    if let Some(form) = form.get_untracked()
        && let Ok(Some(input)) = form.query_selector("input")
        && let Ok(input) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(input)
    {
        crate::dialog::focus(&input);
    }
}

/// Why it is locked, and what waits.
#[component]
fn Facts() -> impl IntoView {
    let app = app();
    move || {
        let status = app.status()?;
        Some(view! {
            {status
                .locked_because
                .map(|reason| {
                    view! {
                        <p class="fact" data-testid="unlock-reason">
                            <Icon name=Name::Clock />
                            {words::unlock::reason(reason)}
                        </p>
                    }
                })}
            {(status.waiting > 0)
                .then(|| {
                    view! {
                        <p class="fact" data-testid="unlock-waiting-messages">
                            <Icon name=Name::Outbox />
                            {words::unlock::waiting(status.waiting)}
                        </p>
                    }
                })}
            {status
                .keyring_trouble
                .map(|code| {
                    view! {
                        <div data-testid="unlock-keyring-trouble" data-code=code.slug()>
                            <Note tone="warn" icon=Name::Alert>
                                <b>{code.what()}</b>
                                <span>{code.next()}</span>
                            </Note>
                        </div>
                    }
                })}
        })
    }
}

/// Tries left, or the time to wait.
#[component]
fn Tries(wait: Memo<u64>) -> impl IntoView {
    let app = app();
    view! {
        <div role="status">
            {move || {
                let seconds = wait.get();
                if seconds > 0 {
                    return Some(
                        view! {
                            <p class="fact warn" data-testid="unlock-wait" data-seconds=seconds>
                                <Icon name=Name::Clock />
                                {words::unlock::wait(&span(seconds))}
                            </p>
                        }
                            .into_any(),
                    );
                }
                let status = app.status()?;
                let left = status.tries_left?;
                Some(
                    view! {
                        <p class="fact warn" data-testid="unlock-tries-left" data-tries=left>
                            <Icon name=Name::Alert />
                            {words::unlock::tries_left(left, status.lock_out == LockOut::Erase)}
                        </p>
                    }
                        .into_any(),
                )
            }}
        </div>
    }
}

/// Who set the rules.
#[component]
fn PolicyLine() -> impl IntoView {
    let app = app();
    move || {
        let status = app.status()?;
        Some(view! {
            <p class="policy-line" data-testid="unlock-policy">
                {words::unlock::policy(&status.policy)}
                {status
                    .policy
                    .trouble
                    .map(|code| {
                        view! {
                            <span class="policy-trouble">{code.what()} " " {code.next()}</span>
                        }
                    })}
            </p>
        })
    }
}
