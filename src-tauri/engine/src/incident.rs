//! The incident kit: what the mailbox knows of a lost computer or a message to the wrong person.
//!
//! It gathers facts and counts, and concludes nothing.

mod disk;
mod gather;
mod pdf;

use std::{path::PathBuf, sync::Arc};

use jiff::{ToSpan as _, civil::Date};
use wardmail_api::{
    ApiError,
    incident::{DescribeIncident, Incident, IncidentReport, IncidentStatement, Limits},
    mail::SavedView,
    words::incident as words,
};
use wardmail_audit::{Code, Count, Event, EventKind, Outcome};
use zeroize::Zeroizing;

use crate::{
    clock, door::Answer, engine::Engine, error::Error, files, session::Session, tools::KnownOutside,
};

/// The version of the report's form.
const VERSION: u32 = 1;

/// Days after discovery in which individuals are told at the latest (45 CFR 164.404(b)), and after
/// the year's end the Secretary (164.408(c)).
const OUTER_LIMIT_DAYS: i64 = 60;

/// From so many individuals on the Secretary is told at once (164.408(b)); above it, the media (164.406).
const MANY: u32 = 500;

impl Answer for DescribeIncident {
    async fn answer(self, engine: &Arc<Engine>) -> Result<IncidentReport, Error> {
        let session = engine.session().await?;
        session.run(describe_noted(engine, &session, self.statement)).await
    }
}

impl Engine {
    /// Describes an incident for a page or a file that the engine doesn't see, and records that as taken out.
    ///
    /// # Errors
    /// Fails while locked, if policy wants the passphrase once more, or if it can't be recorded.
    pub async fn print_incident(
        self: &Arc<Self>,
        statement: IncidentStatement,
    ) -> Result<IncidentReport, ApiError> {
        self.may_take_out().await?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        // Boxed: it gathers the facts twice.
        let printed = session.run(Box::pin(print(self, &session, statement))).await;
        printed.map_err(|error| {
            error.log("print_incident");
            error.to_api()
        })
    }

    /// Writes the report of an incident as PDF, and as JSON beside it, and records that.
    ///
    /// # Errors
    /// Fails while locked, if policy wants the passphrase once more, or if it can't be recorded or written.
    pub async fn save_incident(
        self: &Arc<Self>,
        statement: IncidentStatement,
        path: PathBuf,
    ) -> Result<SavedView, ApiError> {
        self.may_take_out().await?;
        let session = self.session().await.map_err(|e| e.to_api())?;
        // Boxed: it gathers the facts twice.
        let saved = session.run(Box::pin(save(self, &session, statement, path))).await;
        saved.map_err(|error| {
            error.log("save_incident");
            error.to_api()
        })?;
        Ok(SavedView { saved: true })
    }
}

/// Describes it, and records the message that was opened for that.
async fn describe_noted(
    engine: &Engine,
    session: &Session,
    statement: IncidentStatement,
) -> Result<IncidentReport, Error> {
    let (report, read) = describe(engine, session, statement).await?;
    if let Some(read) = read {
        session.note(read).await;
    }
    Ok(report)
}

/// Describes it; with what the log is to say of the message that was opened for that, if one was.
async fn describe(
    engine: &Engine,
    session: &Session,
    statement: IncidentStatement,
) -> Result<(IncidentReport, Option<Event>), Error> {
    let discovered: Date = statement.discovered.parse().map_err(|_| Error::InvalidRequest)?;
    let limits = limits(discovered, today(), statement.individuals).ok_or(Error::InvalidRequest)?;
    let mut report = IncidentReport {
        version: VERSION,
        made: clock::now().to_string(),
        limits,
        holdings: gather::holdings(session).await?,
        people: Vec::new(),
        people_in_all: 0,
        protection: gather::protection(engine, session).await?,
        last_seen: None,
        message: None,
        entries: Vec::new(),
        audit: crate::audit_log::verify(session, KnownOutside::default()).await?,
        statement,
    };
    let read = match report.statement.incident.clone() {
        Incident::LostComputer { last_seen } => {
            gather::people(session, &mut report).await?;
            gather::around(session, last_seen, &mut report).await?;
            None
        }
        Incident::WrongRecipient { message, wrong } => {
            Some(gather::message(session, message, &wrong, &mut report).await?)
        }
    };
    Ok((report, read))
}

/// What the log says of a report that leaves the mailbox.
fn taken_out(facts: &IncidentReport) -> Event {
    let code = match facts.statement.incident {
        Incident::LostComputer { .. } => "incident.lost_computer",
        Incident::WrongRecipient { .. } => "incident.wrong_recipient",
    };
    Event::new(EventKind::Export, Outcome::Success)
        .code(Code::new(code))
        .count(Count::Recipients, facts.people_in_all)
}

/// As [`save`], for a report that is printed.
async fn print(
    engine: &Engine,
    session: &Session,
    statement: IncidentStatement,
) -> Result<IncidentReport, Error> {
    let facts = describe_noted(engine, session, statement.clone()).await?;
    let again = async { Ok(describe(engine, session, statement).await?.0) };
    session.recorded_first(taken_out(&facts), again).await
}

async fn save(
    engine: &Engine,
    session: &Session,
    statement: IncidentStatement,
    path: PathBuf,
) -> Result<(), Error> {
    let facts = describe_noted(engine, session, statement.clone()).await?;
    let write = async {
        // With the entry of the report itself, so that its hash is the log's as it stands now.
        let (report, _) = describe(engine, session, statement).await?;
        let json = serde_json::to_vec_pretty(&report).map_err(|_| Error::Internal("report"))?;
        let pdf = session.cpu(move || paper(&report)).await?;
        files::save(session, path.with_extension("json"), Zeroizing::new(json)).await?;
        files::save(session, path, Zeroizing::new(pdf)).await
    };
    session.recorded_first(taken_out(&facts), write).await
}

/// The report as PDF.
fn paper(report: &IncidentReport) -> Vec<u8> {
    let sections = words::sections(report, &show_moment);
    let head = report.audit.head.as_deref().unwrap_or("none");
    let foot = format!("Wardmail, audit log {head}");
    pdf::render(words::title(&report.statement.incident), words::STATEMENT, &sections, &foot)
}

/// Reads a moment with its offset from UTC (RFC 3339), as milliseconds since 1970.
pub fn parse_moment(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// Shows a moment by this computer's time zone.
pub fn show_moment(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

fn today() -> Date {
    clock::now().to_zoned(jiff::tz::TimeZone::system()).date()
}

fn limits(discovered: Date, today: Date, individuals: Option<u32>) -> Option<Limits> {
    let outer = discovered.checked_add(OUTER_LIMIT_DAYS.days()).ok()?;
    let year_end = Date::new(discovered.year(), 12, 31).ok()?;
    let yearly = year_end.checked_add(OUTER_LIMIT_DAYS.days()).ok()?;
    Some(Limits {
        outer_limit: outer.to_string(),
        days_left: today.until(outer).ok()?.get_days().into(),
        yearly_limit: yearly.to_string(),
        tell_secretary_now: individuals.map(|n| n >= MANY),
        maybe_media: individuals.map(|n| n > MANY),
    })
}

#[cfg(test)]
mod tests;
