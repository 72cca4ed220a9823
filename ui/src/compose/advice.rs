//! What is said about the subject, where the hand is: why, and the better thing as one button.

use leptos::prelude::*;
use wardmail_api::compose::{PhiAction, SubjectCheck};
use wardmail_logic::spans::{names, reasons};

use super::editor::{Asking, Editor};
use super::subject::ADVICE_ID;
use crate::controls::{Button, Look};
use crate::icons::{Icon, Name};
use crate::words;

#[component]
pub(super) fn Advice(editor: Editor) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        editor.check.get().filter(|check| check.phi && check.action != PhiAction::Off)
    });
    view! {
        <div role="status" aria-live="polite">
            {move || editor.marked.get().map(|name| view! { <Marked editor name /> })}
            {move || match (wanted.get(), editor.before_neutral.get()) {
                (Some(check), _) => Some(view! { <Warned editor check /> }.into_any()),
                (None, Some(_)) => Some(view! { <Moved editor /> }.into_any()),
                (None, None) => None,
            }}
        </div>
    }
}

#[component]
fn Warned(editor: Editor, check: SubjectCheck) -> impl IntoView {
    let SubjectCheck { findings, action, neutral, special, .. } = check;
    let why = reasons(&findings).join(" ");
    let can_keep = matches!(action, PhiAction::Justify);
    let names = editor.subject.with_untracked(|subject| names(subject, &findings));
    view! {
        <div class="advice" id=ADVICE_ID data-testid="subject-advice" data-tone="warn">
            <Icon name=Name::Alert />
            <span class="advice-text">
                {why}
                " "
                {words::compose::SUBJECTS_TRAVEL}
                {special.map(|special| view! { <b class="special">{special}</b> })}
            </span>
            {neutral
                .map(|neutral| {
                    view! {
                        <Button
                            testid="subject-use-neutral"
                            label=words::compose::use_neutral(&neutral.subject)
                            on_press=move |()| editor.use_neutral()
                        />
                    }
                })}
            <NotPatients editor names testid="subject-not-patient" />
            {can_keep.then(|| view! { <Keep editor /> })}
        </div>
    }
}

/// Says of each name that was found that it is no patient's.
#[component]
pub(super) fn NotPatients(
    editor: Editor,
    names: Vec<String>,
    testid: &'static str,
) -> impl IntoView {
    let button = move |name: String| {
        let label = words::compose::not_a_patient(&name);
        view! {
            <Button
                testid=testid
                label
                look=Look::Quiet
                on_press=move |()| editor.mark_not_patient(name.clone())
            />
        }
    };
    names.into_iter().map(button).collect_view()
}

/// A name was marked; it can be taken back.
#[component]
fn Marked(editor: Editor, name: String) -> impl IntoView {
    view! {
        <div class="advice" data-testid="phi-marked" data-tone="safe">
            <Icon name=Name::Check />
            <span class="advice-text">{words::compose::marked(&name)}</span>
            <Button
                testid="phi-unmark"
                label=words::UNDO
                look=Look::Quiet
                on_press=move |()| editor.unmark()
            />
        </div>
    }
}

/// The way out: a reason from a list.
#[component]
fn Keep(editor: Editor) -> impl IntoView {
    let ask = move |()| editor.asking.set(Some(Asking::Keep));
    move || {
        match editor.reason.get() {
        None => view! {
            <Button testid="subject-keep" label=words::compose::KEEP look=Look::Quiet on_press=ask />
        }
        .into_any(),
        Some(reason) => view! {
            <Button
                testid="subject-kept"
                icon=Name::Check
                label=words::compose::kept(reason)
                look=Look::Quiet
                on_press=ask
            />
        }
        .into_any(),
    }
    }
}

/// The words were moved; it can be undone.
#[component]
fn Moved(editor: Editor) -> impl IntoView {
    view! {
        <div class="advice" data-testid="subject-moved" data-tone="safe">
            <Icon name=Name::Check />
            <span class="advice-text">{words::compose::MOVED}</span>
            <Button
                testid="subject-undo-neutral"
                label=words::UNDO
                look=Look::Quiet
                on_press=move |()| editor.undo_neutral()
            />
        </div>
    }
}
