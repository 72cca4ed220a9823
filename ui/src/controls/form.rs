//! Forms: their state while they are sent, the button that sends them, what they say when it failed.

use std::future::Future;

use leptos::prelude::*;
use wardmail_api::ApiError;

use super::ErrorNote;
use crate::scope::Scope;

/// A form that asks one thing of the engine at a time.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub(crate) scope: Scope,
    pub(crate) busy: RwSignal<bool>,
    pub(crate) error: RwSignal<Option<ApiError>>,
}

impl Form {
    /// A form of the screen that is being built.
    pub(crate) fn here() -> Self {
        Self::within(Scope::here())
    }

    /// A form whose question outlives it: what came of it belongs to the screen behind.
    pub(crate) fn within(scope: Scope) -> Self {
        Self { scope, busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Waits for an answer, unless it waits for one already; keeps the error, or gives on what came.
    pub(crate) fn send<T: 'static>(
        self,
        answer: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        self.scope.spawn(async move {
            let answer = answer.await;
            // The form may be gone by now; then there is nobody to tell.
            self.busy.try_set(false);
            match answer {
                Ok(value) => done(value),
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
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
