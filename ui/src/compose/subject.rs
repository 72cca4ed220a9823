//! The subject: typed into a plain field, underlined by a copy of it that lies behind.

use leptos::html;
use leptos::prelude::*;
use wardmail_logic::spans::pieces;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, MouseEvent};

use super::editor::Editor;
use crate::controls::value_of;
use crate::dialog::unique;
use crate::words;

/// The element that says what is wrong with the subject.
pub(super) const ADVICE_ID: &str = "subject-advice";

#[component]
pub(super) fn SubjectLine(editor: Editor) -> impl IntoView {
    let id = unique("subject");
    let field = NodeRef::<html::Input>::new();
    let mirror = NodeRef::<html::Div>::new();
    let hovered = RwSignal::new(None::<String>);
    let follow = move || {
        if let (Some(field), Some(mirror)) = (field.get_untracked(), mirror.get_untracked()) {
            mirror.set_scroll_left(field.scroll_left());
        }
    };
    let underlined = move || {
        let findings = editor
            .check
            .with(|check| check.as_ref().map(|check| check.findings.clone()))
            .unwrap_or_default();
        editor
            .subject
            .with(|subject| pieces(subject, &findings))
            .into_iter()
            .map(|piece| match piece.finding.and_then(|at| findings.get(at)) {
                None => view! { <span>{piece.text}</span> }.into_any(),
                Some(finding) => view! {
                    <span
                        class="phi"
                        data-testid="subject-finding"
                        data-category=finding.category.clone()
                        data-rule=finding.rule.clone()
                        title=finding.reason.clone()
                    >
                        {piece.text}
                    </span>
                }
                .into_any(),
            })
            .collect_view()
    };
    let is_phi = move || editor.check.with(|check| check.as_ref().is_some_and(|check| check.phi));
    view! {
        <div class="line">
            <label for=id.clone()>{words::compose::SUBJECT}</label>
            <div class="subject">
                <div class="mirror" node_ref=mirror aria-hidden="true">
                    {underlined}
                </div>
                <input
                    node_ref=field
                    id=id
                    type="text"
                    data-testid="subject-input"
                    autocomplete="off"
                    aria-describedby=move || is_phi().then_some(ADVICE_ID)
                    title=move || hovered.get()
                    prop:value=move || editor.subject.get()
                    on:input=move |event| {
                        editor.subject.set(value_of(&event));
                        editor.before_neutral.set(None);
                        editor.reason.set(None);
                        editor.check_subject();
                        editor.touched();
                        follow();
                    }
                    on:scroll=move |_| follow()
                    on:keyup=move |_| follow()
                    on:mousemove=move |event| hovered.set(reason_at(mirror, &event))
                />
            </div>
        </div>
    }
}

/// The reason of the underlined piece under the pointer: the field lies over the pieces.
fn reason_at(mirror: NodeRef<html::Div>, event: &MouseEvent) -> Option<String> {
    let pieces = mirror.get_untracked()?.query_selector_all(".phi").ok()?;
    let at = f64::from(event.client_x());
    (0..pieces.length())
        .filter_map(|index| pieces.get(index)?.dyn_into::<Element>().ok())
        .find(|piece| {
            let area = piece.get_bounding_client_rect();
            (area.left()..=area.right()).contains(&at)
        })
        .and_then(|piece| piece.get_attribute("title"))
}
