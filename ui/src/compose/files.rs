//! The files on a draft.

use leptos::prelude::*;

use super::editor::Editor;
use crate::controls::{FileLabel, IconButton};
use crate::icons::Name;
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
                        <FileLabel name=file.name.clone() size=file.size />
                        <IconButton
                            testid="composer-attachment-remove"
                            icon=Name::Close
                            label=words::compose::remove(&file.name)
                            class="small"
                            on_press=move |()| editor.detach(id)
                        />
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
