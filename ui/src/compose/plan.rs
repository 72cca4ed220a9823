//! How the draft would go out, to each recipient, and why; and what is to be said about the text.

use leptos::prelude::*;
use wardmail_api::ErrorCode;
use wardmail_api::compose::RecipientPlan;

use super::editor::Editor;
use super::recipients::Outlook;
use crate::controls::{Button, Look};
use crate::icons::{Icon, Name};
use crate::words;

#[component]
pub(super) fn Plan(editor: Editor) -> impl IntoView {
    let recipients = Memo::new(move |_| {
        editor.plan.with(|plan| plan.as_ref().map(|p| p.recipients.clone()).unwrap_or_default())
    });
    let blocked = Memo::new(move |_| {
        editor.plan.with(|plan| plan.as_ref().map(|p| p.blocked.clone()).unwrap_or_default())
    });
    view! {
        <div class="plan" data-testid="plan" aria-label=words::compose::PLAN role="group">
            {move || recipients.get().into_iter().map(|one| row(editor, one)).collect_view()}
            {move || blocked.get().into_iter().filter(|code| is_shown(*code)).map(stop).collect_view()}
        </div>
    }
}

/// That nobody is addressed and that a reason is needed is said elsewhere already.
fn is_shown(code: ErrorCode) -> bool {
    !matches!(code, ErrorCode::NoRecipients | ErrorCode::ReasonNeeded)
}

fn row(editor: Editor, recipient: RecipientPlan) -> impl IntoView {
    let outlook = Outlook::of(Some(&recipient));
    let tone = match outlook {
        Outlook::Checking => "info",
        Outlook::Sealed => "safe",
        Outlook::Stopped(_) => "stop",
    };
    let who = if recipient.address.is_empty() {
        recipient.typed
    } else {
        words::compose::person(&recipient.name, &recipient.address)
    };
    view! {
        <div
            class="plan-row"
            data-testid="plan-row"
            data-address=recipient.address
            data-plan=outlook.name()
        >
            <span class="tag" data-tone=tone>{words::compose::rung(outlook)}</span>
            <span class="plan-who">{who}</span>
            <span class="why">
                {words::compose::why(outlook, recipient.trust, recipient.kind)}
            </span>
            {is_about_key(outlook)
                .then(|| {
                    view! {
                        <Button
                            testid="plan-keys"
                            label=words::mailbox::PEOPLE
                            look=Look::Link
                            on_press=move |()| editor.look_for_key()
                        />
                    }
                })}
        </div>
    }
}

/// Whether a certificate would help.
fn is_about_key(outlook: Outlook) -> bool {
    matches!(
        outlook,
        Outlook::Stopped(
            ErrorCode::RecipientKeyMissing
                | ErrorCode::RecipientKeyUnusable
                | ErrorCode::RecipientKeyRejected
                | ErrorCode::RecipientKeyChanged
        )
    )
}

fn stop(code: ErrorCode) -> impl IntoView {
    view! {
        <p class="plan-blocked" data-testid="plan-blocked" data-code=code.slug()>
            <Icon name=Name::Alert />
            <span>
                <b>{code.what()}</b>
                " "
                {code.next()}
            </span>
        </p>
    }
}

/// PHI in the text, a forgotten attachment, an answer that stays sealed.
#[component]
pub(super) fn BodyNotes(editor: Editor, answers_sealed: bool) -> impl IntoView {
    let notes = Memo::new(move |_| {
        editor.plan.with(|plan| {
            let (phi, forgotten) =
                plan.as_ref().map_or((false, false), |p| (p.body_phi, p.attachment_forgotten));
            (phi, forgotten)
        })
    });
    let note = |icon, tone: &'static str, text: &'static str| {
        view! {
            <p class="body-note" data-tone=tone data-testid="body-note">
                <Icon name=icon />
                {text}
            </p>
        }
    };
    move || {
        let (phi, forgotten) = notes.get();
        view! {
            {forgotten.then(|| note(Name::Attach, "warn", words::compose::FORGOTTEN))}
            {phi.then(|| note(Name::Shield, "info", words::compose::BODY_PHI))}
            {(answers_sealed && !phi)
                .then(|| note(Name::Seal, "info", words::compose::ANSWERS_SEALED))}
        }
    }
}
