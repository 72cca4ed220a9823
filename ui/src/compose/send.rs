//! The bar below: send, and what happens when it is pressed or why it can't be.

use leptos::prelude::*;
use wardmail_api::compose::{PlanVerdict, PlanView};
use wardmail_api::phi::Question;

use super::editor::Editor;
use crate::controls::{Button, FormError};
use crate::dialog::unique;
use crate::icons::{Icon, Name};
use crate::words;

#[component]
pub(super) fn SendBar(editor: Editor) -> impl IntoView {
    let verdict =
        Memo::new(move |_| editor.plan.with(|plan| plan.as_ref().map(|plan| plan.verdict)));
    // A plan about an older text stops nobody: sending plans anew.
    let stopped = move || editor.plan_fresh.get() && verdict.get() == Some(PlanVerdict::Blocked);
    let needs_reason =
        move || verdict.get() == Some(PlanVerdict::NeedsReason) && !editor.unanswered().is_empty();
    let why = move || {
        let open = editor.unanswered();
        editor.plan.with(|plan| plan.as_ref().map(|plan| why(plan, &open)))
    };
    let why_id = unique("why");
    view! {
        <div class="composer-error">
            <FormError error=editor.error />
        </div>
        <footer class="composer-foot">
            <button
                type="button"
                class="button primary"
                data-testid="composer-send"
                aria-disabled=move || stopped().to_string()
                aria-describedby=why_id.clone()
                disabled=move || editor.sending.get()
                on:click=move |_| editor.send()
            >
                <Icon name=Name::Send />
                {move || words::compose::send(editor.sending.get(), needs_reason())}
            </button>
            <Button
                testid="composer-attach"
                icon=Name::Attach
                label=words::compose::ATTACH
                on_press=move |()| editor.attach()
            />
            <span
                id=why_id
                class="send-why"
                class:stop=stopped
                data-testid="composer-send-why"
                role="status"
            >
                {why}
            </span>
        </footer>
    }
}

/// One sentence: what stops it, or what will happen.
fn why(plan: &PlanView, open: &[Question]) -> String {
    match plan.verdict {
        PlanVerdict::Blocked => {
            let person = plan.recipients.iter().find_map(|recipient| recipient.blocked);
            let whole = plan.blocked.first().copied();
            whole.or(person).map_or_else(String::new, |code| code.what().to_owned())
        }
        PlanVerdict::NeedsReason if !open.is_empty() => words::compose::needs_reason(open),
        PlanVerdict::NeedsReason | PlanVerdict::Ready => {
            words::compose::undo_for(plan.undo_seconds, plan.provider.as_deref())
        }
    }
}
