//! Jobs that need no profile: inspect a message, sanitise a page, scan text, check a policy or an
//! exported log. What they answer is what the program itself would decide.

use std::{collections::BTreeMap, io::BufRead, path::Path};

use serde::Serialize;
use wardmail_api::{
    ApiError, ErrorCode,
    keys::Trust,
    mail::{AttachmentView, Person, Security, Warning},
};
use wardmail_audit::{Expected, verify_file};
use wardmail_crypto::{Certificate, Limits as CryptoLimits, SecretKey};
use wardmail_message::{self as message, Limits};
use wardmail_phi::{Detector, Kind, Knowledge, Scan, SiteRules, Verdict, evaluate};
use wardmail_policy::{Effective, Origin, Policy, Sources, UserChoices};

use crate::{
    clock,
    error::{Error, policy_code},
    people::{CertificateBook, Known},
    reading::{self, Reader},
};

/// A message as the reader would show it.
#[derive(Debug, Serialize)]
pub struct Inspected {
    /// Who it is from.
    pub from: Option<Person>,
    /// Subject.
    pub subject: String,
    /// When it was sent, RFC 3339.
    pub date: Option<String>,
    /// How it is protected.
    pub security: SecuritySummary,
    /// What the reader shows.
    pub text: String,
    /// What the frame gets.
    pub html: Option<String>,
    /// Loads from elsewhere that were taken out.
    pub blocked: u32,
    /// Files.
    pub attachments: Vec<AttachmentView>,
    /// Parts of the tree, by media type, in order.
    pub parts: Vec<String>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// How a message is protected, for scripts.
#[derive(Debug, Serialize)]
pub struct SecuritySummary {
    /// `none`, `whole` or `partial`.
    pub encryption: String,
    /// `none`, `valid`, `invalid`, `unknown` or `partial`.
    pub signature: String,
    /// Fingerprints of who signed.
    pub signers: Vec<String>,
    /// Whether the shown sender is who signed.
    pub from_matches_signer: Option<bool>,
    /// `none`, `signed` or `encrypted`.
    pub headers: String,
    /// Why it can't be read, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// Keys and certificates to inspect a message with.
#[derive(Debug, Default)]
pub struct InspectWith {
    keys: Vec<SecretKey>,
    certificates: Vec<Certificate>,
}

impl InspectWith {
    /// Adds the owner's key, armored or binary.
    ///
    /// # Errors
    /// Fails if it is no key, or protected by a password.
    pub fn key(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let key =
            SecretKey::import_for_reading(bytes, None).map_err(|e| Error::from(e).to_api())?;
        self.keys.push(key);
        Ok(())
    }

    /// Adds certificates of others, armored or binary.
    ///
    /// # Errors
    /// Fails if there is none in the bytes.
    pub fn certificates(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let imported =
            Certificate::import(bytes, &CryptoLimits::MAIL).map_err(|e| Error::from(e).to_api())?;
        self.certificates.extend(imported.certificates);
        Ok(())
    }
}

/// Reads a message as the reader would.
pub fn inspect_message(raw: &[u8], with: &InspectWith) -> Inspected {
    let now = clock::now();
    let own: Vec<&SecretKey> = with.keys.iter().collect();
    let known = with
        .certificates
        .iter()
        .map(|certificate| Known::from_certificate(certificate.clone(), Trust::Seen, now))
        .collect();
    let book = CertificateBook::new(known, &own, now);
    let reading = reading::read(raw, Reader { keys: &own, book: &book, now });
    let headers = &reading.headers;
    Inspected {
        from: headers
            .from
            .first()
            .map(|a| Person { name: a.name.clone().unwrap_or_default(), address: a.email.clone() }),
        subject: headers.subject.clone().unwrap_or_default(),
        date: headers
            .date
            .as_ref()
            .and_then(|d| jiff::Timestamp::from_millisecond(d.unix_ms).ok())
            .map(|t| t.to_string()),
        security: summary(&reading.security),
        text: reading.text.to_string(),
        html: reading.page.as_ref().map(|page| page.html.to_string()),
        blocked: reading.page.as_ref().map_or(0, |page| page.blocked),
        attachments: reading
            .attachments
            .iter()
            .map(|a| AttachmentView {
                part: a.part.0,
                name: a.file_name.clone(),
                media_type: a.media_type.clone(),
                size: a.size,
            })
            .collect(),
        parts: reading.parts().iter().map(|p| p.media_type.clone()).collect(),
        warnings: reading.warnings.iter().copied().collect(),
    }
}

fn summary(security: &Security) -> SecuritySummary {
    SecuritySummary {
        encryption: wire_name(&security.encryption),
        signature: wire_name(&security.signature),
        signers: security.signers.iter().map(|s| s.fingerprint.replace(' ', "")).collect(),
        from_matches_signer: security.from_matches_signer,
        headers: wire_name(&security.headers),
        unreadable: security.unreadable.as_ref().map(wire_name),
    }
}

/// The name that an enumeration has on the wire.
fn wire_name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A page made safe.
#[derive(Debug, Serialize)]
pub struct SafeHtml {
    /// The content of a body.
    pub html: String,
    /// Loads from elsewhere that were taken out.
    pub blocked: u32,
}

/// Makes HTML safe as the reader would.
pub fn sanitize_html(html: &str) -> SafeHtml {
    let safe = message::sanitize_html(html, &BTreeMap::new(), &Limits::default());
    let remote = safe.remote_blocked;
    SafeHtml { html: safe.html, blocked: remote.images + remote.styles + remote.other }
}

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
    pub f1: f64,
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

/// A share with its 95 % Wilson interval.
#[derive(Debug, Serialize)]
pub struct Share {
    /// The share.
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
            ("false-alarm rate", &self.false_alarms),
            ("strong identifiers", &self.strong_recall),
        ];
        for (name, share) in shares {
            writeln!(f, "{name:<20} {:.4}  [{:.4}, {:.4}]", share.value, share.low, share.high)?;
        }
        writeln!(f, "{:<20} {:.4}", "F1", self.f1)?;
        for mistake in &self.mistakes {
            writeln!(
                f,
                "line {:>5}  {}  score {:.2}  {}",
                mistake.line,
                mistake.label,
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
    let share = |rate: evaluate::Rate| {
        let (low, high) = rate.interval();
        Share { value: rate.value(), low, high }
    };
    Ok(PhiFigures {
        confusion: Confusion {
            true_positive: found.true_positive,
            false_negative: found.false_negative,
            false_positive: found.false_positive,
            true_negative: found.true_negative,
        },
        recall: share(found.recall()),
        precision: share(found.precision()),
        f1: found.f1(),
        false_alarms: share(found.false_alarms()),
        strong_recall: share(found.strong_recall()),
        mistakes: found
            .mistakes
            .into_iter()
            .map(|m| PhiMistake {
                line: m.line,
                label: if m.label == Verdict::Phi { "phi" } else { "clean" },
                score: m.score,
                rules: m.rules,
            })
            .collect(),
    })
}

/// What a policy file says.
#[derive(Debug, Serialize)]
pub struct PolicyReport {
    /// Its serial number.
    pub serial: Option<u64>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// What doesn't count, by its place in the document.
    pub warnings: Vec<String>,
    /// Every setting with its value in force and who set it.
    pub settings: Vec<SettingRow>,
    /// Why nothing would be sent, whatever the message; empty if that isn't so.
    pub closed: Vec<String>,
}

/// A setting in force.
#[derive(Debug, Serialize)]
pub struct SettingRow {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Who set it.
    pub set_by: String,
    /// Whether the owner can't change it.
    pub locked: bool,
}

/// Checks a policy file and says what would be in force under it.
///
/// # Errors
/// Fails with the policy's trouble; the sentence says where in the document it is.
pub fn validate_policy(path: &Path) -> Result<PolicyReport, (ErrorCode, String)> {
    let policy = Policy::load(path, Origin::Named).map_err(|e| (policy_code(&e), e.to_string()))?;
    Ok(report(&Effective::resolve(&Sources {
        installed: Ok(&policy),
        last_verified: None,
        named: None,
        was_managed: true,
        choices: &UserChoices::default(),
    })))
}

/// What is in force on this computer: the installed policy, and one named by hand, which can only
/// tighten it.
pub fn effective_policy(installed: &Path, named: Option<&Path>) -> PolicyReport {
    let installed = Policy::load(installed, Origin::Installed);
    let named = named.map(|path| Policy::load(path, Origin::Named));
    report(&Effective::resolve(&Sources {
        installed: installed.as_ref(),
        last_verified: None,
        named: named.as_ref().map(Result::as_ref),
        was_managed: false,
        choices: &UserChoices::default(),
    }))
}

fn report(effective: &Effective) -> PolicyReport {
    PolicyReport {
        serial: effective.serial(),
        issuer: effective.issuer().map(str::to_owned),
        warnings: effective
            .warnings()
            .iter()
            .map(|w| format!("{}: {:?}", w.path, w.kind))
            .collect(),
        settings: effective
            .describe()
            .into_iter()
            .map(|row| SettingRow {
                key: row.key,
                value: row.value,
                set_by: format!("{:?}", row.set_by),
                locked: row.locked,
            })
            .collect(),
        closed: effective.closed().iter().map(|c| format!("{c:?}")).collect(),
    }
}

/// Whether an exported log holds.
#[derive(Debug, Serialize)]
pub struct ExportVerdict {
    /// Whether every entry and the trailer are as they were written.
    pub intact: bool,
    /// Good entries from the first.
    pub entries: u64,
    /// Hash of the last good entry, in hexadecimal.
    pub head: Option<String>,
    /// The number of the first bad entry and what was done to it.
    pub first_bad: Option<(u64, String)>,
}

/// Verifies an exported log; needs no passphrase.
///
/// # Errors
/// Fails if it can't be read.
pub fn verify_audit_export(reader: impl BufRead) -> Result<ExportVerdict, ApiError> {
    let file = verify_file(reader, Expected::default(), None)
        .map_err(|_| ApiError::from(ErrorCode::DiskFailed))?;
    let report = file.report;
    Ok(ExportVerdict {
        intact: report.is_clean(),
        entries: report.good,
        head: report.head.map(|h| hex(&h.hash)),
        first_bad: report.finding.map(|f| (f.seq, f.tampering.code().to_owned())),
    })
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
