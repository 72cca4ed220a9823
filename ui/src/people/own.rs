//! The own key, and the certificate to give to others.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::keys::{ExportCertificate, OwnKeyView};
use wasm_bindgen::JsCast as _;

use super::People;
use crate::controls::{Button, ErrorNote, Look};
use crate::dialog::Dialog;
use crate::icons::{Icon, Name};
use crate::page::{Panel, remote};
use crate::setup::{ImportForm, MakeKey};
use crate::{backend, time, words};

#[component]
pub(super) fn OwnKeys(people: People) -> impl IntoView {
    let exporting = RwSignal::new(false);
    let importing = RwSignal::new(false);
    let on_retry = Callback::new(move |()| people.load());
    let on_done = Callback::new(move |()| {
        importing.set(false);
        people.changed();
    });
    let shown = remote(people.own, on_retry, move |keys: &Vec<OwnKeyView>| {
        if keys.is_empty() {
            return view! {
                <p class="why">{words::people::NO_OWN_KEY}</p>
                <MakeKey testid="own-key-make" on_done />
            }
            .into_any();
        }
        keys.iter().cloned().map(|key| view! { <OwnKey key_view=key /> }).collect_view().into_any()
    });
    let give_and_take = view! {
        <span class="space"></span>
        <Button
            testid="own-key-import"
            label=words::people::IMPORT_OWN
            look=Look::Quiet
            on_press=move |()| importing.set(true)
        />
        <Button
            testid="own-key-export"
            label=words::people::EXPORT
            on_press=move |()| exporting.set(true)
        />
    }
    .into_any();
    view! {
        <Panel title=words::people::OWN beside=give_and_take>{shown}</Panel>
        {move || exporting.get().then(|| view! { <ExportDialog people open=exporting /> })}
        {move || {
            importing
                .get()
                .then(|| {
                    view! {
                        <Dialog
                            title=words::people::IMPORT_OWN
                            testid="own-key-dialog"
                            on_close=Callback::new(move |()| importing.set(false))
                        >
                            <ImportForm on_done />
                        </Dialog>
                    }
                })
        }}
    }
}

#[component]
fn OwnKey(key_view: OwnKeyView) -> impl IntoView {
    let OwnKeyView { fingerprint, user_id, created, expires, is_default } = key_view;
    let until = expires.map(time::day);
    let shown = fingerprint.clone();
    view! {
        <div class="key-card" data-testid="own-key" data-fingerprint=fingerprint>
            <Icon name=Name::Key />
            <div>
                <b>{user_id}</b>
                {is_default
                    .then(|| {
                        view! { <span class="tag" data-tone="safe">{words::people::DEFAULT}</span> }
                    })}
                <p class="fingerprint">{shown}</p>
                <p class="why">{words::people::valid(&time::day(created), until.as_deref())}</p>
            </div>
        </div>
    }
}

#[component]
fn ExportDialog(people: People, open: RwSignal<bool>) -> impl IntoView {
    let armored = RwSignal::new(None::<Result<String, ApiError>>);
    people.scope.spawn(async move {
        let answer = backend::call(ExportCertificate {}).await;
        armored.set(Some(answer.map(|view| view.armored)));
    });
    view! {
        <Dialog
            title=words::people::EXPORT_TITLE
            testid="certificate-dialog"
            wide=true
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>{words::people::EXPORT_TEXT}</p>
            {move || match armored.get() {
                None => view! { <p class="why">{words::LOADING}</p> }.into_any(),
                Some(Err(error)) => view! { <ErrorNote error /> }.into_any(),
                Some(Ok(text)) => view! { <CopyText text /> }.into_any(),
            }}
        </Dialog>
    }
}

/// A text to give away, with a button that copies it.
#[component]
fn CopyText(text: String) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let copied = RwSignal::new(false);
    let copy = move |()| {
        if let Some(area) = area.get_untracked() {
            area.select();
            copied.set(copy_selection());
        }
    };
    view! {
        <textarea
            node_ref=area
            class="mono armored"
            rows="12"
            readonly=true
            data-testid="certificate-text"
            aria-label=words::people::EXPORT_TITLE
            prop:value=text
        ></textarea>
        <div class="form-end">
            <Button
                testid="certificate-copy"
                icon=Name::Copy
                label=move || if copied.get() { words::COPIED } else { words::COPY }
                look=Look::Primary
                on_press=copy
            />
        </div>
    }
}

/// Copies what is selected. The clipboard's own interface is refused to pages of a scheme of their own.
fn copy_selection() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.dyn_into::<web_sys::HtmlDocument>().ok())
        .is_some_and(|document| document.exec_command("copy").unwrap_or(false))
}
