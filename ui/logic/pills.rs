//! Recipients as they are typed: cut where the typist cuts them, never corrected.
//!
//! Whether one is valid and can be reached is for the engine to say; here only the shape is looked
//! at, so that a pill appears when one is complete.

/// Most recipients that are taken from one text, however it got here.
const MAX_PASTED: usize = 200;

/// What typed text falls into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Recipients that are complete.
    pub done: Vec<String>,
    /// What is still being typed.
    pub rest: String,
}

/// Cuts typed or pasted text at commas, semicolons and line ends outside of quotes and brackets.
pub fn cut(text: &str) -> Typed {
    let mut typed = Typed::default();
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for character in text.chars() {
        let separates = match character {
            ',' | ';' => !quoted && !bracketed,
            '\n' | '\r' => true,
            _ => false,
        };
        if separates && typed.done.len() < MAX_PASTED {
            finish(&mut typed);
            (quoted, bracketed) = (false, false);
            continue;
        }
        match character {
            '"' if !escaped => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        typed.rest.push(character);
    }
    typed
}

/// Takes what is being typed as complete too: the field was left, or Enter pressed.
pub fn cut_all(text: &str) -> Vec<String> {
    let mut typed = cut(text);
    finish(&mut typed);
    typed.done
}

fn finish(typed: &mut Typed) {
    let one = std::mem::take(&mut typed.rest);
    let one = one.trim();
    if !one.is_empty() {
        typed.done.push(one.to_owned());
    }
}

/// The address within what was typed: between the brackets, or all of it.
pub fn address(typed: &str) -> &str {
    match typed.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().strip_suffix('>').unwrap_or(rest).trim(),
        None => typed.trim(),
    }
}

/// Whether it has the shape of an address: something, an at sign, a name with a dot or a plain host.
pub fn is_shaped(typed: &str) -> bool {
    let Some((local, domain)) = address(typed).rsplit_once('@') else { return false };
    !local.is_empty()
        && !domain.is_empty()
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && !address(typed).chars().any(|c| c.is_whitespace() || c.is_control())
}

/// How a suggestion is written as a recipient.
pub fn written(name: &str, address: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        return address.to_owned();
    }
    if name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '_')) {
        return format!("{name} <{address}>");
    }
    let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\" <{address}>")
}

/// The name to show on a pill: the one typed, or the address.
pub fn label(typed: &str) -> String {
    match typed.rsplit_once('<') {
        Some((name, _)) if !name.trim().trim_matches('"').trim().is_empty() => {
            name.trim().trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\")
        }
        Some(_) | None => address(typed).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_where_the_typist_does() {
        let typed = cut("a@x.example, \"Chen, Mei\" <mei@y.example>; b@");
        assert_eq!(typed.done, ["a@x.example", "\"Chen, Mei\" <mei@y.example>"]);
        assert_eq!(typed.rest.trim(), "b@");
        assert_eq!(cut("a@x.example").done, [""; 0]);
        assert_eq!(cut_all(" a@x.example\r\nb@x.example\n"), ["a@x.example", "b@x.example"]);
        assert_eq!(cut_all(" , ;"), [""; 0]);
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_lines_after_it() {
        assert_eq!(
            cut_all("\"Chen <a@x.example>\nb@x.example"),
            ["\"Chen <a@x.example>", "b@x.example"]
        );
    }

    #[test]
    fn a_long_paste_stays_bounded() {
        let text = "a@x.example,".repeat(1_000);
        assert_eq!(cut(&text).done.len(), MAX_PASTED);
    }

    #[test]
    fn finds_the_address_and_knows_its_shape() {
        assert_eq!(address("Mei Chen <mei@y.example>"), "mei@y.example");
        assert_eq!(address(" mei@y.example "), "mei@y.example");
        for good in ["mei@y.example", "Mei <mei@y.example>", "a.b+c@localhost"] {
            assert!(is_shaped(good), "{good}");
        }
        for bad in ["", "mei", "mei@", "@y.example", "m ei@y.example", "mei@y..example", "mei@.y"] {
            assert!(!is_shaped(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_shown_again() {
        assert_eq!(written("", "m@y.example"), "m@y.example");
        assert_eq!(written("Mei Chen", "m@y.example"), "Mei Chen <m@y.example>");
        let odd = written("Chen, \"Mei\"", "m@y.example");
        assert_eq!(odd, "\"Chen, \\\"Mei\\\"\" <m@y.example>");
        assert_eq!(cut_all(&odd).len(), 1);
        assert_eq!(address(&odd), "m@y.example");
        assert_eq!(label("Mei Chen <m@y.example>"), "Mei Chen");
        assert_eq!(label("m@y.example"), "m@y.example");
    }
}
