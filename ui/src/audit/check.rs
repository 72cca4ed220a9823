//! Checks the whole log, and takes it out.

use leptos::prelude::*;
use wardmail_api::audit::{AuditFormat, AuditVerdict, ExportAudit, VerifyAudit};
use wardmail_api::words::audit::{backing_sentence, verdict_sentence};

use crate::controls::{Button, Form, FormError, Note, value_of};
use crate::dialog::unique;
use crate::icons::Name;
use crate::mailbox::mail;
use crate::page::Panel;
use crate::{again, backend, words};

const FORMATS: [AuditFormat; 4] =
    [AuditFormat::Jsonl, AuditFormat::Csv, AuditFormat::Syslog, AuditFormat::Fhir];

#[component]
pub(super) fn CheckPanel() -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let verdict = RwSignal::new(None::<AuditVerdict>);
    let format = RwSignal::new(AuditFormat::Jsonl);
    let verify = move |()| {
        form.send(backend::call(VerifyAudit {}), move |came| verdict.set(Some(came)));
    };
    let export = move |()| {
        let request = ExportAudit { format: format.get_untracked() };
        again::send(mail, form, request, move |view| {
            if view.saved {
                mail.app.toasts.done(words::audit::EXPORTED);
            }
        });
    };
    let choose = move |event: web_sys::Event| {
        let index: usize = value_of(&event).parse().unwrap_or(0);
        format.set(FORMATS.get(index).copied().unwrap_or(AuditFormat::Jsonl));
    };
    let id = unique("format");
    let options: Vec<_> = FORMATS
        .into_iter()
        .enumerate()
        .map(|(index, format)| {
            view! { <option value=index.to_string()>{words::audit::format(format)}</option> }
        })
        .collect();
    view! {
        <Panel title=words::audit::CHECK testid="audit-check">
            <p>{words::audit::CHECK_TEXT}</p>
            {move || verdict.get().map(said)}
            <FormError error=form.error />
            <div class="audit-actions">
                <Button
                    testid="audit-verify"
                    label=words::audit::VERIFY
                    disabled=form.busy
                    on_press=verify
                />
                <label for=id.clone() class="unseen">
                    {words::audit::FORMAT}
                </label>
                <select id=id data-testid="audit-format" on:change=choose>
                    {options}
                </select>
                <Button
                    testid="audit-export"
                    label=words::audit::EXPORT
                    disabled=form.busy
                    on_press=export
                />
            </div>
        </Panel>
    }
}

fn said(verdict: AuditVerdict) -> impl IntoView {
    let (tone, icon) = if verdict.intact { ("safe", Name::Shield) } else { ("stop", Name::Alert) };
    let (intact, key) = (verdict.intact.to_string(), verdict.key.clone());
    let (sentence, backing) = (verdict_sentence(&verdict), backing_sentence(&verdict));
    let shown = key.clone().map(|key| {
        view! { <span>{words::audit::KEY} " " <code class="mono">{key}</code></span> }
    });
    view! {
        <div role="status" data-testid="audit-verdict" data-intact=intact data-key=key>
            <Note tone icon>
                <b>{sentence}</b>
                <span>{backing}</span>
                {shown}
            </Note>
        </div>
    }
}
