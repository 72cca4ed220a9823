//! The list as it is drawn: only the rows that are seen, however many there are.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::mail::Filter;
use wardmail_logic::clock::percent;
use wardmail_logic::found::Listing;
use wardmail_logic::window::{self, ROW_HEIGHT};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

use super::row::RowLine;
use super::{List, Source};
use crate::controls::{Empty, Loading, Retry};
use crate::icons::Name;
use crate::mailbox::{Mail, mail};
use crate::words;

/// The list with its filters.
#[component]
pub(crate) fn ListPane() -> impl IntoView {
    let mail = mail();
    let searching =
        Memo::new(move |_| mail.list.source.with(|s| matches!(s, Some(Source::Search(_)))));
    view! {
        <section class="list-pane" aria-label=words::lists::MESSAGES>
            {move || {
                if searching.get() {
                    view! { <SearchHead list=mail.list /> }.into_any()
                } else {
                    view! { <Filters /> }.into_any()
                }
            }}
            <Rows />
        </section>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let mail = mail();
    let chips = [
        (Filter::All, "filter-all"),
        (Filter::Unread, "filter-unread"),
        (Filter::Starred, "filter-starred"),
        (Filter::WithFiles, "filter-withFiles"),
        (Filter::Sealed, "filter-sealed"),
    ]
    .map(|(filter, testid)| {
        view! {
            <button
                type="button"
                class="chip"
                data-testid=testid
                aria-pressed=move || (mail.list.filter.get() == filter).to_string()
                on:click=move |_| mail.set_filter(filter)
            >
                {words::lists::filter(filter)}
            </button>
        }
    });
    view! {
        <div class="filters" role="group" aria-label=words::lists::FILTERS>
            {chips.collect_view()}
        </div>
    }
}

#[component]
fn SearchHead(list: List) -> impl IntoView {
    let coverage = Memo::new(move |_| {
        list.listing.with(|listing| match listing {
            Listing::Search(found) => found.coverage(),
            Listing::Folder(_) => None,
        })
    });
    view! {
        <p class="search-head" data-testid="search-coverage" role="status">
            {move || {
                coverage
                    .get()
                    .map(|c| {
                        let found = list.listing.with(Listing::total).unwrap_or(0);
                        words::lists::coverage(found, percent(c.indexed, c.total), c.unreadable)
                    })
            }}
        </p>
    }
}

#[component]
fn Rows() -> impl IntoView {
    let mail = mail();
    let list = mail.list;
    let total = Memo::new(move |_| list.listing.with(Listing::total));
    let shown = move || match (total.get(), list.failed.get()) {
        (None, Some(error)) => {
            let on_retry = Callback::new(move |()| {
                list.failed.set(None);
                list.ask_again();
            });
            view! { <Retry error testid="list-retry" on_retry /> }.into_any()
        }
        (None, None) => view! { <Loading testid="list-loading" /> }.into_any(),
        (Some(0), _) => {
            let (title, text) =
                list.source.with_untracked(|source| words::lists::empty(source.as_ref()));
            view! { <Empty icon=Name::Inbox title text testid="list-empty" /> }.into_any()
        }
        (Some(_), _) => ().into_any(),
    };
    view! {
        {shown}
        <Viewport total />
    }
}

/// Where the viewport stands.
#[derive(Clone, Copy)]
struct View {
    node: NodeRef<html::Div>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
}

impl View {
    fn measure(self) {
        if let Some(node) = self.node.get_untracked() {
            self.height.set(f64::from(node.client_height()));
            self.top.set(f64::from(node.scroll_top()));
        }
    }

    fn reveal(self, index: u32) {
        self.measure();
        let to = window::reveal(index, self.top.get_untracked(), self.height.get_untracked());
        if let (Some(node), Some(to)) = (self.node.get_untracked(), to) {
            #[expect(clippy::cast_possible_truncation, reason = "the height of a list is capped")]
            node.set_scroll_top(to as i32);
            self.top.set(to);
        }
    }
}

#[component]
fn Viewport(total: Memo<Option<u32>>) -> impl IntoView {
    let mail = mail();
    let list = mail.list;
    let here = View { node: NodeRef::new(), top: RwSignal::new(0.0), height: RwSignal::new(800.0) };
    let count = Memo::new(move |_| total.get().unwrap_or(0));
    let drawn = Memo::new(move |_| window::drawn(here.top.get(), here.height.get(), count.get()));
    watch(mail, here, drawn);
    let indices = move || window::with_focused(drawn.get(), list.focused.get(), count.get());
    view! {
        <div
            class="rows"
            class:unseen-rows=move || count.get() == 0
            node_ref=here.node
            role="listbox"
            tabindex="-1"
            aria-label=words::lists::MESSAGES
            data-testid="message-list"
            data-total=move || count.get()
            on:scroll=move |_| here.measure()
            on:keydown=move |event| keys(mail, here, &event)
        >
            <div class="rows-space" style:height=move || height(count.get())>
                <For each=indices key=|index| *index let:index>
                    <RowLine index count />
                </For>
            </div>
        </div>
    }
}

fn height(count: u32) -> String {
    format!("{}px", u64::from(count) * u64::from(ROW_HEIGHT))
}

/// Asks for rows as they come into sight, and follows the focus.
fn watch(mail: Mail, here: View, drawn: Memo<std::ops::Range<u32>>) {
    let list = mail.list;
    Effect::new(move |_| {
        list.wanted.track();
        list.ask(&drawn.get());
    });
    Effect::new(move |_| {
        list.source.track();
        if let Some(node) = here.node.get() {
            node.set_scroll_top(0);
            here.measure();
        }
    });
    Effect::new(move |before: Option<u32>| {
        let wanted = list.focus_wanted.get();
        if before.is_some_and(|before| before != wanted) {
            let index = list.focused.get_untracked();
            here.reveal(index);
            request_animation_frame(move || focus_option(here.node, index));
        }
        wanted
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| here.measure());
    on_cleanup(move || resized.remove());
}

fn focus_option(node: NodeRef<html::Div>, index: u32) {
    let option = node
        .try_get_untracked()
        .flatten()
        .and_then(|node| node.query_selector(&format!("[data-index=\"{index}\"]")).ok().flatten())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(option) = option {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // A row that was taken away meanwhile can't take it.
        drop(option.focus_with_options(&options));
    }
}

fn keys(mail: Mail, here: View, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let page = i64::from(window::per_screen(here.height.get_untracked()));
    match event.key().as_str() {
        "ArrowDown" => mail.list.move_focus(1),
        "ArrowUp" => mail.list.move_focus(-1),
        "PageDown" => mail.list.move_focus(page),
        "PageUp" => mail.list.move_focus(-page),
        "Home" => mail.list.focus_row(0),
        "End" => mail.list.focus_row(u32::MAX),
        "Enter" | " " => {
            if let Some(id) = mail.list.focused_id() {
                mail.open_message(id);
            }
        }
        _ => return,
    }
    event.prevent_default();
}
