//! The audit log as its owner reads it: days, times, plain sentences; filtered, checked, taken out.

mod check;
mod filter;

use leptos::prelude::*;
use wardmail_api::audit::{AuditPage, AuditRow, ListAudit, OutsideView};
use wardmail_api::words::Tone;
use wardmail_api::words::audit::outside_sentences;

use self::check::CheckPanel;
use self::filter::{Chosen, Filters};
use crate::controls::{Button, Empty, Note, Remote};
use crate::icons::{Icon, Name};
use crate::incident::IncidentPanel;
use crate::page::{Page, remote};
use crate::scope::Scope;
use crate::{backend, time, words};

/// Rows that are asked for at once.
const PAGE: u32 = 100;

/// Rows that are shown at most; the whole log is for an export.
const MAX_ROWS: usize = 2_000;

#[derive(Clone, Copy)]
struct Log {
    scope: Scope,
    page: RwSignal<Remote<AuditPage>>,
    chosen: Chosen,
    busy: RwSignal<bool>,
}

impl Log {
    fn ask(self, before: Option<u64>) -> ListAudit {
        ListAudit { before, limit: PAGE, filter: self.chosen.filter() }
    }

    fn load(self) {
        let request = self.ask(None);
        self.scope.spawn(async move {
            let filter = request.filter.clone();
            let answer = backend::call(request).await;
            // Another filter was chosen meanwhile: its answer is on the way.
            if self.chosen.filter() == filter {
                self.page.set(answer.into());
            }
        });
    }

    fn load_older(self) {
        let before = self.page.with_untracked(|page| page.ready()?.next);
        let request = self.ask(before);
        self.busy.set(true);
        self.scope.spawn(async move {
            let answer = backend::call(request).await;
            self.busy.set(false);
            match answer {
                Ok(older) => self.page.update(|page| {
                    if let Remote::Ready(page) = page {
                        page.rows.extend(older.rows);
                        page.intact = page.intact && older.intact;
                        page.total = older.total;
                        page.next = older.next;
                    }
                }),
                Err(error) => self.page.set(Remote::Failed(error)),
            }
        });
    }
}

#[component]
pub(crate) fn AuditPlace() -> impl IntoView {
    let log = Log {
        scope: Scope::here(),
        page: RwSignal::new(Remote::Loading),
        chosen: Chosen::default(),
        busy: RwSignal::new(false),
    };
    log.load();
    let on_retry = Callback::new(move |()| log.load());
    let shown = remote(log.page, on_retry, move |page: &AuditPage| whole(log, page));
    view! {
        <Page title=words::mailbox::AUDIT lead=words::pages::AUDIT_LEAD testid="audit">
            <CheckPanel />
            <IncidentPanel />
            <Filters chosen=log.chosen on_change=move |()| log.load() />
            {shown}
        </Page>
    }
}

fn whole(log: Log, page: &AuditPage) -> impl IntoView + use<> {
    let (tone, icon, text) = if page.intact {
        ("safe", Name::Shield, words::pages::AUDIT_INTACT)
    } else {
        ("stop", Name::Alert, words::pages::AUDIT_BROKEN)
    };
    let more = page.next.is_some() && page.rows.len() < MAX_ROWS;
    let empty = page.rows.is_empty() && !more;
    let (title, about) = if page.total == 0 {
        (words::pages::AUDIT_EMPTY, words::pages::AUDIT_EMPTY_TEXT)
    } else {
        (words::audit::NONE, words::audit::NONE_TEXT)
    };
    let outside = outside(&page.outside);
    let days: Vec<_> = by_day(&page.rows).into_iter().map(day).collect();
    view! {
        <div data-testid="audit-intact" data-intact=page.intact.to_string()>
            <Note tone icon>
                {text}
            </Note>
        </div>
        {outside}
        {empty.then(|| view! { <Empty icon=Name::Audit title text=about testid="audit-empty" /> })}
        {days}
        {more
            .then(|| {
                view! {
                    <Button
                        testid="audit-more"
                        label=words::pages::AUDIT_MORE
                        disabled=log.busy
                        on_press=move |()| log.load_older()
                    />
                }
            })}
    }
}

/// Who outside is told of the log's state.
fn outside(outside: &OutsideView) -> impl IntoView + use<> {
    let said = outside_sentences(outside, &time::in_full);
    let notes: Vec<_> = said
        .into_iter()
        .map(|(tone, sentence)| {
            let (tone, icon) = match tone {
                Tone::Safe | Tone::Neutral => ("neutral", Name::Send),
                Tone::Warn | Tone::Stop => ("warn", Name::Alert),
            };
            view! { <Note tone icon>{sentence}</Note> }
        })
        .collect();
    (!notes.is_empty())
        .then(|| view! { <div class="audit-outside" data-testid="audit-outside">{notes}</div> })
}

/// Rows under the heading of their day, in the order they come.
fn by_day(rows: &[AuditRow]) -> Vec<(String, Vec<AuditRow>)> {
    let mut days: Vec<(String, Vec<AuditRow>)> = Vec::new();
    for row in rows {
        let heading = time::parse(&row.time).map_or_else(String::new, time::heading);
        match days.last_mut() {
            Some((last, rows)) if *last == heading => rows.push(row.clone()),
            Some(_) | None => days.push((heading, vec![row.clone()])),
        }
    }
    days
}

fn day((heading, rows): (String, Vec<AuditRow>)) -> impl IntoView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let moment = time::parse(&row.time).map_or_else(String::new, time::time_of_day);
            let ok = matches!(row.outcome.as_str(), "ok" | "success");
            view! {
                <li
                    data-testid="audit-row"
                    data-seq=row.seq
                    data-kind=row.kind
                    data-outcome=row.outcome
                >
                    <time>{moment}</time>
                    <span class=if ok { "audit-mark" } else { "audit-mark warn" }>
                        <Icon name=if ok { Name::Check } else { Name::Alert } />
                    </span>
                    <span>{row.sentence}</span>
                    <span class="audit-seq">{row.seq}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="panel audit-day">
            <h2>{heading}</h2>
            <ol>{rows}</ol>
        </section>
    }
}
