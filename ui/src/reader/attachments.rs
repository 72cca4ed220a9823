//! The files of a message. They are saved where the reader says; nothing opens by itself.

use leptos::prelude::*;
use wardmail_api::mail::{AttachmentView, SaveAttachment};
use wardmail_api::{ErrorCode, MessageId};

use super::asking::AskAgain;
use crate::controls::{Button, FileLabel};
use crate::mailbox::{Mail, mail};
use crate::{backend, words};

#[component]
pub(super) fn Attachments(id: MessageId, files: Vec<AttachmentView>) -> impl IntoView {
    let mail = mail();
    // The file that waits for the passphrase.
    let waiting = RwSignal::new(None::<u32>);
    let files: Vec<_> = files
        .into_iter()
        .map(|file| {
            let part = file.part;
            view! {
                <li
                    class="file"
                    data-testid="reader-attachment"
                    data-part=part
                    data-name=file.name.clone()
                >
                    <FileLabel name=file.name.clone() size=file.size />
                    <Button
                        testid="attachment-save"
                        label=words::reader::SAVE
                        spoken=words::reader::save(&file.name)
                        on_press=move |()| save(mail, id, part, waiting)
                    />
                </li>
            }
        })
        .collect();
    let ask = move || {
        let part = waiting.get()?;
        let on_close = Callback::new(move |()| waiting.set(None));
        let on_known = Callback::new(move |()| {
            waiting.set(None);
            save(mail, id, part, waiting);
        });
        Some(view! { <AskAgain on_known on_close /> })
    };
    (!files.is_empty()).then(|| {
        view! {
            <ul class="files" aria-label=words::reader::FILES>
                {files}
            </ul>
            {ask}
        }
    })
}

/// Saves a file where the reader says; first the passphrase is asked for, if policy wants that.
fn save(mail: Mail, id: MessageId, part: u32, waiting: RwSignal<Option<u32>>) {
    mail.scope.spawn(async move {
        match backend::call(SaveAttachment { id, part }).await {
            Ok(view) if view.saved => mail.app.toasts.done(words::reader::SAVED),
            Ok(_) => {}
            Err(error) if error.code == ErrorCode::ReauthenticationNeeded => {
                // The message may have been closed meanwhile.
                waiting.try_set(Some(part));
            }
            Err(error) => mail.app.toasts.error(error),
        }
    });
}
