//! The composer: a panel over the reader in which a draft is written, planned and sent.

mod advice;
mod editor;
mod files;
mod plan;
mod reason;
mod recipients;
mod send;
mod subject;
mod unsaved;

use leptos::html;
use leptos::prelude::*;
use wardmail_api::compose::{DiscardDraft, DraftKind, DraftView};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::backend;
use crate::controls::{Button, Form, FormError, IconButton, Look, value_of};
use crate::dialog::{Dialog, focus, focused, give_back_focus};
use crate::icons::Name;
use crate::keyboard::dialog_is_open;
use crate::mailbox::mail;
use crate::{time, words};

use self::editor::Saved;
pub(crate) use self::editor::{Checking, Editor};
pub(crate) use self::recipients::Outlook;
pub(crate) use self::unsaved::{Leaving, Unsaved, UnsavedDialog};

/// How much room the panel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Docked,
    Wide,
    Small,
}

impl Size {
    fn name(self) -> &'static str {
        match self {
            Self::Docked => "docked",
            Self::Wide => "wide",
            Self::Small => "small",
        }
    }
}

/// The panel.
#[component]
pub(crate) fn Composer(draft: DraftView) -> impl IntoView {
    let mail = mail();
    let kind = draft.kind;
    let addressed = !draft.to.is_empty();
    let editor = Editor::new(mail, draft);
    mail.editor.set(Some(editor));
    let before: StoredValue<Option<HtmlElement>, LocalStorage> = StoredValue::new_local(focused());
    on_cleanup(move || {
        mail.editor.set(None);
        if let Some(element) = before.try_get_value().flatten() {
            give_back_focus(&element);
        }
    });
    editor.start();
    let size = editor.size;
    let panel = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            // Once it is drawn: a text that is set later would move the cursor behind it.
            request_animation_frame(move || focus_first(&panel, addressed));
        }
    });
    let keys = move |event: web_sys::KeyboardEvent| {
        if dialog_is_open() {
            return;
        }
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            editor.send();
        } else if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            editor.close();
        }
    };
    view! {
        <section
            node_ref=panel
            class="composer"
            data-testid="composer"
            data-draft=editor.id.0
            data-size=move || size.get().name()
            aria-label=words::compose::title(kind)
            on:keydown=keys
        >
            <Head editor kind />
            <div class="composer-body">
                <recipients::Recipients editor />
                <subject::SubjectLine editor />
                <advice::Advice editor />
                <BodyText editor />
                <plan::BodyNotes editor />
                <files::Files editor />
                <plan::Plan editor />
            </div>
            <send::SendBar editor />
        </section>
        <reason::ReasonDialog editor />
    }
}

/// Where the typing goes on: the recipients of a new message, the text of an answer.
fn focus_first(panel: &HtmlElement, addressed: bool) {
    let wanted = if addressed { "textarea" } else { "input" };
    let field = panel
        .query_selector(wanted)
        .ok()
        .flatten()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        focus(&field);
        if let Some(area) = field.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            // The answer goes above what is quoted. It fails for no text area.
            drop(area.set_selection_range(0, 0));
        }
    }
}

#[component]
fn Head(editor: Editor, kind: DraftKind) -> impl IntoView {
    let size = editor.size;
    let toggle = move |to: Size| {
        size.update(|size| *size = if *size == to { Size::Docked } else { to });
    };
    let discarding = RwSignal::new(false);
    view! {
        <header class="composer-head" on:dblclick=move |_| toggle(Size::Small)>
            <h2>{words::compose::title(kind)}</h2>
            <SavedMark editor />
            <span class="space"></span>
            <IconButton
                testid="composer-discard"
                icon=Name::Bin
                label=words::compose::DISCARD
                on_press=move |()| discarding.set(true)
            />
            <IconButton
                testid="composer-minimise"
                icon=Name::Minimise
                label=words::compose::MINIMISE
                pressed=Signal::derive(move || size.get() == Size::Small)
                on_press=move |()| toggle(Size::Small)
            />
            <IconButton
                testid="composer-expand"
                icon=Name::Expand
                label=words::compose::EXPAND
                pressed=Signal::derive(move || size.get() == Size::Wide)
                on_press=move |()| toggle(Size::Wide)
            />
            <IconButton
                testid="composer-close"
                icon=Name::Close
                label=words::compose::CLOSE
                on_press=move |()| editor.close()
            />
        </header>
        {move || discarding.get().then(|| view! { <DiscardDialog editor open=discarding /> })}
    }
}

#[component]
fn SavedMark(editor: Editor) -> impl IntoView {
    let state = move || match editor.saved.get() {
        Saved::Clean => "clean",
        Saved::Dirty => "dirty",
        Saved::Saving => "saving",
        Saved::At(_) => "saved",
        Saved::Failed(_) => "failed",
    };
    let text = move || match editor.saved.get() {
        Saved::Clean => String::new(),
        Saved::Dirty | Saved::Saving => words::compose::SAVING.to_owned(),
        Saved::At(moment) => words::compose::saved(&time::time_of_day(moment)),
        Saved::Failed(code) => words::compose::save_failed(code.what()),
    };
    view! {
        <span class="composer-saved" data-testid="composer-saved" data-state=state role="status">
            {text}
        </span>
    }
}

#[component]
fn DiscardDialog(editor: Editor, open: RwSignal<bool>) -> impl IntoView {
    let mail = mail();
    let form = Form::within(mail.scope);
    let discard = move |()| {
        form.send(backend::call(DiscardDraft { id: editor.id }), move |()| {
            mail.composing.set(None);
            mail.load_drafts();
            mail.app.toasts.info(words::compose::DISCARDED);
        });
    };
    view! {
        <Dialog
            title=words::compose::DISCARD_TITLE
            testid="discard-dialog"
            on_close=Callback::new(move |()| open.set(false))
        >
            <p>{words::compose::DISCARD_TEXT}</p>
            <FormError error=form.error />
            <div class="form-end">
                <Button
                    testid="discard-keep"
                    label=words::compose::DISCARD_KEEP
                    on_press=move |()| open.set(false)
                />
                <Button
                    testid="discard-confirm"
                    label=words::DELETE
                    look=Look::Danger
                    on_press=discard
                />
            </div>
        </Dialog>
    }
}

#[component]
fn BodyText(editor: Editor) -> impl IntoView {
    view! {
        <textarea
            class="body-input"
            data-testid="body-input"
            aria-label=words::compose::BODY
            placeholder=words::compose::BODY
            spellcheck="true"
            prop:value=move || editor.body.get()
            on:input=move |event| {
                editor.body.set(value_of(&event));
                editor.touched();
            }
        ></textarea>
    }
}
