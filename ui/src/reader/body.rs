//! The text of a message: as text, or in a frame that can do nothing but show.

use leptos::prelude::*;
use wardmail_api::mail::{ReaderView, Unreadable};
use wardmail_logic::quote::blocks;

use crate::controls::{Button, Note};
use crate::icons::Name;
use crate::mailbox::{Place, mail};
use crate::words;

#[component]
pub(super) fn Body(view: ReaderView) -> impl IntoView {
    let ReaderView { text, frame, body_missing, security, .. } = view;
    if body_missing {
        return view! {
            <div data-testid="reader-missing-body">
                <Note tone="neutral" icon=Name::Cloud>
                    <b>{words::reader::MISSING_BODY}</b>
                    <span>{words::reader::MISSING_BODY_TEXT}</span>
                </Note>
            </div>
        }
        .into_any();
    }
    if let Some(why) = security.unreadable {
        // The security line says why, and what to do.
        return (why == Unreadable::KeyMissing).then(|| view! { <ToKeys /> }).into_any();
    }
    match frame {
        Some(frame) => view! { <Framed frame text /> }.into_any(),
        None => view! { <Text text /> }.into_any(),
    }
}

/// The way to the place where a key is imported.
#[component]
fn ToKeys() -> impl IntoView {
    let mail = mail();
    view! {
        <div>
            <Button
                testid="reader-keys"
                icon=Name::Key
                label=words::mailbox::PEOPLE
                on_press=move |()| mail.go(Place::People)
            />
        </div>
    }
}

/// HTML, with the text one button away.
#[component]
fn Framed(frame: String, text: String) -> impl IntoView {
    let as_text = RwSignal::new(false);
    let has_text = !text.trim().is_empty();
    view! {
        {move || {
            if as_text.get() {
                view! { <Text text=text.clone() /> }.into_any()
            } else {
                view! { <Frame source=frame.clone() /> }.into_any()
            }
        }}
        {has_text
            .then(|| {
                let testid = move || if as_text.get() { "reader-as-html" } else { "reader-as-text" };
                view! {
                    <button
                        type="button"
                        class="link"
                        data-testid=testid
                        on:click=move |_| as_text.update(|text| *text = !*text)
                    >
                        {move || {
                            if as_text.get() {
                                words::reader::AS_HTML
                            } else {
                                words::reader::AS_TEXT
                            }
                        }}
                    </button>
                }
            })}
    }
}

/// The frame: no script, no form, no window, no origin of ours, no referrer.
#[component]
fn Frame(source: String) -> impl IntoView {
    view! {
        <iframe
            class="mail-frame"
            data-testid="reader-frame"
            title=words::reader::FRAME
            sandbox=""
            referrerpolicy="no-referrer"
            src=source
        ></iframe>
    }
}

/// Plain text. Links stay text: nothing in it can be clicked.
#[component]
fn Text(text: String) -> impl IntoView {
    let blocks: Vec<_> = blocks(&text)
        .into_iter()
        .map(|block| {
            let class = if block.quoted { "quoted" } else { "own" };
            view! { <div class=class>{block.text}</div> }
        })
        .collect();
    view! { <div class="plain" data-testid="reader-text">{blocks}</div> }
}
