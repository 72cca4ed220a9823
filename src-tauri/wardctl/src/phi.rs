//! What is found in texts and files, and how good the detector is.

use std::{
    io::{BufRead as _, Write as _},
    path::Path,
    process::ExitCode,
};

use wardmail_api::ErrorCode;
use wardmail_engine::tools::{self, ScanKind, Scanner};

use crate::{
    cli::{KindWord, PhiCommand},
    offline,
    output::{Failure, Output},
    secrets,
};

/// What the text is, in the engine's words.
const fn kind(word: KindWord) -> ScanKind {
    match word {
        KindWord::Subject => ScanKind::Subject,
        KindWord::Body => ScanKind::Body,
        KindWord::File => ScanKind::File,
    }
}

/// Runs a command.
pub(crate) async fn run(command: &PhiCommand, output: &Output) -> Result<ExitCode, Failure> {
    match command {
        PhiCommand::Scan { kind: KindWord::File, file, lines: false, rules } => {
            let scanner = scanner(rules.as_deref())?;
            let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
            let bytes = offline::read(file)?;
            output.json_line(&scanner.scan_file(&name, &bytes).await)?;
            Ok(ExitCode::SUCCESS)
        }
        PhiCommand::Scan { kind: word, file, lines, rules } => {
            scan(kind(*word), file, *lines, rules.as_deref(), output)
        }
        PhiCommand::Evaluate { file, kind: word } => {
            let text = secrets::text(file)?;
            let report = tools::evaluate_phi(&text, kind(*word))
                .map_err(|at| Failure::At(ErrorCode::InvalidRequest, at))?;
            output.answer(&report, ToString::to_string)
        }
        PhiCommand::Explain { kind: word } => explain(kind(*word), output),
    }
}

/// A scanner with an organisation's own rules. What can't be used is named on standard error; the rest holds.
fn scanner(rules: Option<&Path>) -> Result<Scanner, Failure> {
    let rules = rules.map(secrets::text).transpose()?;
    let (scanner, problems) = Scanner::new(rules.as_deref());
    let mut errors = std::io::stderr().lock();
    for problem in problems {
        writeln!(errors, "{problem}")?;
    }
    Ok(scanner)
}

fn scan(
    kind: ScanKind,
    file: &Path,
    lines: bool,
    rules: Option<&Path>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let scanner = scanner(rules)?;
    if lines && file.as_os_str() == "-" {
        for line in std::io::stdin().lock().lines() {
            output.json_line(&scanner.scan(&line?, kind))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let text = secrets::text(file)?;
    if lines {
        for line in text.lines() {
            output.json_line(&scanner.scan(line, kind))?;
        }
    } else {
        output.json_line(&scanner.scan(text.trim_end_matches('\n'), kind))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(kind: ScanKind, output: &Output) -> Result<ExitCode, Failure> {
    let text = secrets::text(Path::new("-"))?;
    let (scanner, _) = Scanner::new(None);
    let scan = scanner.scan(text.trim_end_matches('\n'), kind);
    output.answer(&scan, |scan| {
        let verdict = if scan.is_phi() { "PHI" } else { "clean" };
        let mut said = vec![format!("{verdict} (score {:.2})", scan.score)];
        said.extend(
            scan.findings.iter().map(|f| format!("{}–{} {}: {}", f.start, f.end, f.rule, f.reason)),
        );
        said.join("\n")
    })
}
