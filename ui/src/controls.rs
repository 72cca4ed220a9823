//! The controls that every screen is made of: fields, notes, states of what was asked for.

mod button;
mod form;
mod progress;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ApiError;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::dialog::{focus_when_shown, unique};
use crate::icons::{Icon, Name};
use crate::words;

pub(crate) use self::button::{Button, IconButton, Look};
pub(crate) use self::form::{Form, FormError, Submit};
pub(crate) use self::progress::Progress;

/// Something that was asked of the engine.
#[derive(Clone, Debug, Default)]
pub(crate) enum Remote<T> {
    /// It has not answered yet.
    #[default]
    Loading,
    /// It answered.
    Ready(T),
    /// It could not.
    Failed(ApiError),
}

impl<T> Remote<T> {
    /// What came, if anything did.
    pub(crate) fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

impl<T> From<Result<T, ApiError>> for Remote<T> {
    fn from(answer: Result<T, ApiError>) -> Self {
        match answer {
            Ok(value) => Self::Ready(value),
            Err(error) => Self::Failed(error),
        }
    }
}

/// What stands in the field that an event came from.
pub(crate) fn value_of(event: &Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        input.value()
    } else if let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
        area.value()
    } else if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        select.value()
    } else {
        String::new()
    }
}

/// A field with its label.
#[component]
pub(crate) fn Field(
    #[prop(into)] label: String,
    testid: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] mono: bool,
    /// Called when the owner types, beside the change of the value.
    #[prop(optional)]
    on_typed: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    focus_when_shown(node, autofocus);
    let id = unique("field");
    let hint_id = unique("hint");
    let described = hint.is_some().then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                node_ref=node
                id=id
                type=kind
                class:mono=mono
                data-testid=testid
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=described
                prop:value=move || value.get()
                on:input=move |event| {
                    value.set(value_of(&event));
                    if let Some(typed) = on_typed {
                        typed.run(());
                    }
                }
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// A field for a passphrase or a password, with a button that shows it.
#[component]
pub(crate) fn SecretField(
    #[prop(into)] label: String,
    testid: &'static str,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] autofocus: bool,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    focus_when_shown(node, autofocus);
    let id = unique("secret");
    let hint_id = unique("hint");
    let described = hint.is_some().then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=id.clone()>{label.clone()}</label>
            <div class="with-button">
                <input
                    node_ref=node
                    id=id
                    type=move || if shown.get() { "text" } else { "password" }
                    data-testid=testid
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=described
                    disabled=move || disabled.get()
                    prop:value=move || value.get()
                    on:input=move |event| value.set(value_of(&event))
                />
                <IconButton
                    testid=format!("{testid}-show")
                    icon=Signal::derive(move || {
                        if shown.get() { Name::EyeOff } else { Name::Eye }
                    })
                    label=words::show(&label)
                    pressed=shown
                    on_press=move |()| shown.update(|shown| *shown = !*shown)
                />
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// A field for keys and certificates as text.
#[component]
pub(crate) fn ArmoredField(
    label: &'static str,
    testid: &'static str,
    rows: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    let id = unique("armored");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id
                class="mono armored"
                rows=rows
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                data-testid=testid
                prop:value=move || value.get()
                on:input=move |event| value.set(value_of(&event))
            ></textarea>
        </div>
    }
}

/// A file by its name and size.
#[component]
pub(crate) fn FileLabel(name: String, size: u64) -> impl IntoView {
    view! {
        <Icon name=Name::File />
        <div class="file-text">
            <span class="file-name">{name}</span>
            <small>{wardmail_logic::clock::size(size)}</small>
        </div>
    }
}

/// A piece of advice or a fact that stands where it matters.
#[component]
pub(crate) fn Note(
    /// `safe`, `neutral`, `warn` or `stop`.
    tone: &'static str,
    icon: Name,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="note" data-tone=tone>
            <Icon name=icon />
            <div class="note-text">{children()}</div>
        </div>
    }
}

/// Says what a failed command said: what happened and what to do.
#[component]
pub(crate) fn ErrorNote(error: ApiError) -> impl IntoView {
    view! {
        <div class="note" data-tone="stop" role="alert" data-testid="error" data-code=error.code.slug()>
            <Icon name=Name::Alert />
            <div class="note-text">
                <b>{error.code.what()}</b>
                <span>{error.code.next()}</span>
            </div>
        </div>
    }
}

/// Nothing is there, and that is no mistake.
#[component]
pub(crate) fn Empty(
    icon: Name,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(default = "empty")] testid: &'static str,
) -> impl IntoView {
    view! {
        <div class="empty" data-testid=testid>
            <span class="empty-icon"><Icon name=icon /></span>
            <p class="empty-title">{title}</p>
            <p>{text}</p>
        </div>
    }
}

/// It is being asked for.
#[component]
pub(crate) fn Loading(#[prop(default = "loading")] testid: &'static str) -> impl IntoView {
    view! {
        <div class="loading" role="status" data-testid=testid>
            <span class="spinner" aria-hidden="true"></span>
            {words::LOADING}
        </div>
    }
}

/// It could not be had; it can be asked for again.
#[component]
pub(crate) fn Retry(
    error: ApiError,
    testid: &'static str,
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="retry">
            <ErrorNote error />
            <Button testid label=words::TRY_AGAIN on_press=on_retry />
        </div>
    }
}
