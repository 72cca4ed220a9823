//! A mailbox out of a backup, in place of a new one.

use leptos::prelude::*;
use wardmail_api::backup::{CancelRestore, RestoreBackup};
use wardmail_api::{AppEvent, Secret};

use crate::app::app;
use crate::controls::{Button, Field, Form, FormError, Look, Progress, Submit};
use crate::passphrase::{NewPassphrase, NewPassphraseFields};
use crate::{backend, words};

#[component]
pub(super) fn RestoreForm(on_back: Callback<()>) -> impl IntoView {
    let (form, app) = (Form::here(), app());
    let code = RwSignal::new(String::new());
    let new = NewPassphrase::new();
    let stuck = Signal::derive(move || code.with(|code| code.trim().is_empty()) || !new.is_ready());
    let percent = RwSignal::new(None);
    app.on_event(move |event| {
        if let AppEvent::Restoring { percent: now } = event {
            percent.try_set(Some(now));
        }
    });
    let shown = Signal::derive(move || percent.get().filter(|_| form.busy.get()));
    let stop = move |()| {
        form.scope.spawn(async move {
            // A restore that is done by now can't be stopped, and needn't be.
            let _answer = backend::call(CancelRestore {}).await;
        });
    };
    let restore = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if stuck.get_untracked() {
            return;
        }
        percent.set(None);
        // Without a keyring that works, and where policy lets it be: the passphrase alone.
        let passphrase_only = app.status().is_some_and(|status| {
            status.keyring_trouble.is_some() && status.passphrase_only_allowed
        });
        let code = Secret::new(code.get_untracked());
        let request = RestoreBackup { code, passphrase: new.secret(), passphrase_only };
        form.send(backend::call(request), move |restored| {
            if let Some(status) = restored.status {
                app.entered(status);
            }
        });
    };
    view! {
        <form on:submit=restore>
            <h1>{words::keeping::RESTORE_TITLE}</h1>
            <p class="lead">{words::keeping::RESTORE_TEXT}</p>
            <Field
                label=words::setup::CODE
                testid="restore-code"
                value=code
                autofocus=true
                mono=true
            />
            <NewPassphraseFields
                new
                testid="restore-passphrase"
                testid_again="restore-passphrase-again"
                label=words::unlock::NEW_PASSPHRASE
                label_again=words::unlock::NEW_PASSPHRASE_AGAIN
            />
            <FormError error=form.error />
            <Progress
                percent=shown
                label=words::keeping::RESTORE_TITLE
                said=words::keeping::restoring
                testid="restore-progress"
            />
            <div class="form-end">
                {move || {
                    shown.get().map(|_| {
                        view! {
                            <Button testid="restore-stop" label=words::keeping::RESTORE_STOP on_press=stop />
                        }
                    })
                }}
                <Submit
                    testid="restore-submit"
                    busy=form.busy
                    label=words::keeping::RESTORE_GO
                    busy_label=words::keeping::RESTORING
                    disabled=stuck
                />
            </div>
            <Button
                testid="restore-back"
                label=words::keeping::RESTORE_BACK
                look=Look::Link
                on_press=on_back
            />
        </form>
    }
}
