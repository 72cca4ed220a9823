//! What is found in texts and files, and how good the detector is.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufRead, BufReader, Read as _, Write as _},
    path::Path,
    process::ExitCode,
};

use wardmail_api::ErrorCode;
use wardmail_engine::tools::{self, Leaning, MAX_TEXT_BYTES, ScanKind, Scanner, special_advice};

use crate::{
    cli::{KindWord, PhiCommand},
    offline,
    output::{Failure, Output},
    secrets,
};

/// The most of a text, or of one line, that is read: one byte more than is looked at, so that a cut is said.
const MOST: u64 = MAX_TEXT_BYTES as u64 + 1;

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

/// Scans one text, or each of its lines. No more of it is held than the detector looks at.
fn scan(
    kind: ScanKind,
    file: &Path,
    lines: bool,
    rules: Option<&Path>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let scanner = scanner(rules)?;
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file)?))
    };
    if !lines {
        let mut text = Vec::new();
        input.take(MOST).read_to_end(&mut text)?;
        output.json_line(&scanner.scan(decoded(&text).trim_end_matches('\n'), kind))?;
        return Ok(ExitCode::SUCCESS);
    }
    while let Some(line) = next_line(&mut input)? {
        output.json_line(&scanner.scan(&decoded(&line), kind))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the next line without its end, or what of it is looked at; the rest of a longer one is skipped.
fn next_line(input: &mut dyn BufRead) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    if (&mut *input).take(MOST).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    } else {
        input.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

/// Text in UTF-8; what isn't, becomes a mark of its own and hides nothing beside it.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Says what was found, what else was weighed and how, and what law protects specially.
fn explain(kind: ScanKind, output: &Output) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    std::io::stdin().lock().take(MOST).read_to_end(&mut text)?;
    let text = decoded(&text);
    let (scanner, _) = Scanner::new(None);
    let explanation = scanner.explain(text.trim_end_matches('\n'), kind);
    output.answer(&explanation, |explanation| {
        let scan = &explanation.scan;
        let verdict = if scan.is_phi() { "PHI" } else { "clean" };
        let mut said = vec![format!(
            "{verdict} (score {:.2}, PHI from {:.2})",
            scan.score, explanation.threshold
        )];
        said.extend(
            scan.findings.iter().map(|f| format!("{}–{} {}: {}", f.start, f.end, f.rule, f.reason)),
        );
        said.extend(special_advice(scan.special.iter().copied()));
        if scan.truncated {
            said.push("Only the first 2 MB were looked at.".to_owned());
        }
        said.extend(explanation.considered.iter().map(|c| {
            format!(
                "  weighed {}–{} {}: certainty {:.2} × context {:.2} × role {:.2} = {:.2}",
                c.start, c.end, c.rule, c.certainty, c.context, c.role, c.score
            )
        }));
        said.extend(explanation.model.as_ref().map(leaning));
        said.join("\n")
    })
}

/// What the fitted model makes of it, in whole weights, with the words that weigh most.
fn leaning(model: &Leaning) -> String {
    let whole = |thousandths: i32| f64::from(thousandths) / 1000.0;
    let (weight, add, clear) = (whole(model.weight), whole(model.add), whole(model.clear));
    let words =
        model.words.iter().map(|w| format!(" {}–{} {:+.2}", w.start, w.end, whole(w.weight)));
    let words = words.collect::<Vec<_>>().join(",");
    format!("  model {weight:+.2} (adds from {add:+.2}, takes back up to {clear:+.2}):{words}")
}
