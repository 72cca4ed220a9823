//! The frame of a page: a heading and what belongs under it, over the whole middle of the window.

use leptos::prelude::*;

use crate::controls::{Loading, Remote, Retry};

/// A page.
#[component]
pub(crate) fn Page(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    testid: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="page" data-testid=testid tabindex="-1">
            <div class="page-inner">
                <header class="page-head">
                    <h1>{title}</h1>
                    {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
                </header>
                {children()}
            </div>
        </main>
    }
}

/// Shows what was asked for: that it is on its way, that it failed, or what came.
pub(crate) fn remote<T, V>(
    value: RwSignal<Remote<T>>,
    on_retry: Callback<()>,
    show: impl Fn(&T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || {
        value.with(|value| match value {
            Remote::Loading => view! { <Loading /> }.into_any(),
            Remote::Failed(error) => {
                view! { <Retry error=*error testid="page-retry" on_retry /> }.into_any()
            }
            Remote::Ready(value) => show(value).into_any(),
        })
    }
}
