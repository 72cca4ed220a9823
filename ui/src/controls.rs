//! The controls that every screen is made of: fields, notes, states of what was asked for.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ApiError;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::dialog::{focus_when_shown, unique};
use crate::icons::{Icon, Name};
use crate::words;

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
            <label for=id.clone()>{label}</label>
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
                <button
                    type="button"
                    class="icon-button"
                    data-testid=format!("{testid}-show")
                    aria-label=move || if shown.get() { words::HIDE } else { words::SHOW }
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || {
                        view! { <Icon name=if shown.get() { Name::EyeOff } else { Name::Eye } /> }
                    }}
                </button>
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
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

/// Shows the error of a form, while it has one.
#[component]
pub(crate) fn FormError(error: RwSignal<Option<ApiError>>) -> impl IntoView {
    move || error.get().map(|error| view! { <ErrorNote error /> })
}

/// The button that a form is sent with.
#[component]
pub(crate) fn Submit(
    testid: &'static str,
    busy: RwSignal<bool>,
    label: &'static str,
    busy_label: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button primary"
            data-testid=testid
            disabled=move || busy.get() || disabled.get()
            aria-busy=move || busy.get().to_string()
        >
            {move || busy.get().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
            {move || if busy.get() { busy_label } else { label }}
        </button>
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
            <button
                type="button"
                class="button"
                data-testid=testid
                on:click=move |_| on_retry.run(())
            >
                {words::TRY_AGAIN}
            </button>
        </div>
    }
}
