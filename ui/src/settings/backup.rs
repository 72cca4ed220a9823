//! A backup of the whole mailbox: made now, with its progress, and when the last one was made.

use leptos::prelude::*;
use wardmail_api::backup::{BackUp, CancelBackup};
use wardmail_api::{AppEvent, UnixMs};

use crate::again::{self, Wanted};
use crate::controls::{Button, ErrorNote, Progress};
use crate::icons::Name;
use crate::mailbox::{Mail, mail};
use crate::page::Panel;
use crate::{backend, words};

/// What the panel shows of the backup that is being written.
#[derive(Clone, Copy)]
struct Running {
    busy: RwSignal<bool>,
    percent: RwSignal<Option<u32>>,
    error: RwSignal<Option<wardmail_api::ApiError>>,
}

#[component]
pub(super) fn BackupPanel(last: Option<UnixMs>) -> impl IntoView {
    let mail = mail();
    let running = Running {
        busy: RwSignal::new(false),
        percent: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    mail.app.on_event(move |event| {
        if let AppEvent::BackingUp { percent } = event {
            running.percent.try_set(Some(percent));
        }
    });
    let stop = move |()| {
        mail.scope.spawn(async move {
            // A backup that is done by now can't be stopped, and needn't be.
            let _answer = backend::call(CancelBackup {}).await;
        });
    };
    let shown = Signal::derive(move || running.percent.get().filter(|_| running.busy.get()));
    view! {
        <Panel title=words::keeping::BACKUP testid="settings-backup">
            <p class="why">{words::keeping::BACKUP_WHY}</p>
            <p data-testid="backup-last" data-at=last>
                {last.map_or_else(|| words::keeping::BACKUP_NEVER.to_owned(), words::keeping::last_backup)}
            </p>
            {move || running.error.get().map(|error| view! { <ErrorNote error /> })}
            <Progress
                percent=shown
                label=words::keeping::BACKUP
                said=words::keeping::backing_up
                testid="backup-progress"
            />
            <div class="form-end">
                <Button
                    testid="backup-now"
                    label=words::keeping::BACKUP_NOW
                    icon=Name::Copy
                    disabled=running.busy
                    on_press=move |()| start(mail, running)
                />
                {move || {
                    shown.get().map(|_| {
                        view! {
                            <Button testid="backup-stop" label=words::keeping::BACKUP_STOP on_press=stop />
                        }
                    })
                }}
            </div>
        </Panel>
    }
}

fn start(mail: Mail, running: Running) {
    running.busy.set(true);
    running.percent.set(None);
    running.error.set(None);
    mail.scope.spawn(async move {
        let answer = backend::call(BackUp {}).await;
        // The page may have been left meanwhile.
        running.busy.try_set(false);
        match answer {
            Ok(made) if made.made_at.is_some() => {
                mail.app.toasts.done(words::keeping::BACKUP_DONE);
                mail.load_settings();
            }
            Ok(_) => {}
            Err(error) if again::is_needed(error) => {
                mail.again.set(Some(Wanted::new(move || start(mail, running))));
            }
            Err(error) => {
                running.error.try_set(Some(error));
            }
        }
    });
}
