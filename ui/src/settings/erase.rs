//! The end of the mailbox on this computer, where policy allows it.

use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::backup::{ERASE_WORD, EraseProfile};

use crate::again::{self, Wanted};
use crate::controls::{Button, ErrorNote, Field, Look};
use crate::icons::Name;
use crate::mailbox::{Mail, mail};
use crate::page::Panel;
use crate::{backend, words};

/// What the panel asks and shows.
#[derive(Clone, Copy)]
struct Erasing {
    typed: RwSignal<String>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

#[component]
pub(super) fn ErasePanel() -> impl IntoView {
    let mail = mail();
    let erasing = Erasing {
        typed: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
    };
    let stuck = Signal::derive(move || {
        erasing.busy.get() || erasing.typed.with(|typed| typed.trim() != ERASE_WORD)
    });
    let label = move || {
        if erasing.busy.get() { words::keeping::ERASING } else { words::keeping::ERASE_GO }
    };
    view! {
        <Panel title=words::keeping::ERASE testid="settings-erase">
            <p class="why">{words::keeping::ERASE_WHY}</p>
            <Field label=words::keeping::ERASE_TYPE testid="erase-word" value=erasing.typed />
            {move || erasing.error.get().map(|error| view! { <ErrorNote error /> })}
            <div class="form-end">
                <Button
                    testid="erase-go"
                    label=label
                    look=Look::Danger
                    icon=Name::Bin
                    disabled=stuck
                    on_press=move |()| erase(mail, erasing)
                />
            </div>
        </Panel>
    }
}

fn erase(mail: Mail, erasing: Erasing) {
    erasing.busy.set(true);
    erasing.error.set(None);
    let confirmation = erasing.typed.get_untracked().trim().to_owned();
    mail.scope.spawn(async move {
        // What comes of it is another screen: the engine tells that the mailbox is locked.
        let answer = backend::call(EraseProfile { confirmation }).await;
        erasing.busy.try_set(false);
        match answer {
            Ok(_) => {}
            Err(error) if again::is_needed(error) => {
                mail.again.set(Some(Wanted::new(move || erase(mail, erasing))));
            }
            Err(error) => {
                erasing.error.try_set(Some(error));
            }
        }
    });
}
