//! Welcome and set-up: from nothing to a mailbox that can send.

mod account;
mod key;
mod passphrase;
mod probe;
mod provider;
mod recovery;
mod restore;

use leptos::prelude::*;
use wardmail_api::Secret;
use wardmail_api::session::SetUpStep;

use crate::app::app;
use crate::icons::{Icon, Name};
use crate::words;

pub(crate) use self::key::{ImportForm, MakeKey};
pub(crate) use self::provider::ProviderForm;

/// A step as the list of steps shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Step {
    Passphrase,
    Recovery,
    Account,
    Provider,
    Key,
}

/// The frame of every step: what it is about on the left, where one stands on the right.
#[component]
fn SetUpFrame(
    #[prop(into)] step: Signal<Step>,
    #[prop(into)] name: Signal<&'static str>,
    children: Children,
) -> impl IntoView {
    let steps = [Step::Passphrase, Step::Recovery, Step::Account, Step::Provider, Step::Key];
    let items: Vec<_> = steps
        .into_iter()
        .zip(words::setup::STEPS)
        .map(|(this, label)| {
            let state = move || {
                let now = step.get();
                if this < now {
                    "done"
                } else if this == now {
                    "now"
                } else {
                    "later"
                }
            };
            view! {
                <li data-state=state aria-current=move || (step.get() == this).then_some("step")>
                    <span class="step-mark">
                        {move || (this < step.get()).then(|| view! { <Icon name=Name::Check /> })}
                    </span>
                    {label}
                </li>
            }
        })
        .collect();
    view! {
        <main class="gate setup" data-testid="setup" data-step=move || name.get()>
            <div class="setup-card">
                <aside class="setup-steps">
                    <Brand />
                    <ol aria-label=words::setup::STEPS_LABEL>{items}</ol>
                </aside>
                <div class="setup-body">{children()}</div>
            </div>
        </main>
    }
}

/// The mark and the name.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <div class="brand">
            <span class="brand-mark"><Icon name=Name::Seal /></span>
            {words::PRODUCT}
        </div>
    }
}

/// Which part of the welcome is shown.
#[derive(Clone)]
enum Part {
    Passphrase,
    Restore,
    Show(Secret),
    Confirm(Secret),
}

/// The first steps, before there is a mailbox: passphrase and recovery code.
#[component]
pub(crate) fn Welcome() -> impl IntoView {
    let part = RwSignal::new(Part::Passphrase);
    let step = Signal::derive(move || {
        part.with(|part| match part {
            Part::Passphrase | Part::Restore => Step::Passphrase,
            Part::Show(_) | Part::Confirm(_) => Step::Recovery,
        })
    });
    let name = Signal::derive(move || {
        part.with(|part| match part {
            Part::Passphrase => "passphrase",
            Part::Restore => "restore",
            Part::Show(_) => "recovery-show",
            Part::Confirm(_) => "recovery-confirm",
        })
    });
    let shown = move || match part.get() {
        Part::Passphrase => {
            let on_code = Callback::new(move |code| part.set(Part::Show(code)));
            let on_restore = Callback::new(move |()| part.set(Part::Restore));
            view! { <passphrase::PassphraseStep on_code on_restore /> }.into_any()
        }
        Part::Restore => {
            let on_back = Callback::new(move |()| part.set(Part::Passphrase));
            view! { <restore::RestoreForm on_back /> }.into_any()
        }
        Part::Show(code) => {
            let next = code.clone();
            let on_written = Callback::new(move |()| part.set(Part::Confirm(next.clone())));
            view! { <recovery::ShowCode code on_written /> }.into_any()
        }
        Part::Confirm(code) => {
            let on_show = Callback::new(move |()| part.set(Part::Show(code.clone())));
            let on_cancel = Callback::new(move |()| part.set(Part::Passphrase));
            view! { <recovery::ConfirmCode on_show on_cancel /> }.into_any()
        }
    };
    view! { <SetUpFrame step name>{shown}</SetUpFrame> }
}

/// The steps within an open mailbox that isn't ready to send.
#[component]
pub(crate) fn Continue() -> impl IntoView {
    let app = app();
    let next =
        Memo::new(move |_| app.status().and_then(|s| s.next_step).unwrap_or(SetUpStep::Account));
    let step = Signal::derive(move || match next.get() {
        SetUpStep::Account => Step::Account,
        SetUpStep::Provider => Step::Provider,
        SetUpStep::Key => Step::Key,
    });
    let name = Signal::derive(move || match next.get() {
        SetUpStep::Account => "account",
        SetUpStep::Provider => "provider",
        SetUpStep::Key => "key",
    });
    let on_done = Callback::new(move |()| app.refresh());
    let shown = move || match next.get() {
        SetUpStep::Account => view! { <account::AccountStep on_done /> }.into_any(),
        SetUpStep::Provider => view! { <provider::ProviderStep on_done /> }.into_any(),
        SetUpStep::Key => view! { <key::KeyStep on_done /> }.into_any(),
    };
    view! { <SetUpFrame step name>{shown}</SetUpFrame> }
}
