//! The files of a message. They are saved where the reader says; nothing opens by itself.

use leptos::prelude::*;
use wardmail_api::MessageId;
use wardmail_api::mail::{AttachmentView, SaveAttachment};
use wardmail_logic::clock::size;

use crate::icons::{Icon, Name};
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
                    data-testid="reader-attachment"
                    data-part=part
                    data-name=file.name.clone()
                >
                    <Icon name=Name::File />
                    <div class="file-text">
                        <span class="file-name">{file.name.clone()}</span>
                        <small>{size(file.size)}</small>
                    </div>
                    <button
                        type="button"
                        class="button"
                        data-testid="attachment-save"
                        aria-label=words::reader::save(&file.name)
                        on:click=move |_| save(mail, id, part)
                    >
                        {words::reader::SAVE}
                    </button>
                </li>
            }
        })
        .collect();
    (!files.is_empty())
        .then(|| view! { <ul class="files" aria-label=words::reader::FILES>{files}</ul> })
}

fn save(mail: Mail, id: MessageId, part: u32) {
    mail.scope.spawn(async move {
        match backend::call(SaveAttachment { id, part }).await {
            Ok(view) if view.saved => mail.app.toasts.done(words::reader::SAVED),
            Ok(_) => {}
            Err(error) => mail.app.toasts.error(error),
        }
    });
}
