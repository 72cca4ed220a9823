//! How long a message stays: a legal hold over it, the owner's mark to keep it, its own time; and a text that its sender
//! says doesn't hold any more.

use leptos::prelude::*;
use wardmail_api::MessageId;
use wardmail_api::keeping::HoldView;
use wardmail_api::mail::ReaderView;

use super::body::Body;
use crate::controls::{Button, Note, value_of};
use crate::dialog::unique;
use crate::icons::Name;
use crate::mailbox::mail;
use crate::words;

/// What stands between the security line and the text.
#[component]
pub(super) fn Stays(view: ReaderView) -> impl IntoView {
    let ReaderView { hold, kept, expires, .. } = view;
    view! {
        {hold.map(|hold| view! { <Hold hold /> })}
        {kept
            .then(|| {
                view! {
                    <div data-testid="reader-kept">
                        <Note tone="neutral" icon=Name::Lock>
                            <b>{words::keeping::KEPT}</b>
                        </Note>
                    </div>
                }
            })}
        {expires
            .map(|at| {
                view! {
                    <div data-testid="reader-expires">
                        <Note tone="neutral" icon=Name::Clock>
                            <span>{words::keeping::expires(at)}</span>
                        </Note>
                    </div>
                }
            })}
    }
}

#[component]
fn Hold(hold: HoldView) -> impl IntoView {
    view! {
        <div data-testid="reader-hold">
            <Note tone="neutral" icon=Name::Lock>
                <b>{words::keeping::HOLD}</b>
                <span>{words::keeping::held(&hold.by)}</span>
                {hold.reason.map(|reason| view! { <span class="why">{reason}</span> })}
            </Note>
        </div>
    }
}

/// The text, or what its sender said of it and a button that shows it.
#[component]
pub(super) fn MaybeVoid(view: ReaderView) -> impl IntoView {
    let shown = RwSignal::new(view.void_since.is_none());
    let since = view.void_since;
    move || {
        if shown.get() {
            return view! { <Body view=view.clone() /> }.into_any();
        }
        view! {
            <div data-testid="reader-void">
                <Note tone="warn" icon=Name::Clock>
                    <b>{words::keeping::VOID_TITLE}</b>
                    {since.map(|at| view! { <span>{words::keeping::void_since(at)}</span> })}
                    <Button
                        testid="reader-void-show"
                        label=words::keeping::VOID_SHOW
                        on_press=move |()| shown.set(true)
                    />
                </Note>
            </div>
        }
        .into_any()
    }
}

/// When the message goes by itself, to be chosen.
#[component]
pub(super) fn ExpiryChoice(id: MessageId, is_set: bool) -> impl IntoView {
    let mail = mail();
    let field = unique("expiry");
    let options = words::keeping::EXPIRY_CHOICES.map(|(days, label)| {
        view! { <option value=days>{label}</option> }
    });
    let change = move |event: web_sys::Event| mail.set_expiry(id, value_of(&event).parse().ok());
    view! {
        <div class="field inline">
            <label for=field.clone()>{words::keeping::EXPIRY}</label>
            <select id=field data-testid="reader-expiry" on:change=change>
                <option value="never" selected=!is_set>
                    {words::keeping::EXPIRY_NEVER}
                </option>
                {is_set
                    .then(|| {
                        view! {
                            <option value="" selected=true disabled=true>
                                {words::keeping::EXPIRY_SET}
                            </option>
                        }
                    })}
                {options.collect_view()}
            </select>
        </div>
    }
}
