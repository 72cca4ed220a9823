//! What the window shows if it fails itself: no mail any more, what happened, and a way on.

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element};

use crate::words;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["window", "location"])]
    fn reload();
}

/// From now on, a mistake in the program takes what is shown off the screen and says so.
///
/// The message of the panic is dropped: it could speak of what was shown.
pub(crate) fn watch() {
    std::panic::set_hook(Box::new(|_| {
        // Where there is no page any more, there is nothing to clear.
        let _: Option<()> = show();
    }));
}

fn show() -> Option<()> {
    let document = web_sys::window()?.document()?;
    let body = document.body()?;
    body.set_text_content(None);
    let screen = element(&document, &body, "main", "gate", None)?;
    screen.set_attribute("data-testid", "failed").ok()?;
    let card = element(&document, &screen, "div", "gate-card", None)?;
    element(&document, &card, "h1", "", Some(words::FAILED))?;
    element(&document, &card, "p", "lead", Some(words::FAILED_TEXT))?;
    let again = element(&document, &card, "button", "button primary", Some(words::START_AGAIN))?;
    again.set_attribute("data-testid", "failed-again").ok()?;
    let start = Closure::once_into_js(reload);
    again.add_event_listener_with_callback("click", start.unchecked_ref()).ok()
}

fn element(
    document: &Document,
    parent: &Element,
    name: &str,
    class: &str,
    text: Option<&str>,
) -> Option<Element> {
    let element = document.create_element(name).ok()?;
    element.set_class_name(class);
    element.set_text_content(text);
    parent.append_child(&element).ok()?;
    Some(element)
}
