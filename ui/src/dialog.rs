//! A modal dialog on the browser's own `<dialog>`: it keeps the focus inside and gives it back.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::controls::IconButton;
use crate::icons::Name;
use crate::words;

/// Gives an id that no other element has.
pub(crate) fn unique(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<HtmlElement> {
    web_sys::window()?.document()?.active_element()?.dyn_into().ok()
}

/// Gives the focus to an element, if it can take it.
pub(crate) fn focus(element: &HtmlElement) {
    // An element that can't take the focus (any more) leaves it where it is.
    drop(element.focus());
}

/// Gives the focus back to what had it; to the page's main part if that is gone.
pub(crate) fn give_back_focus(element: &HtmlElement) {
    if element.is_connected() {
        focus(element);
    } else if let Some(main) = main_part() {
        focus(&main);
    }
}

/// Gives an element the focus if nothing has it: what had it was taken out of the page.
pub(crate) fn take_lost_focus(element: &HtmlElement) {
    if focused().is_none_or(|focused| focused.tag_name() == "BODY") {
        focus(element);
    }
}

/// Gives the page's main part the focus if nothing has it any more.
pub(crate) fn rescue_focus() {
    if let Some(main) = main_part() {
        take_lost_focus(&main);
    }
}

fn main_part() -> Option<HtmlElement> {
    web_sys::window()?.document()?.query_selector("main").ok()??.dyn_into().ok()
}

/// Gives a field the focus as soon as it is in the page.
pub(crate) fn focus_when_shown(node: NodeRef<html::Input>, wanted: bool) {
    if wanted {
        Effect::new(move |_| {
            if let Some(input) = node.get() {
                focus(&input);
            }
        });
    }
}

/// Shows a dialog for as long as it is in the page. Escape and the close button call `on_close`.
#[component]
pub(crate) fn Dialog(
    #[prop(into)] title: String,
    testid: &'static str,
    on_close: Callback<()>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let title_id = unique("dialog");
    let labelled_by = title_id.clone();
    let before: StoredValue<Option<HtmlElement>, LocalStorage> = StoredValue::new_local(focused());
    Effect::new(move |_| {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // It fails only for a dialog that is no longer in the page.
            drop(dialog.show_modal());
        }
    });
    on_cleanup(move || {
        // Closed first: while it is modal, nothing behind it can take the focus.
        if let Some(dialog) = node.try_get_untracked().flatten() {
            dialog.close();
        }
        if let Some(element) = before.try_get_value().flatten() {
            give_back_focus(&element);
        }
    });
    view! {
        <dialog
            node_ref=node
            class="dialog"
            class:dialog-wide=wide
            data-testid=testid
            aria-labelledby=labelled_by
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            <header class="dialog-head">
                // The heading gets the focus first: it says what is asked before any button can be pressed.
                <h2 id=title_id tabindex="-1" autofocus=true>
                    {title}
                </h2>
                <IconButton testid="dialog-close" icon=Name::Close label=words::CLOSE on_press=on_close />
            </header>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}
