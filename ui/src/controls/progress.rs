//! How far a long work is: a sentence that is read out as it changes, and a bar.

use leptos::prelude::*;

/// Shows `percent` while there is one; `said` puts it into words, `label` names the bar.
#[component]
pub(crate) fn Progress(
    percent: Signal<Option<u32>>,
    label: &'static str,
    said: fn(u32) -> String,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <p role="status" data-testid=testid class:hidden=move || percent.get().is_none()>
            {move || percent.get().map(said)}
        </p>
        <progress
            max="100"
            aria-label=label
            class:hidden=move || percent.get().is_none()
            prop:value=move || percent.get().unwrap_or(0)
        ></progress>
    }
}
