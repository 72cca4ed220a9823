//! The files on a draft.

use leptos::prelude::*;
use wardmail_api::DraftAttachmentId;
use wardmail_api::compose::PlanView;

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
                        <Findings editor id />
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

/// What was found in a file, what of it could not be read, or how far the check is.
#[component]
fn Findings(editor: Editor, id: DraftAttachmentId) -> impl IntoView {
    let check = Memo::new(move |_| {
        let of_file = |plan: &PlanView| plan.files.iter().find(|f| f.attachment == id).cloned();
        editor.plan.with(|plan| plan.as_ref().and_then(of_file))
    });
    let progress = move || {
        let told = editor.checking.get();
        told.filter(|told| told.attachment == id).map(|told| (told.done, told.total))
    };
    move || {
        let check = check.get()?;
        let state = match (check.checking, check.found.phi, check.unread.is_empty()) {
            (true, ..) => "checking",
            (_, true, _) => "phi",
            (_, _, false) => "unread",
            _ => "clean",
        };
        let tone = if check.found.phi || !check.unread.is_empty() { "warn" } else { "info" };
        let found = check.found.phi.then(|| words::compose::file_phi(&check.found));
        let special = check.found.special.clone();
        let unread = check.unread.into_iter().map(|unread| {
            let inner = (unread.part != check.name).then_some(unread.part);
            view! {
                <span data-testid="file-unread">
                    {inner.map(|part| format!("{part}: "))} {unread.why.sentence()}
                </span>
            }
        });
        Some(view! {
            <span
                class="file-check"
                data-testid="file-check"
                data-state=state
                data-tone=tone
                role="status"
            >
                {check.checking.then_some(move || words::compose::checking(progress()))}
                {found
                    .map(|kinds| {
                        let kinds = kinds.into_iter().map(|kind| view! { <span>{kind}</span> });
                        view! {
                            <span class="file-kinds" data-testid="file-phi">
                                {kinds.collect_view()}
                            </span>
                        }
                    })}
                {special.map(|advice| view! { <b class="special">{advice}</b> })}
                {unread.collect_view()}
            </span>
        })
    }
}
