//! Reports of incidents: facts on the screen, or as PDF and JSON in files.

use std::{path::Path, process::ExitCode, sync::Arc};

use wardmail_api::{
    ErrorCode, OutboxId,
    incident::{Incident, IncidentReport, IncidentStatement},
    words::incident::{Line, STATEMENT, Section, sections, title},
};
use wardmail_engine::{Engine, parse_moment, show_moment};

use crate::{
    cli::{IncidentArguments, IncidentCommand},
    output::{Failure, Output},
};

/// Runs a command about an incident.
pub(crate) async fn run(
    command: &IncidentCommand,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let (about, incident) = match command {
        IncidentCommand::LostComputer { about, last_seen } => {
            let moment = |text: &String| parse_moment(text).ok_or(ErrorCode::InvalidRequest);
            let last_seen = last_seen.as_ref().map(moment).transpose()?;
            (about, Incident::LostComputer { last_seen })
        }
        IncidentCommand::WrongRecipient { about, message, recipient } => {
            let message = OutboxId(*message);
            (about, Incident::WrongRecipient { message, wrong: recipient.clone() })
        }
    };
    report(about, incident, engine, output).await
}

async fn report(
    about: &IncidentArguments,
    incident: Incident,
    engine: &Arc<Engine>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let statement = IncidentStatement {
        incident,
        discovered: about.discovered.clone(),
        individuals: about.individuals,
    };
    if let Some(path) = &about.out {
        save(statement, path, engine).await?;
        return output.answer(&serde_json::json!({ "saved": true }), |_| "Saved.".to_owned());
    }
    let report = engine.print_incident(statement).await?;
    output.answer(&report, text)
}

async fn save(
    statement: IncidentStatement,
    path: &Path,
    engine: &Arc<Engine>,
) -> Result<(), Failure> {
    // Two files; none of them over another one.
    if path.extension().is_none() {
        return Err(ErrorCode::InvalidRequest.into());
    }
    if path.exists() || path.with_extension("json").exists() {
        return Err(ErrorCode::FileExists.into());
    }
    engine.save_incident(statement, path.to_owned()).await?;
    Ok(())
}

fn text(report: &IncidentReport) -> String {
    let line = |line: &Line| match line {
        Line::Fact(name, value) => format!("  {name:<34} {value}"),
        Line::Text(sentence) => format!("  {sentence}"),
    };
    let section = |section: &Section| {
        let lines: Vec<String> = section.lines.iter().map(line).collect();
        format!("{}\n{}", section.title, lines.join("\n"))
    };
    let parts: Vec<String> = sections(report, &show_moment).iter().map(section).collect();
    format!("{}\n{STATEMENT}\n\n{}", title(&report.statement.incident), parts.join("\n\n"))
}
