//! The own keys, which of them signs, and the certificate to give to others.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::keys::{ExportCertificate, OwnKeyView, SetSigningKey, Unfit};
use wasm_bindgen::JsCast as _;

use super::People;
use crate::app::app;
use crate::controls::{Button, ErrorNote, Look};
use crate::dialog::Dialog;
use crate::icons::{Icon, Name};
use crate::page::{Panel, remote};
use crate::setup::{ImportForm, MakeKey};
use crate::{backend, time, words};

#[component]
pub(super) fn OwnKeys(people: People) -> impl IntoView {
    let toasts = app().toasts;
    let exporting = RwSignal::new(false);
    let importing = RwSignal::new(false);
    let making = RwSignal::new(false);
    let on_retry = Callback::new(move |()| people.load());
    let on_made = Callback::new(move |()| people.changed());
    let on_brought = Callback::new(move |key: OwnKeyView| {
        importing.set(false);
        toasts.done(words::people::brought(&key));
        people.changed();
    });
    let shown = remote(people.own, on_retry, move |keys: &Vec<OwnKeyView>| {
        if keys.is_empty() {
            return view! {
                <p class="why">{words::people::NO_OWN_KEY}</p>
                <MakeKey testid="own-key-make" on_done=on_made />
            }
            .into_any();
        }
        keys.iter()
            .cloned()
            .map(|key| view! { <OwnKey people key_view=key /> })
            .collect_view()
            .into_any()
    });
    let give_and_take = view! {
        <span class="space"></span>
        <Button
            testid="own-key-new"
            label=words::people::NEW_OWN
            look=Look::Quiet
            on_press=move |()| making.set(true)
        />
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
        {move || making.get().then(|| view! { <NewKeyDialog people open=making /> })}
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
                            <ImportForm on_done=on_brought />
                        </Dialog>
                    }
                })
        }}
    }
}

/// What stands beside the name of an own key, with its tone.
fn own_tag(key: &OwnKeyView) -> (&'static str, &'static str) {
    match (key.is_default, key.unfit) {
        (true, None) => ("safe", words::people::DEFAULT),
        (true, Some(Unfit::OtherAddress)) => ("warn", words::people::DEFAULT),
        (true, Some(_)) => ("warn", words::people::UNUSABLE),
        (false, _) => ("info", words::people::FOR_OLD_MAIL),
    }
}

#[component]
fn OwnKey(people: People, key_view: OwnKeyView) -> impl IntoView {
    let toasts = app().toasts;
    let (tone, tag) = own_tag(&key_view);
    let OwnKeyView { fingerprint, user_id, created, expires, is_default, unfit } = key_view;
    let until = expires.map(time::day);
    let shown = fingerprint.clone();
    let spoken = words::people::use_to_sign(&user_id, &time::day(created));
    let may_sign = !is_default && unfit.is_none();
    let why = unfit.map(|why| {
        if is_default {
            words::people::unfit_signer(why)
        } else {
            words::people::unfit(why).to_owned()
        }
    });
    let request = SetSigningKey { fingerprint: fingerprint.clone() };
    let use_to_sign = Callback::new(move |()| {
        let request = request.clone();
        people.scope.spawn(async move {
            match backend::call(request).await {
                Ok(()) => {
                    toasts.done(words::people::NOW_SIGNS);
                    people.changed();
                }
                Err(error) => toasts.error(error),
            }
        });
    });
    view! {
        <div
            class="key-card"
            data-testid="own-key"
            data-fingerprint=fingerprint
            data-default=is_default.to_string()
        >
            <Icon name=Name::Key />
            <div class="key-main">
                <b>{user_id}</b>
                <span class="tag" data-tone=tone>{tag}</span>
                <p class="fingerprint">{shown}</p>
                <p class="why">{words::people::valid(&time::day(created), until.as_deref())}</p>
                {why.map(|why| view! { <p class="why" data-testid="own-key-unfit">{why}</p> })}
            </div>
            {may_sign
                .then(|| {
                    view! {
                        <Button
                            testid="own-key-use"
                            label=words::people::USE_TO_SIGN
                            spoken
                            on_press=use_to_sign
                        />
                    }
                })}
        </div>
    }
}

/// Asks before a new key takes the place of the one that signs.
#[component]
fn NewKeyDialog(people: People, open: RwSignal<bool>) -> impl IntoView {
    let toasts = app().toasts;
    let on_done = Callback::new(move |()| {
        open.set(false);
        toasts.done(words::people::NEW_OWN_MADE);
        people.changed();
    });
    view! {
        <Dialog
            title=words::people::NEW_OWN_TITLE
            testid="own-key-new-dialog"
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>{words::people::NEW_OWN_TEXT}</p>
            <MakeKey testid="own-key-new-make" on_done />
        </Dialog>
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
