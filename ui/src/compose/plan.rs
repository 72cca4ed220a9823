//! How the draft would go out, to each recipient, and why; and what is to be said about the text.

use leptos::prelude::*;
use wardmail_api::ErrorCode;
use wardmail_api::compose::{PlanView, RecipientPlan};
use wardmail_api::phi::{ContentCheck, EncryptionReason, Question};
use wardmail_logic::spans::names;

use super::advice::NotPatients;
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

/// Why it is sealed, what the text holds, what is asked before sending, and a forgotten attachment.
#[component]
pub(super) fn BodyNotes(editor: Editor) -> impl IntoView {
    let plan = Memo::new(move |_| editor.plan.get().map(Notes::of));
    move || {
        let notes = plan.get()?;
        let names = editor.body.with_untracked(|body| names(body, &notes.body.findings));
        Some(view! {
            {notes.forgotten.then(|| note(Name::Attach, "warn", words::compose::FORGOTTEN.to_owned()))}
            {notes.body.phi.then(|| note(Name::Shield, "info", words::compose::body_phi(&notes.body)))}
            {notes.body.special.map(|advice| note(Name::Alert, "warn", advice))}
            <div class="body-note-actions">
                <NotPatients editor names testid="body-not-patient" />
            </div>
            {notes.questions.into_iter().map(asked).collect_view()}
            {notes.warnings.into_iter().map(warned).collect_view()}
            <p
                class="body-note"
                data-tone="safe"
                data-testid="encryption"
                data-reason=format!("{:?}", notes.encryption)
                role="status"
            >
                <Icon name=Name::Seal />
                {notes.encryption.sentence()}
            </p>
        })
    }
}

/// What the notes are made of.
#[derive(Clone, PartialEq)]
struct Notes {
    body: ContentCheck,
    questions: Vec<Question>,
    warnings: Vec<Question>,
    encryption: EncryptionReason,
    forgotten: bool,
}

impl Notes {
    fn of(plan: PlanView) -> Self {
        Self {
            body: plan.body,
            // That of the subject is asked beside the subject.
            questions: plan.questions.into_iter().filter(|q| *q != Question::Subject).collect(),
            // What is found in subject, text and files is said beside them.
            warnings: plan.warnings.into_iter().filter(|q| is_about_whole(*q)).collect(),
            encryption: plan.encryption,
            forgotten: plan.attachment_forgotten,
        }
    }
}

/// Whether a warning is about who gets it, or about all of it: nothing else says it.
const fn is_about_whole(question: Question) -> bool {
    matches!(question, Question::NewDomain | Question::SeveralPatients | Question::ManyRecipients)
}

fn note(icon: Name, tone: &'static str, text: String) -> impl IntoView {
    view! {
        <p class="body-note" data-tone=tone data-testid="body-note">
            <Icon name=icon />
            {text}
        </p>
    }
}

fn asked(question: Question) -> impl IntoView {
    about(question, "question")
}

/// What policy warns of, and sends all the same.
fn warned(question: Question) -> impl IntoView {
    about(question, "warning")
}

fn about(question: Question, testid: &'static str) -> impl IntoView {
    view! {
        <p
            class="body-note"
            data-tone="warn"
            data-testid=testid
            data-question=format!("{question:?}")
        >
            <Icon name=Name::Alert />
            {question.sentence()}
        </p>
    }
}
