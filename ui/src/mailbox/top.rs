//! The top bar: the name, the search field, the lock.

use leptos::prelude::*;
use wardmail_api::mail::FolderRole;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

use super::{Place, mail};
use crate::controls::{IconButton, value_of};
use crate::icons::{Icon, Name};
use crate::locking::{Countdown, LockGuard};
use crate::setup::Brand;
use crate::words;

const SEARCH_ID: &str = "search";

/// Gives the search field the focus.
pub(super) fn focus_search() {
    let field = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(SEARCH_ID))
        .and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let Some(field) = field {
        crate::dialog::focus(&field);
        field.select();
    }
}

#[component]
pub(super) fn TopBar(guard: LockGuard) -> impl IntoView {
    let mail = mail();
    view! {
        <header class="top">
            <IconButton
                testid="menu"
                icon=Name::Menu
                label=words::mailbox::MENU
                class="menu-button"
                expanded=mail.menu
                on_press=move |()| mail.menu.update(|open| *open = !*open)
            />
            <Brand />
            <SearchField />
            <span class="space"></span>
            <Countdown guard />
            <button
                type="button"
                class="button"
                data-testid="lock-now"
                aria-keyshortcuts="Control+L"
                on:click=move |_| guard.lock()
            >
                <Icon name=Name::Lock />
                <span class="wide-words">{words::mailbox::LOCK_NOW}</span>
                <kbd class="wide-only" aria-hidden="true">{words::mailbox::LOCK_KEY}</kbd>
            </button>
            <IconButton
                testid="help"
                icon=Name::Help
                label=words::mailbox::HELP
                on_press=move |()| mail.help.set(true)
            />
        </header>
    }
}

#[component]
fn SearchField() -> impl IntoView {
    let mail = mail();
    let typed = RwSignal::new(String::new());
    let search = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let query = typed.get_untracked().trim().to_owned();
        if query.is_empty() {
            mail.go_to_role(FolderRole::Inbox);
        } else {
            mail.go(Place::Search(query));
        }
    };
    let clear = move || {
        typed.set(String::new());
        let searching = mail.place.with_untracked(|place| matches!(place, Some(Place::Search(_))));
        if searching {
            mail.go_to_role(FolderRole::Inbox);
        }
    };
    view! {
        <form class="search" role="search" on:submit=search>
            <Icon name=Name::Search />
            <input
                id=SEARCH_ID
                type="text"
                data-testid="search"
                aria-label=words::mailbox::SEARCH
                placeholder=words::mailbox::SEARCH
                autocomplete="off"
                spellcheck="false"
                prop:value=move || typed.get()
                on:input=move |event| typed.set(value_of(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        clear();
                        mail.list.take_focus();
                    }
                }
            />
            {move || {
                if typed.with(String::is_empty) {
                    view! { <kbd aria-hidden="true">"/"</kbd> }.into_any()
                } else {
                    view! {
                        <IconButton
                            testid="search-clear"
                            icon=Name::Close
                            label=words::mailbox::SEARCH_CLEAR
                            class="small"
                            on_press=move |()| clear()
                        />
                    }
                        .into_any()
                }
            }}
        </form>
    }
}
