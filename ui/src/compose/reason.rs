//! Asks why a message goes out in spite of what was found: a pick-list, because the log takes no free text. What is added in words
//! stays in the mailbox.

use leptos::prelude::*;
use wardmail_api::compose::OverrideReason;
use wardmail_api::phi::Question;

use super::editor::{Asking, Editor};
use crate::controls::{Button, value_of};
use crate::dialog::Dialog;
use crate::words;

const REASONS: [(OverrideReason, &str); 5] = [
    (OverrideReason::NotAPatient, "reason-notAPatient"),
    (OverrideReason::RecipientNeedsIt, "reason-recipientNeedsIt"),
    (OverrideReason::Urgent, "reason-urgent"),
    (OverrideReason::PatientAsked, "reason-patientAsked"),
    (OverrideReason::Other, "reason-other"),
];

#[component]
pub(super) fn ReasonDialog(editor: Editor) -> impl IntoView {
    move || editor.asking.get().map(|asking| view! { <Ask editor asking /> })
}

#[component]
fn Ask(editor: Editor, asking: Asking) -> impl IntoView {
    let chosen = RwSignal::new(editor.reason.get_untracked());
    let questions = editor
        .plan
        .with_untracked(|plan| plan.as_ref().map(|plan| plan.questions.clone()))
        .unwrap_or_default();
    let close = Callback::new(move |()| editor.asking.set(None));
    // Kept at the subject, before there is a plan: what the subject's advice says is what was asked.
    let mut asked = questions.clone();
    if asking == Asking::Keep && !asked.contains(&Question::Subject) {
        asked.push(Question::Subject);
    }
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(reason) = chosen.get_untracked() else { return };
        editor.reason.set(Some(reason));
        editor.answered.set(asked.clone());
        editor.asking.set(None);
        if asking == Asking::Send {
            editor.send();
        }
    };
    let choices = REASONS.map(|(reason, testid)| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="reason"
                    data-testid=testid
                    prop:checked=move || chosen.get() == Some(reason)
                    on:change=move |_| chosen.set(Some(reason))
                />
                <span>{words::compose::reason(reason)}</span>
            </label>
        }
    });
    view! {
        <Dialog title=words::compose::REASON_TITLE testid="reason-dialog" on_close=close>
            <form on:submit=submit>
                <p>{words::compose::REASON_TEXT}</p>
                {questions
                    .into_iter()
                    .map(|question| {
                        view! {
                            <p data-testid="reason-question">{question.sentence()}</p>
                        }
                    })
                    .collect_view()}
                <fieldset class="choices">
                    <legend class="unseen">{words::compose::REASON_TITLE}</legend>
                    {choices.collect_view()}
                </fieldset>
                <label class="field">
                    <span>{words::compose::REASON_NOTE}</span>
                    <input
                        type="text"
                        data-testid="reason-note"
                        maxlength="1000"
                        prop:value=move || editor.note.get()
                        on:input=move |event| editor.note.set(value_of(&event))
                    />
                </label>
                <div class="form-end">
                    <Button testid="reason-cancel" label=words::CANCEL on_press=close />
                    <button
                        type="submit"
                        class="button primary"
                        data-testid="reason-submit"
                        disabled=move || chosen.get().is_none()
                    >
                        {words::compose::reason_submit(asking == Asking::Send)}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
