//! One-time codes beside the passphrase: switched on with an authenticator at hand, switched off again.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::{
    BeginOneTime, ConfirmOneTime, OneTimeView, Reauthenticate, RemoveOneTime,
};

use crate::app::app;
use crate::controls::{Field, Form, FormError, SecretField, Submit};
use crate::mailbox::mail;
use crate::page::Panel;
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

#[component]
pub(super) fn OneTimePanel() -> impl IntoView {
    let shown = RwSignal::new(None::<OneTimeView>);
    move || {
        let step = match shown.get() {
            Some(view) => view! { <Confirm view shown /> }.into_any(),
            None => view! { <Begin shown /> }.into_any(),
        };
        view! {
            <Panel title=words::pages::ONE_TIME>
                <p class="why">{words::pages::ONE_TIME_WHY}</p>
                {step}
            </Panel>
        }
    }
}

/// The passphrase once more, and then on or off.
#[component]
fn Begin(shown: RwSignal<Option<OneTimeView>>) -> impl IntoView {
    let (form, mail, app) = (Form::here(), mail(), app());
    let passphrase = RwSignal::new(String::new());
    let typed_pin = RwSignal::new(String::new());
    let on = move || app.status().is_some_and(|status| status.asks_for_code);
    let stuck = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let off = on();
        let again = Reauthenticate {
            passphrase: Secret::new(passphrase.get_untracked()),
            pin: pin(typed_pin),
        };
        let asked = async move {
            backend::call(again).await?;
            if off {
                backend::call(RemoveOneTime {}).await.map(|()| None)
            } else {
                backend::call(BeginOneTime {}).await.map(Some)
            }
        };
        form.send(asked, move |view: Option<OneTimeView>| {
            passphrase.set(String::new());
            if view.is_none() {
                mail.app.toasts.done(words::pages::ONE_TIME_OFF_DONE);
                app.refresh();
            }
            shown.set(view);
        });
    };
    let label = move || if on() { words::pages::ONE_TIME_OFF } else { words::pages::ONE_TIME_ON };
    view! {
        <form class="narrow-form" on:submit=go>
            <SecretField
                label=words::pages::PASSPHRASE_CURRENT
                testid="one-time-passphrase"
                value=passphrase
                autocomplete="current-password"
            />
            <PinField value=typed_pin testid="one-time-pin" />
            <TouchNote busy=form.busy />
            <FormError error=form.error />
            <div class="form-end">
                {move || {
                    view! {
                        <Submit
                            testid="one-time-begin"
                            busy=form.busy
                            label=label()
                            busy_label=words::pages::ONE_TIME_BUSY
                            disabled=stuck
                        />
                    }
                }}
            </div>
        </form>
    }
}

/// The secret for the authenticator, and its first code typed back.
#[component]
fn Confirm(view: OneTimeView, shown: RwSignal<Option<OneTimeView>>) -> impl IntoView {
    let (form, mail, app) = (Form::here(), mail(), app());
    let code = RwSignal::new(String::new());
    let stuck = Signal::derive(move || code.with(|code| code.trim().is_empty()));
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = ConfirmOneTime { code: Secret::new(code.get_untracked()) };
        form.send(backend::call(request), move |()| {
            mail.app.toasts.done(words::pages::ONE_TIME_ON_DONE);
            app.refresh();
            shown.set(None);
        });
    };
    view! {
        <form class="narrow-form" on:submit=confirm>
            <p>{words::pages::ONE_TIME_SECRET}</p>
            <p>
                <code data-testid="one-time-secret">{view.text.expose().to_owned()}</code>
            </p>
            <Field
                label=words::unlock::ONE_TIME_CODE
                testid="one-time-code"
                value=code
                autofocus=true
                mono=true
            />
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="one-time-confirm"
                    busy=form.busy
                    label=words::pages::ONE_TIME_CONFIRM
                    busy_label=words::pages::ONE_TIME_BUSY
                    disabled=stuck
                />
            </div>
        </form>
    }
}
