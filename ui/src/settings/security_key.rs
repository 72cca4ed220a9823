//! A security key beside the passphrase: added with the key plugged in, taken out again.

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::{AddSecurityKey, AllowSecurityKeys, RemoveSecurityKey};

use crate::controls::{Form, FormError, SecretField, Submit};
use crate::mailbox::mail;
use crate::page::Panel;
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

#[component]
pub(super) fn SecurityKeyPanel() -> impl IntoView {
    let mail = mail();
    let key = Memo::new(move |_| mail.app.status().map(|status| status.security_key));
    move || {
        let key = key.get()?;
        let part = if key.allowed || key.present {
            view! { <Change present=key.present /> }.into_any()
        } else {
            view! { <Allow /> }.into_any()
        };
        Some(view! {
            <Panel title=words::pages::SECURITY_KEY>
                <p class="why">{words::pages::SECURITY_KEY_WHY}</p>
                {part}
            </Panel>
        })
    }
}

/// Off until the owner, or policy, turns it on.
#[component]
fn Allow() -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let asked = backend::call(AllowSecurityKeys { allowed: true });
        form.send(asked, move |()| mail.app.refresh());
    };
    view! {
        <form class="narrow-form" on:submit=go>
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="security-key-allow"
                    busy=form.busy
                    label=words::pages::SECURITY_KEY_ALLOW
                    busy_label=words::pages::ONE_TIME_BUSY
                />
            </div>
        </form>
    }
}

#[component]
fn Change(present: bool) -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let (passphrase, typed_pin) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let stuck = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (secret, pin) = (Secret::new(passphrase.get_untracked()), pin(typed_pin));
        let asked = async move {
            if present {
                backend::call(RemoveSecurityKey { passphrase: secret, pin }).await
            } else {
                backend::call(AddSecurityKey { passphrase: secret, pin }).await
            }
        };
        form.send(asked, move |()| {
            mail.app.toasts.done(if present {
                words::pages::SECURITY_KEY_REMOVED
            } else {
                words::pages::SECURITY_KEY_ADDED
            });
            mail.app.refresh();
        });
    };
    let label =
        if present { words::pages::SECURITY_KEY_REMOVE } else { words::pages::SECURITY_KEY_ADD };
    view! {
        <form class="narrow-form" on:submit=go>
            <SecretField
                label=words::pages::PASSPHRASE_CURRENT
                testid="security-key-passphrase"
                value=passphrase
                autocomplete="current-password"
            />
            {if present {
                view! { <PinField value=typed_pin testid="security-key-pin" /> }.into_any()
            } else {
                view! {
                    <SecretField
                        label=words::unlock::KEY_PIN
                        testid="security-key-pin"
                        value=typed_pin
                        hint=words::pages::SECURITY_KEY_PIN_HINT
                    />
                }
                    .into_any()
            }}
            <TouchNote busy=form.busy adding=true />
            <FormError error=form.error />
            <div class="form-end">
                <Submit
                    testid="security-key-change"
                    busy=form.busy
                    label
                    busy_label=words::pages::ONE_TIME_BUSY
                    disabled=stuck
                />
            </div>
        </form>
    }
}
