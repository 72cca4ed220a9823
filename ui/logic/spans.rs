//! Where a text is underlined: findings are counted in code points, and may overlap.

use wardmail_api::compose::Finding;

/// A piece of a text, and the finding that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Which finding, if any; the first of those that overlap here.
    pub finding: Option<usize>,
}

/// Cuts a text at the edges of its findings.
///
/// Findings that lie outside of the text (they belong to what was typed a moment ago) are cut off.
pub fn pieces(text: &str, findings: &[Finding]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (position, character) in (0_u32..).zip(text.chars()) {
        let finding = findings.iter().position(|f| f.start <= position && position < f.end);
        match pieces.last_mut() {
            Some(last) if last.finding == finding => last.text.push(character),
            Some(_) | None => pieces.push(Piece { text: character.to_string(), finding }),
        }
    }
    pieces
}

/// Gives the reasons of the findings, each once.
pub fn reasons(findings: &[Finding]) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for finding in findings {
        if !reasons.contains(&finding.reason) {
            reasons.push(finding.reason.clone());
        }
    }
    reasons
}

/// Gives the names that were found, each once.
pub fn names(text: &str, findings: &[Finding]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.category == "name") {
        let length = finding.end.saturating_sub(finding.start);
        let name: String = text
            .chars()
            .skip(usize::try_from(finding.start).unwrap_or(usize::MAX))
            .take(usize::try_from(length).unwrap_or_default())
            .collect();
        if !name.trim().is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(start: u32, end: u32, reason: &str) -> Finding {
        Finding {
            start,
            end,
            category: "name".to_owned(),
            rule: "r".to_owned(),
            reason: reason.to_owned(),
        }
    }

    fn shown(text: &str, findings: &[Finding]) -> Vec<(String, Option<usize>)> {
        pieces(text, findings).into_iter().map(|piece| (piece.text, piece.finding)).collect()
    }

    #[test]
    fn names_are_what_stands_there_each_once() {
        let number = Finding { category: "mrn".to_owned(), ..finding(0, 3, "") };
        let found = [number, finding(4, 8, ""), finding(13, 17, ""), finding(40, 44, "")];
        assert_eq!(names("123 Zoë😀 and Zoë😀", &found), ["Zoë😀"]);
    }

    #[test]
    fn counts_code_points_and_not_bytes() {
        let text = "Zoë Müller 😀 biopsy";
        let parts = shown(text, &[finding(0, 10, "a"), finding(13, 19, "b")]);
        assert_eq!(
            parts,
            [
                ("Zoë Müller".to_owned(), Some(0)),
                (" 😀 ".to_owned(), None),
                ("biopsy".to_owned(), Some(1))
            ]
        );
    }

    #[test]
    fn nothing_of_the_text_is_lost_whatever_the_findings() {
        for findings in [
            vec![],
            vec![finding(0, 100, "a")],
            vec![finding(3, 2, "a")],
            vec![finding(90, 99, "a"), finding(1, 3, "b"), finding(2, 4, "c")],
        ] {
            let whole: String =
                pieces("MRN 12345", &findings).into_iter().map(|piece| piece.text).collect();
            assert_eq!(whole, "MRN 12345");
        }
    }

    #[test]
    fn the_same_reason_is_said_once() {
        let all = [finding(0, 1, "A name."), finding(2, 3, "A number."), finding(4, 5, "A name.")];
        assert_eq!(reasons(&all), ["A name.", "A number."]);
    }
}
