//! What is found in a text, and how good the detector is on labelled lines.

use serde::Serialize;
use wardmail_extract::{Extractor, Unread};
use wardmail_phi::{
    Detector, Explanation, Finding, Kind, Knowledge, Scan, SiteRules, Verdict, evaluate,
};
pub use wardmail_phi::{Leaning, MAX_TEXT_BYTES, special_advice};

/// What is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanKind {
    /// A subject.
    Subject,
    /// A text.
    Body,
    /// The content of a file.
    File,
}

impl From<ScanKind> for Kind {
    fn from(kind: ScanKind) -> Self {
        match kind {
            ScanKind::Subject => Self::Subject,
            ScanKind::Body => Self::Body,
            ScanKind::File => Self::File,
        }
    }
}

/// Scans text for PHI as the composer would, with an organisation's own rules if given.
#[derive(Debug)]
pub struct Scanner {
    detector: Detector,
    knowledge: Knowledge,
}

impl Scanner {
    /// A scanner; `rules` is the JSON of an organisation's own rules. Returns the rules that can't
    /// be used beside it, each in a sentence; the others hold.
    pub fn new(rules: Option<&str>) -> (Self, Vec<String>) {
        let (site, problems) = rules.map(SiteRules::parse).unwrap_or_default();
        let problems = problems.iter().map(ToString::to_string).collect();
        (Self { detector: Detector::standard(), knowledge: Knowledge::new().site(site) }, problems)
    }

    /// Scans one text.
    pub fn scan(&self, text: &str, kind: ScanKind) -> Scan {
        self.detector.scan(text, kind.into(), &self.knowledge)
    }

    /// Scans one text, and says of every candidate how it was weighed.
    pub fn explain(&self, text: &str, kind: ScanKind) -> Explanation {
        self.detector.explain(text, kind.into(), &self.knowledge)
    }

    /// Scans a file of any kind: the worker takes its text out.
    pub async fn scan_file(&self, name: &str, bytes: &[u8]) -> FileScan {
        let extraction = Extractor::this_program().extract(name, bytes, |_| {}).await;
        let mut found = FileScan {
            verdict: Verdict::Clean,
            score: 0.0,
            findings: Vec::new(),
            unread: extraction.unread,
        };
        for name in extraction.names {
            found.add(&name, true, 0, self.scan(&spaced(&name), ScanKind::File));
        }
        let mut at = (String::new(), 0_usize);
        for text in extraction.texts {
            if at.0 != text.part {
                at = (text.part, 0);
            }
            found.add(&at.0, false, at.1, self.scan(&text.text, ScanKind::File));
            at.1 = at.1.saturating_add(text.text.chars().count());
        }
        found
    }
}

/// A file's name as words: `Lopez_Maria-biopsy.pdf` has three.
pub(crate) fn spaced(name: &str) -> String {
    name.replace(['_', '+'], " ")
}

/// What was found in a file.
#[derive(Debug, Serialize)]
pub struct FileScan {
    /// Whether it holds PHI.
    pub verdict: Verdict,
    /// The highest score of its parts.
    pub score: f32,
    /// What was found, part by part.
    pub findings: Vec<FileFinding>,
    /// What could not be read, and counts as not checked.
    pub unread: Vec<Unread>,
}

/// A finding in a part of a file.
#[derive(Debug, Serialize)]
pub struct FileFinding {
    /// The file, and the file within it.
    pub part: String,
    /// Whether it is in the name of the part, not in its text.
    pub in_name: bool,
    /// The finding; its places are code points of the name or the text taken out.
    #[serde(flatten)]
    pub finding: Finding,
}

impl FileScan {
    fn add(&mut self, part: &str, in_name: bool, offset: usize, scan: Scan) {
        if scan.is_phi() {
            self.verdict = Verdict::Phi;
        }
        self.score = self.score.max(scan.score);
        self.findings.extend(scan.findings.into_iter().map(|mut finding| {
            finding.start = finding.start.saturating_add(offset);
            finding.end = finding.end.saturating_add(offset);
            FileFinding { part: part.to_owned(), in_name, finding }
        }));
    }
}

/// How good the detector is on labelled lines.
#[derive(Debug, Serialize)]
pub struct PhiFigures {
    /// PHI that was found, and missed; clean lines that were reported, and passed.
    pub confusion: Confusion,
    /// Share of PHI that was found.
    pub recall: Share,
    /// Share of reports that were right.
    pub precision: Share,
    /// Harmonic mean of the two.
    pub f1: Share,
    /// Share of clean lines that were reported.
    pub false_alarms: Share,
    /// Share of lines labelled with a strong identifier in which one was found.
    pub strong_recall: Share,
    /// The lines that were judged wrongly, by their number in the file.
    pub mistakes: Vec<PhiMistake>,
}

/// The four counts.
#[derive(Debug, Serialize)]
pub struct Confusion {
    /// PHI that was found.
    pub true_positive: usize,
    /// PHI that was missed.
    pub false_negative: usize,
    /// Clean lines that were reported.
    pub false_positive: usize,
    /// Clean lines that passed.
    pub true_negative: usize,
}

/// A figure between 0 and 1 with its 95 % interval: Wilson's, for F1 taken through its share of true positives.
#[derive(Debug, Serialize)]
pub struct Share {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A line that was judged wrongly.
#[derive(Debug, Serialize)]
pub struct PhiMistake {
    /// Its number in the file, from 1.
    pub line: usize,
    /// What it is.
    pub label: &'static str,
    /// The categories that the reader saw.
    pub categories: String,
    /// The detector's score.
    pub score: f32,
    /// The rules that fired.
    pub rules: Vec<String>,
}

impl std::fmt::Display for PhiFigures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let c = &self.confusion;
        writeln!(
            f,
            "found {}  missed {}  false alarms {}  passed {}",
            c.true_positive, c.false_negative, c.false_positive, c.true_negative
        )?;
        let shares = [
            ("recall", &self.recall),
            ("precision", &self.precision),
            ("F1", &self.f1),
            ("false-alarm rate", &self.false_alarms),
            ("strong identifiers", &self.strong_recall),
        ];
        for (name, share) in shares {
            writeln!(f, "{name:<20} {:.4}  [{:.4}, {:.4}]", share.value, share.low, share.high)?;
        }
        for mistake in &self.mistakes {
            let what = if mistake.label == "phi" { "missed" } else { "false alarm" };
            writeln!(
                f,
                "{what} line {:>5}  {}  score {:.2}  {}",
                mistake.line,
                mistake.categories,
                mistake.score,
                mistake.rules.join(" ")
            )?;
        }
        Ok(())
    }
}

/// Measures the detector on labelled lines: label (phi or clean), categories and text, parted by tabs.
///
/// # Errors
/// Fails with a sentence that names the first line of another form.
pub fn evaluate_phi(tsv: &str, kind: ScanKind) -> Result<PhiFigures, String> {
    let lines = evaluate::parse(tsv).map_err(|error| error.to_string())?;
    let found = evaluate::evaluate(&Detector::standard(), &lines, kind.into(), &Knowledge::new());
    let categories = |line: usize| {
        let labelled = lines.iter().find(|labelled| labelled.line == line);
        labelled.map_or_else(String::new, |labelled| labelled.categories.to_owned())
    };
    let share = |rate: evaluate::Rate| {
        let (low, high) = rate.interval();
        Share { value: rate.value(), low, high }
    };
    let (f1_low, f1_high) = found.f1_interval();
    Ok(PhiFigures {
        confusion: Confusion {
            true_positive: found.true_positive,
            false_negative: found.false_negative,
            false_positive: found.false_positive,
            true_negative: found.true_negative,
        },
        recall: share(found.recall()),
        precision: share(found.precision()),
        f1: Share { value: found.f1(), low: f1_low, high: f1_high },
        false_alarms: share(found.false_alarms()),
        strong_recall: share(found.strong_recall()),
        mistakes: found
            .mistakes
            .into_iter()
            .map(|m| PhiMistake {
                line: m.line,
                label: if m.label == Verdict::Phi { "phi" } else { "clean" },
                categories: categories(m.line),
                score: m.score,
                rules: m.rules,
            })
            .collect(),
    })
}
