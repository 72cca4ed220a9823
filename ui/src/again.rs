//! Asks for the passphrase once more, before what needs it, and then does that.

use std::sync::Arc;

use leptos::prelude::*;
use wardmail_api::session::Reauthenticate;
use wardmail_api::{ApiError, Command, ErrorCode, Secret};

use crate::controls::{Form, FormError, SecretField, Submit};
use crate::dialog::Dialog;
use crate::mailbox::{Mail, mail};
use crate::touch::{PinField, TouchNote, pin};
use crate::{backend, words};

/// What is to be done once the passphrase was given.
#[derive(Clone)]
pub(crate) struct Wanted(Arc<dyn Fn() + Send + Sync>);

impl Wanted {
    /// Remembers what is to be done.
    pub(crate) fn new(act: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(act))
    }
}

/// Whether a request failed only because the passphrase has to be given once more.
pub(crate) fn is_needed(error: ApiError) -> bool {
    error.code == ErrorCode::ReauthenticationNeeded
}

/// Sends what a form asks for; where the passphrase is needed first, asks for it and then sends once more.
pub(crate) fn send<C: Command + Clone + Send + Sync + 'static>(
    mail: Mail,
    form: Form,
    request: C,
    done: impl Fn(C::Output) + Clone + Send + Sync + 'static,
) {
    let wanted = {
        let (request, done) = (request.clone(), done.clone());
        Wanted::new(move || send(mail, form, request.clone(), done.clone()))
    };
    let answer = async move {
        match backend::call(request).await {
            Err(error) if is_needed(error) => {
                mail.again.set(Some(wanted));
                Ok(None)
            }
            answer => answer.map(Some),
        }
    };
    form.send(answer, move |came| {
        if let Some(came) = came {
            done(came);
        }
    });
}

/// The dialog, while something waits for it.
#[component]
pub(crate) fn AgainDialog() -> impl IntoView {
    let mail = mail();
    move || {
        mail.again.get().map(|wanted| {
            view! { <Ask wanted /> }
        })
    }
}

#[component]
fn Ask(wanted: Wanted) -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let passphrase = RwSignal::new(String::new());
    let typed_pin = RwSignal::new(String::new());
    let stuck = Signal::derive(move || passphrase.with(String::is_empty));
    let go = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = Reauthenticate {
            passphrase: Secret::new(passphrase.get_untracked()),
            pin: pin(typed_pin),
        };
        passphrase.set(String::new());
        let wanted = wanted.clone();
        form.send(backend::call(request), move |()| {
            mail.again.set(None);
            (wanted.0)();
        });
    };
    view! {
        <Dialog
            title=words::keeping::AGAIN
            testid="again"
            on_close=Callback::new(move |()| mail.again.set(None))
        >
            <form class="narrow-form" on:submit=go>
                <p>{words::keeping::AGAIN_WHY}</p>
                <SecretField
                    label=words::pages::PASSPHRASE_CURRENT
                    testid="again-passphrase"
                    value=passphrase
                    autofocus=true
                    autocomplete="current-password"
                />
                <PinField value=typed_pin testid="again-pin" />
                <TouchNote busy=form.busy />
                <FormError error=form.error />
                <div class="form-end">
                    <Submit
                        testid="again-submit"
                        busy=form.busy
                        label=words::keeping::AGAIN_GO
                        busy_label=words::pages::ONE_TIME_BUSY
                        disabled=stuck
                    />
                </div>
            </form>
        </Dialog>
    }
}
