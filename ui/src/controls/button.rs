//! The buttons: with words, or with an icon alone that says its words when asked.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::icons::{Icon, Name};

/// How much a button stands out, and what pressing it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    #[default]
    Plain,
    /// What most people want here; one at most in one place.
    Primary,
    /// It can't be taken back.
    Danger,
    Quiet,
    /// Like text that can be pressed.
    Link,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button primary",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
            Self::Link => "link",
        }
    }
}

/// A button with words.
#[component]
pub(crate) fn Button(
    testid: &'static str,
    #[prop(into)] label: TextProp,
    #[prop(optional)] look: Look,
    #[prop(optional)] icon: Option<Name>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// What is read out instead of the words, where they say too little by themselves.
    #[prop(optional, into)]
    spoken: Option<String>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=look.class()
            data-testid=testid
            aria-label=spoken
            disabled=move || disabled.get()
            on:click=move |_| on_press.run(())
        >
            {icon.map(|name| view! { <Icon name /> })}
            {move || label.get()}
        </button>
    }
}

/// A button with an icon alone.
#[component]
pub(crate) fn IconButton(
    #[prop(into)] testid: String,
    #[prop(into)] icon: Signal<Name>,
    /// What it does, for whoever hears it or points at it.
    #[prop(into)]
    label: TextProp,
    /// Classes beside its own.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is held down, for a button that switches something.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Whether what it opens is open.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <button
            type="button"
            class=format!("icon-button {class}")
            data-testid=testid
            aria-label=move || label.get()
            title=move || title.get()
            aria-pressed=pressed.map(|pressed| move || pressed.get().to_string())
            aria-expanded=expanded.map(|expanded| move || expanded.get().to_string())
            on:click=move |_| on_press.run(())
        >
            {move || view! { <Icon name=icon.get() /> }}
        </button>
    }
}
