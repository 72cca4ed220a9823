//! What to do when a computer is lost or a message went to the wrong person: asks what only people know, shows the facts,
//! and saves the report. It concludes nothing.

use leptos::prelude::*;
use wardmail_api::OutboxId;
use wardmail_api::compose::{ListOutbox, OutboxRow};
use wardmail_api::incident::{
    DescribeIncident, Incident, IncidentReport, IncidentStatement, SaveIncident,
};
use wardmail_api::words::incident::{Line, STATEMENT, Section, sections, title};

use crate::controls::{Button, Field, Form, FormError, Look, Note, Remote, Submit, value_of};
use crate::dialog::unique;
use crate::icons::Name;
use crate::mailbox::mail;
use crate::page::Panel;
use crate::{again, backend, time, words};

/// Which way is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    LostComputer,
    WrongRecipient,
}

/// What was typed.
#[derive(Clone, Copy)]
struct Typed {
    discovered: RwSignal<String>,
    individuals: RwSignal<String>,
    last_seen: RwSignal<String>,
    message: RwSignal<Option<OutboxId>>,
    wrong: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        Self {
            discovered: RwSignal::new(time::iso_day(time::now_unix())),
            individuals: RwSignal::new(String::new()),
            last_seen: RwSignal::new(String::new()),
            message: RwSignal::new(None),
            wrong: RwSignal::new(String::new()),
        }
    }

    /// What is said so far, if it is enough.
    fn statement(self, kind: Kind) -> Option<IncidentStatement> {
        let incident = match kind {
            Kind::LostComputer => {
                let seen = self.last_seen.get();
                let last_seen = match seen.trim() {
                    "" => None,
                    seen => Some(time::parse(&seen.replacen(' ', "T", 1))?),
                };
                Incident::LostComputer { last_seen }
            }
            Kind::WrongRecipient => {
                let wrong = self.wrong.get();
                let wrong: Vec<String> = wrong
                    .split([',', ';', ' '])
                    .filter(|address| address.contains('@'))
                    .map(str::to_owned)
                    .collect();
                if wrong.is_empty() {
                    return None;
                }
                Incident::WrongRecipient { message: self.message.get()?, wrong }
            }
        };
        let individuals = self.individuals.get();
        let individuals = match individuals.trim() {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        let discovered = self.discovered.get().trim().to_owned();
        time::parse(&discovered)?;
        Some(IncidentStatement { incident, discovered, individuals })
    }
}

#[component]
pub(crate) fn IncidentPanel() -> impl IntoView {
    let kind = RwSignal::new(None::<Kind>);
    let begin = move |which| move |()| kind.set(Some(which));
    view! {
        <Panel title=words::incident::TITLE testid="incident">
            {move || match kind.get() {
                None => {
                    view! {
                        <p>{words::incident::LEAD}</p>
                        <div class="audit-actions">
                            <Button
                                testid="incident-lost"
                                label=words::incident::LOST
                                on_press=begin(Kind::LostComputer)
                            />
                            <Button
                                testid="incident-wrong"
                                label=words::incident::WRONG
                                on_press=begin(Kind::WrongRecipient)
                            />
                        </div>
                    }
                        .into_any()
                }
                Some(which) => view! { <Flow which kind /> }.into_any(),
            }}
        </Panel>
    }
}

/// First what to do now, then the questions, then the facts.
#[component]
fn Flow(which: Kind, kind: RwSignal<Option<Kind>>) -> impl IntoView {
    let (form, mail) = (Form::here(), mail());
    let typed = Typed::new();
    let report = RwSignal::new(None::<IncidentReport>);
    let statement = Signal::derive(move || typed.statement(which));
    let describe = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(statement) = statement.get_untracked() else { return };
        form.send(backend::call(DescribeIncident { statement }), move |facts| {
            report.set(Some(facts));
        });
    };
    let save = move |()| {
        let Some(statement) =
            report.with_untracked(|report| Some(report.as_ref()?.statement.clone()))
        else {
            return;
        };
        again::send(mail, form, SaveIncident { statement }, move |view| {
            if view.saved {
                mail.app.toasts.done(words::incident::SAVED);
            }
        });
    };
    let first = match which {
        Kind::LostComputer => words::incident::LOST_FIRST,
        Kind::WrongRecipient => words::incident::WRONG_FIRST,
    };
    let questions = match which {
        Kind::LostComputer => view! { <LostQuestions typed /> }.into_any(),
        Kind::WrongRecipient => view! { <WrongQuestions typed /> }.into_any(),
    };
    view! {
        <Note tone="warn" icon=Name::Alert>
            {first}
        </Note>
        <form class="narrow-form" on:submit=describe>
            <Field
                label=words::incident::DISCOVERED
                hint=words::incident::DISCOVERED_HINT
                testid="incident-discovered"
                value=typed.discovered
            />
            {questions}
            <Field
                label=words::incident::INDIVIDUALS
                hint=words::incident::INDIVIDUALS_HINT
                testid="incident-individuals"
                value=typed.individuals
            />
            <FormError error=form.error />
            <div class="form-end">
                <Button
                    testid="incident-close"
                    label=words::CLOSE
                    on_press=move |()| kind.set(None)
                />
                <Submit
                    testid="incident-describe"
                    busy=form.busy
                    label=words::incident::DESCRIBE
                    busy_label=words::incident::DESCRIBING
                    disabled=Signal::derive(move || statement.with(Option::is_none))
                />
            </div>
        </form>
        {move || {
            report
                .get()
                .map(|facts| {
                    view! {
                        <Facts facts />
                        <div class="audit-actions">
                            <Button
                                testid="incident-save"
                                label=words::incident::SAVE
                                look=Look::Primary
                                disabled=form.busy
                                on_press=save
                            />
                        </div>
                    }
                })
        }}
    }
}

#[component]
fn LostQuestions(typed: Typed) -> impl IntoView {
    view! {
        <Field
            label=words::incident::LAST_SEEN
            hint=words::incident::LAST_SEEN_HINT
            testid="incident-last-seen"
            value=typed.last_seen
        />
    }
}

#[component]
fn WrongQuestions(typed: Typed) -> impl IntoView {
    let rows = RwSignal::new(Remote::<Vec<OutboxRow>>::Loading);
    let scope = mail().scope;
    scope.spawn(async move {
        rows.set(backend::call(ListOutbox {}).await.into());
    });
    let id = unique("message");
    let choose = move |event: web_sys::Event| {
        typed.message.set(value_of(&event).parse().ok().map(OutboxId));
    };
    let options = move || {
        rows.with(|rows| {
            rows.ready()
                .into_iter()
                .flatten()
                .map(|row| {
                    let said =
                        words::incident::message(&time::day(row.created), &row.who, &row.subject);
                    view! { <option value=row.id.0.to_string()>{said}</option> }
                })
                .collect_view()
        })
    };
    view! {
        <div class="field">
            <label for=id.clone()>{words::incident::MESSAGE}</label>
            <select id=id data-testid="incident-message" on:change=choose>
                <option value="">{words::incident::MESSAGE_NONE}</option>
                {options}
            </select>
        </div>
        <Field
            label=words::incident::RECIPIENT
            hint=words::incident::RECIPIENT_HINT
            testid="incident-recipient"
            value=typed.wrong
        />
    }
}

#[component]
fn Facts(facts: IncidentReport) -> impl IntoView {
    let parts: Vec<_> = sections(&facts, &time::in_full).into_iter().map(part).collect();
    view! {
        <article class="incident-facts" data-testid="incident-facts">
            <h3>{title(&facts.statement.incident)}</h3>
            <p>{STATEMENT}</p>
            {parts}
        </article>
    }
}

fn part(section: Section) -> impl IntoView {
    let lines: Vec<_> = section
        .lines
        .into_iter()
        .map(|line| match line {
            Line::Fact(name, value) => {
                view! { <p class="incident-fact"><b>{name}</b><span>{value}</span></p> }.into_any()
            }
            Line::Text(text) => view! { <p>{text}</p> }.into_any(),
        })
        .collect();
    view! {
        <section>
            <h4>{section.title}</h4>
            {lines}
        </section>
    }
}
