//! The files on a draft.

use leptos::prelude::*;
use wardmail_logic::clock::size;

use super::editor::Editor;
use crate::icons::{Icon, Name};
use crate::words;

#[component]
pub(super) fn Files(editor: Editor) -> impl IntoView {
    let files = move || {
        editor
            .files
            .get()
            .into_iter()
            .map(|file| {
                let id = file.id;
                view! {
                    <li class="file" data-testid="composer-attachment" data-name=file.name.clone()>
                        <Icon name=Name::File />
                        <div class="file-text">
                            <span class="file-name">{file.name.clone()}</span>
                            <small>{size(file.size)}</small>
                        </div>
                        <button
                            type="button"
                            class="icon-button small"
                            data-testid="composer-attachment-remove"
                            aria-label=words::compose::remove(&file.name)
                            on:click=move |_| editor.detach(id)
                        >
                            <Icon name=Name::Close />
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    move || {
        (!editor.files.with(Vec::is_empty)).then(|| {
            view! { <ul class="files composer-files" aria-label=words::compose::FILES>{files}</ul> }
        })
    }
}
