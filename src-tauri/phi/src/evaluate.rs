//! Evaluation: labelled lines in, figures with their 95 % intervals and the list of mistakes out.

use crate::{Detector, Kind, Knowledge, Verdict};

/// One labelled line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labelled<'a> {
    /// The line in the file, from 1.
    pub line: usize,
    /// What a reader says it is.
    pub label: Verdict,
    /// The categories that the reader saw, separated by commas.
    pub categories: &'a str,
    /// The text. In the file, `\n` stands for a line break.
    pub text: &'a str,
}

/// A file that can't be evaluated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The line has not the three columns label, categories, text.
    #[error("line {line}: expected three columns (label, categories, text) separated by tabs")]
    Columns {
        /// The line, from 1.
        line: usize,
    },
    /// The label is neither `phi` nor `clean`.
    #[error("line {line}: the label must be phi or clean")]
    Label {
        /// The line, from 1.
        line: usize,
    },
}

/// Reads labelled lines: label, categories and text, separated by tabs, with no header.
///
/// # Errors
/// Fails at the first line of another form; empty lines are skipped.
pub fn parse(tsv: &str) -> Result<Vec<Labelled<'_>>, EvaluateError> {
    let mut all = Vec::new();
    for (index, row) in tsv.lines().enumerate() {
        let line = index.saturating_add(1);
        if row.trim().is_empty() {
            continue;
        }
        let mut columns = row.splitn(3, '\t');
        let (Some(label), Some(categories), Some(text)) =
            (columns.next(), columns.next(), columns.next())
        else {
            return Err(EvaluateError::Columns { line });
        };
        let label = match label.trim() {
            "phi" => Verdict::Phi,
            "clean" => Verdict::Clean,
            _ => return Err(EvaluateError::Label { line }),
        };
        all.push(Labelled { line, label, categories, text });
    }
    Ok(all)
}

/// A share with its 95 % Wilson interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many.
    pub hits: usize,
    /// Out of how many.
    pub of: usize,
}

impl Rate {
    /// Returns the share, or 0 of nothing.
    #[must_use]
    pub fn value(self) -> f64 {
        if self.of == 0 { 0.0 } else { count(self.hits) / count(self.of) }
    }

    /// Returns the bounds of the 95 % Wilson score interval.
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        /// The normal quantile of 97.5 %.
        const Z: f64 = 1.959_963_984_540_054;
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let n = count(self.of);
        let p = self.value();
        let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are far below 2^52")]
const fn count(n: usize) -> f64 {
    n as f64
}

/// A line that was judged wrongly.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The line in the file, from 1.
    pub line: usize,
    /// What it is labelled as.
    pub label: Verdict,
    /// The score it got.
    pub score: f32,
    /// Rules that fired.
    pub rules: Vec<String>,
}

/// The confusion of labels and verdicts.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Evaluation {
    /// PHI found.
    pub true_positive: usize,
    /// Clean lines reported.
    pub false_positive: usize,
    /// Clean lines left alone.
    pub true_negative: usize,
    /// PHI missed.
    pub false_negative: usize,
    /// Lines labelled with a strong identifier.
    pub strong: usize,
    /// Of those, the lines in which a strong identifier was found.
    pub strong_found: usize,
    /// The lines judged wrongly, in order.
    pub mistakes: Vec<Mistake>,
}

impl Evaluation {
    /// Returns the share of PHI that was found.
    #[must_use]
    pub fn recall(&self) -> Rate {
        Rate {
            hits: self.true_positive,
            of: self.true_positive.saturating_add(self.false_negative),
        }
    }

    /// Returns the share of reports that were right.
    #[must_use]
    pub fn precision(&self) -> Rate {
        Rate {
            hits: self.true_positive,
            of: self.true_positive.saturating_add(self.false_positive),
        }
    }

    /// Returns the share of clean lines that were reported.
    #[must_use]
    pub fn false_alarms(&self) -> Rate {
        Rate {
            hits: self.false_positive,
            of: self.false_positive.saturating_add(self.true_negative),
        }
    }

    /// Returns the share of lines labelled with a strong identifier in which one was found.
    #[must_use]
    pub fn strong_recall(&self) -> Rate {
        Rate { hits: self.strong_found, of: self.strong }
    }

    /// Returns the harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision().value(), self.recall().value());
        if precision + recall == 0.0 {
            0.0
        } else {
            2.0 * precision * recall / (precision + recall)
        }
    }

    /// Returns the bounds of the 95 % interval of [`Self::f1`].
    ///
    /// F1 is 2s/(1+s) of the share s of PHI found among all lines that are PHI or were reported. Where the lines are a
    /// random sample, the count behind s is binomial, given how many those are; and as F1 grows with s, the Wilson bounds
    /// of s become those of F1.
    #[must_use]
    pub fn f1_interval(&self) -> (f64, f64) {
        let of = self.true_positive.saturating_add(self.false_negative);
        let share = Rate { hits: self.true_positive, of: of.saturating_add(self.false_positive) };
        let of_share = |s: f64| 2.0 * s / (1.0 + s);
        let (low, high) = share.interval();
        (of_share(low), of_share(high))
    }
}

/// Categories whose identifiers stand alone.
const STRONG: [&str; 5] = ["ssn", "mbi", "mrn", "dob", "member_id"];

/// Scans every line and counts. A `\n` written in a text becomes a line break.
#[must_use]
pub fn evaluate(
    detector: &Detector,
    lines: &[Labelled<'_>],
    kind: Kind,
    knowledge: &Knowledge,
) -> Evaluation {
    let mut all = Evaluation::default();
    for labelled in lines {
        let text = labelled.text.replace("\\n", "\n");
        let scan = detector.scan(&text, kind, knowledge);
        let slot = match (labelled.label, scan.verdict) {
            (Verdict::Phi, Verdict::Phi) => &mut all.true_positive,
            (Verdict::Phi, Verdict::Clean) => &mut all.false_negative,
            (Verdict::Clean, Verdict::Phi) => &mut all.false_positive,
            (Verdict::Clean, Verdict::Clean) => &mut all.true_negative,
        };
        *slot = slot.saturating_add(1);
        if labelled.categories.split(',').any(|category| STRONG.contains(&category.trim())) {
            all.strong = all.strong.saturating_add(1);
            all.strong_found = all.strong_found.saturating_add(usize::from(scan.has_strong()));
        }
        if labelled.label != scan.verdict {
            let rules = scan.findings.iter().map(|finding| finding.rule.to_string()).collect();
            all.mistakes.push(Mistake {
                line: labelled.line,
                label: labelled.label,
                score: scan.score,
                rules,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_interval_matches_the_published_example() {
        // Newcombe (1998), Statistics in Medicine 17:857, table I, method 3: 81 of 263 gives 0.2553 to 0.3662.
        let (low, high) = Rate { hits: 81, of: 263 }.interval();
        assert!((low - 0.2553).abs() < 0.00005 && (high - 0.3662).abs() < 0.00005, "{low} {high}");
        // The same table: 0 of 20 gives 0 to 0.1611.
        let (low, high) = Rate { hits: 0, of: 20 }.interval();
        assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 0.00005, "{low} {high}");
    }

    fn counted(true_positive: usize, false_negative: usize, false_positive: usize) -> Evaluation {
        Evaluation { true_positive, false_positive, false_negative, ..Evaluation::default() }
    }

    #[test]
    fn the_interval_of_f1_is_that_of_its_share() {
        // Newcombe's 81 of 263 again, 0.2553 to 0.3662: found among what is PHI or was reported.
        let all = counted(81, 100, 82);
        let (low, high) = all.f1_interval();
        assert!((low - 2.0 * 0.2553 / 1.2553).abs() < 0.0001, "{low}");
        assert!((high - 2.0 * 0.3662 / 1.3662).abs() < 0.0001, "{high}");
        assert!(low < all.f1() && all.f1() < high);
        assert_eq!(counted(0, 0, 0).f1_interval(), (0.0, 1.0), "nothing is known");
        let (low, high) = counted(40, 0, 0).f1_interval();
        assert!((high - 1.0).abs() < 1e-9 && low > 0.9 && low < 0.96, "{low} {high}");
    }

    /// Of many lines the delta method under multinomial sampling says the same.
    #[test]
    fn the_interval_of_f1_comes_to_the_delta_methods() {
        for (found, missed, alarms) in [(9_000, 700, 300), (60_000, 20_000, 20_000)] {
            let all = counted(found, missed, alarms);
            let (f1, errors) = (all.f1(), count(missed + alarms));
            let twice = 2.0 * count(found) + errors;
            let deviation =
                2.0 * (count(found) * errors * (count(found) + errors)).sqrt() / twice.powi(2);
            let (low, high) = all.f1_interval();
            assert!((low - (f1 - 1.959_964 * deviation)).abs() < 0.000_2, "{low}");
            assert!((high - (f1 + 1.959_964 * deviation)).abs() < 0.000_2, "{high}");
        }
    }

    #[test]
    fn confusion_counts_each_line_once_and_names_the_mistakes() {
        let lines = parse("phi\tname\tMaria Lopez biopsy results\nclean\t\tLunch on Friday\n\nphi\tname\tnothing here\n").unwrap();
        let all = evaluate(&Detector::standard(), &lines, Kind::Subject, &Knowledge::new());
        assert_eq!(
            (all.true_positive, all.true_negative, all.false_negative, all.false_positive),
            (1, 1, 1, 0)
        );
        assert_eq!(all.mistakes[0].line, 4);
    }

    #[test]
    fn line_of_another_form_is_named() {
        assert!(matches!(
            parse("phi\tname\tx\nclean only"),
            Err(EvaluateError::Columns { line: 2 })
        ));
        assert!(matches!(parse("maybe\t\tx"), Err(EvaluateError::Label { line: 1 })));
    }
}
