//! The files of a message. They are saved where the reader says; nothing opens by itself.

use leptos::prelude::*;
use wardmail_api::MessageId;
use wardmail_api::mail::{AttachmentView, SaveAttachment};
use wardmail_api::words::DAMAGED_FILE;

use crate::again::{self, Wanted};
use crate::controls::{Button, FileLabel};
use crate::mailbox::{Mail, mail};
use crate::{backend, words};

#[component]
pub(super) fn Attachments(id: MessageId, files: Vec<AttachmentView>) -> impl IntoView {
    let mail = mail();
    let files: Vec<_> = files
        .into_iter()
        .map(|file| {
            let part = file.part;
            view! {
                <li
                    class="file"
                    class:damaged=file.damaged
                    data-testid="reader-attachment"
                    data-part=part
                    data-name=file.name.clone()
                >
                    <FileLabel name=file.name.clone() size=file.size />
                    {file
                        .damaged
                        .then(|| {
                            view! {
                                <span class="file-damaged" data-testid="attachment-damaged">
                                    {DAMAGED_FILE}
                                </span>
                            }
                        })}
                    <Button
                        testid="attachment-save"
                        label=words::reader::SAVE
                        spoken=words::reader::save(&file.name)
                        on_press=move |()| save(mail, id, part)
                    />
                </li>
            }
        })
        .collect();
    (!files.is_empty()).then(|| {
        view! {
            <ul class="files" aria-label=words::reader::FILES>
                {files}
            </ul>
        }
    })
}

/// Saves a file where the reader says; first the passphrase is asked for, if policy wants that.
fn save(mail: Mail, id: MessageId, part: u32) {
    mail.scope.spawn(async move {
        match backend::call(SaveAttachment { id, part }).await {
            Ok(view) if view.saved => mail.app.toasts.done(words::reader::SAVED),
            Ok(_) => {}
            Err(error) if again::is_needed(error) => {
                mail.again.set(Some(Wanted::new(move || save(mail, id, part))));
            }
            Err(error) => mail.app.toasts.error(error),
        }
    });
}
