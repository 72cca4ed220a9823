//! A new recovery code: shown once after the passphrase was given, and in force once it was typed back.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::{
    BeginRecoveryCode, ConfirmRecoveryCode, Reauthenticate, RecoveryCodeView,
};

use crate::controls::{Field, Form, FormError, SecretField, Submit};
use crate::mailbox::mail;
use crate::page::Panel;
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

#[component]
pub(super) fn RecoveryCodePanel() -> impl IntoView {
    let shown = RwSignal::new(None::<RecoveryCodeView>);
    move || {
        let step = match shown.get() {
            Some(view) => view! { <Confirm view shown /> }.into_any(),
            None => view! { <Begin shown /> }.into_any(),
        };
        view! {
            <Panel title=words::pages::RECOVERY_CODE>
                <p class="why">{words::pages::RECOVERY_CODE_WHY}</p>
                {step}
            </Panel>
        }
    }
}

/// The passphrase once more, and then the code.
#[component]
fn Begin(shown: RwSignal<Option<RecoveryCodeView>>) -> impl IntoView {
    let form = Form::here();
    let passphrase = RwSignal::new(String::new());
    let typed_pin = RwSignal::new(String::new());
    let stuck = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let again = Reauthenticate {
            passphrase: Secret::new(passphrase.get_untracked()),
            pin: pin(typed_pin),
        };
        let asked = async move {
            backend::call(again).await?;
            backend::call(BeginRecoveryCode {}).await
        };
        form.send(asked, move |view| {
            passphrase.set(String::new());
            shown.set(Some(view));
        });
    };
    view! {
        <form class="narrow-form" on:submit=go>
            <SecretField
                label=words::pages::PASSPHRASE_CURRENT
                testid="recovery-code-passphrase"
                value=passphrase
                autocomplete="current-password"
            />
            <PinField value=typed_pin testid="recovery-code-pin" />
            <TouchNote busy=form.busy />
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="recovery-code-begin"
                    busy=form.busy
                    label=words::pages::RECOVERY_CODE_MAKE
                    busy_label=words::pages::ONE_TIME_BUSY
                    disabled=stuck
                />
            </div>
        </form>
    }
}

/// The code for the paper, and typed back from it.
#[component]
fn Confirm(view: RecoveryCodeView, shown: RwSignal<Option<RecoveryCodeView>>) -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let typed = RwSignal::new(String::new());
    let stuck = Signal::derive(move || typed.with(|typed| typed.trim().is_empty()));
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = ConfirmRecoveryCode { code: Secret::new(typed.get_untracked()) };
        form.send(backend::call(request), move |()| {
            mail.app.toasts.done(words::pages::RECOVERY_CODE_DONE);
            shown.set(None);
        });
    };
    view! {
        <form class="narrow-form" on:submit=confirm>
            <p>{words::pages::RECOVERY_CODE_WRITE}</p>
            <p>
                <code data-testid="recovery-code-shown">{view.code.expose().to_owned()}</code>
            </p>
            <Field
                label=words::setup::CODE
                testid="recovery-code-input"
                value=typed
                autofocus=true
                mono=true
            />
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="recovery-code-confirm"
                    busy=form.busy
                    label=words::pages::RECOVERY_CODE_CONFIRM
                    busy_label=words::pages::ONE_TIME_BUSY
                    disabled=stuck
                />
            </div>
        </form>
    }
}
