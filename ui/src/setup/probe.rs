//! The test of an account as a list of steps, each with how it went and what to do.

use leptos::prelude::*;
use wardmail_api::ErrorCode;
use wardmail_api::account::{ProbeResult, ProbeStep, ProbeView};

use super::account::Probe;
use crate::icons::{Icon, Name};
use crate::words;

const STEPS: [(ProbeStep, &str); 8] = [
    (ProbeStep::Provider, "provider"),
    (ProbeStep::ImapConnect, "imapConnect"),
    (ProbeStep::ImapTls, "imapTls"),
    (ProbeStep::ImapLogin, "imapLogin"),
    (ProbeStep::ImapFolders, "imapFolders"),
    (ProbeStep::SmtpConnect, "smtpConnect"),
    (ProbeStep::SmtpTls, "smtpTls"),
    (ProbeStep::SmtpLogin, "smtpLogin"),
];

#[component]
pub(super) fn Checklist(probe: RwSignal<Probe>) -> impl IntoView {
    move || {
        let (ok, view) = match probe.get() {
            Probe::Idle => return None,
            Probe::Running => ("running", None),
            Probe::Done(view) if view.ok => ("true", Some(view)),
            Probe::Done(view) => ("false", Some(view)),
        };
        let rows: Vec<_> =
            STEPS.into_iter().map(|(step, name)| row(step, name, view.as_ref())).collect();
        Some(view! {
            <ol
                class="probe"
                data-testid="probe"
                data-ok=ok
                aria-live="polite"
                aria-label=words::setup::PROBE_LABEL
            >
                {rows}
            </ol>
        })
    }
}

fn row(step: ProbeStep, name: &'static str, view: Option<&ProbeView>) -> impl IntoView + use<> {
    let result = view.and_then(|view| view.steps.iter().find(|result| result.step == step));
    let state = match (view, result) {
        (None, _) => "running",
        (Some(_), None) => "waiting",
        (Some(_), Some(ProbeResult { error: None, .. })) => "ok",
        (Some(_), Some(ProbeResult { error: Some(_), .. })) => "failed",
    };
    let error = result.and_then(|result| result.error);
    let fact = result.and_then(|result| result.fact.clone());
    let mark = match state {
        "ok" => view! { <Icon name=Name::Check /> }.into_any(),
        "failed" => view! { <Icon name=Name::Alert /> }.into_any(),
        "running" => view! { <span class="spinner" aria-hidden="true"></span> }.into_any(),
        _ => view! { <span class="probe-dot" aria-hidden="true"></span> }.into_any(),
    };
    view! {
        <li
            class="probe-step"
            data-testid=format!("probe-{name}")
            data-state=state
            data-code=error.map(ErrorCode::slug)
        >
            {mark}
            <div>
                <span class="probe-name">{words::setup::probe_step(step)}</span>
                {fact.map(|fact| view! { <span class="probe-fact">{fact}</span> })}
                {(state == "waiting")
                    .then(|| {
                        view! { <span class="probe-fact">{words::setup::PROBE_NOT_REACHED}</span> }
                    })}
                {error
                    .map(|code| {
                        view! { <p class="probe-error">{code.what()} " " {code.next()}</p> }
                    })}
            </div>
        </li>
    }
}
