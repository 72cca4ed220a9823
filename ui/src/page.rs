//! The frame of a page: a heading and what belongs under it, over the whole middle of the window.

use std::fmt::Debug;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ApiError;

use crate::controls::{Empty, Loading, Remote, Retry};
use crate::dialog::take_lost_focus;
use crate::icons::Name;

/// A page.
#[component]
pub(crate) fn Page(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    testid: &'static str,
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    Effect::new(move |_| {
        if let Some(main) = main.get() {
            take_lost_focus(&main);
        }
    });
    view! {
        <main node_ref=main class="page" data-testid=testid tabindex="-1">
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

/// A part of a page under a heading of its own, with what can be done beside it.
#[component]
pub(crate) fn Panel(
    title: &'static str,
    #[prop(optional)] testid: Option<&'static str>,
    #[prop(optional)] beside: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel" data-testid=testid>
            <header class="panel-head">
                <h2>{title}</h2>
                {beside}
            </header>
            {children()}
        </section>
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

/// Which of its states a list is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Loading,
    Failed(ApiError),
    Empty,
    Rows,
}

/// What stands where there are no cards.
#[derive(Clone, Copy)]
pub(crate) struct Nothing {
    pub(crate) icon: Name,
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) testid: &'static str,
}

/// Shows a list of cards. Only a row that has changed is drawn anew, so that the focus stays where it is.
pub(crate) fn cards<T, V>(
    rows: RwSignal<Remote<Vec<T>>>,
    on_retry: Callback<()>,
    nothing: Nothing,
    row: impl Fn(T) -> V + Clone + Send + 'static,
) -> impl IntoView
where
    T: Clone + Debug + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let state = Memo::new(move |_| {
        rows.with(|rows| match rows {
            Remote::Loading => State::Loading,
            Remote::Failed(error) => State::Failed(*error),
            Remote::Ready(rows) if rows.is_empty() => State::Empty,
            Remote::Ready(_) => State::Rows,
        })
    });
    move || match state.get() {
        State::Loading => view! { <Loading /> }.into_any(),
        State::Failed(error) => view! { <Retry error testid="page-retry" on_retry /> }.into_any(),
        State::Empty => {
            let Nothing { icon, title, text, testid } = nothing;
            view! { <Empty icon title text testid /> }.into_any()
        }
        State::Rows => {
            let each = move || rows.with(|rows| rows.ready().cloned().unwrap_or_default());
            let key = |row: &T| format!("{row:?}");
            view! {
                <ul class="cards">
                    <For each key children=row.clone() />
                </ul>
            }
            .into_any()
        }
    }
}
