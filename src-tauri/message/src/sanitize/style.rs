//! Inline styles: which properties stay, and a first filter that makes ammonia's parser safe to rely on.
//!
//! ammonia checks property names but lets `url(https://…)` through where links may be https, and other functions that load
//! (`image-set`, `src`) always. So values are held to a small alphabet first: no function but colours, no escape, no at-rule, no comment.

/// Properties that stay. None can leave the flow of the page, load anything, or bring text that the message does not have.
pub(super) const PROPERTIES: [&str; 58] = [
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "clear",
    "color",
    "direction",
    "display",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
    "max-height",
    "min-height",
    "text-decoration-line",
];

/// Functions that may appear in a value.
const COLOURS: [&str; 4] = ["rgb(", "rgba(", "hsl(", "hsla("];

/// Most bytes of one style attribute.
const MAX_STYLE_BYTES: usize = 4_096;

/// The declarations whose values are plain; `None` if there are none.
pub(super) fn plain_declarations(style: &str) -> Option<String> {
    if style.len() > MAX_STYLE_BYTES {
        return None;
    }
    let kept: Vec<&str> =
        style.split(';').map(str::trim).filter(|declaration| is_plain(declaration)).collect();
    (!kept.is_empty()).then(|| kept.join(";"))
}

fn is_plain(declaration: &str) -> bool {
    let Some((_, value)) = declaration.split_once(':') else { return false };
    let mut rest = value.to_ascii_lowercase();
    for colour in COLOURS {
        rest = rest.replace(colour, " ");
    }
    let is_plain_char = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                ' ' | '\t'
                    | '\r'
                    | '\n'
                    | '#'
                    | '.'
                    | ','
                    | '%'
                    | '-'
                    | '!'
                    | '\''
                    | '"'
                    | '/'
                    | ')'
            )
    };
    // What a naive cut at `;` does to a string is harmless only if no string is left open.
    let is_closed = rest.matches('"').count() % 2 == 0 && rest.matches('\'').count() % 2 == 0;
    is_closed && rest.chars().all(is_plain_char)
}

#[cfg(test)]
mod tests {
    use super::plain_declarations;

    #[test]
    fn only_plain_values_stay() {
        for (style, kept) in [
            (
                "color: red; font-family: 'Segoe UI', \"Arial\"",
                Some("color: red;font-family: 'Segoe UI', \"Arial\""),
            ),
            ("color: RGB(1, 2, 3) !important", Some("color: RGB(1, 2, 3) !important")),
            ("background: url(https://x.example/p.gif); color: red", Some("color: red")),
            ("background: u\\72l(https://x.example)", None),
            ("background: image-set('https://x.example' 1x)", None),
            ("width: expression(alert(1))", None),
            ("color: red/**/; x: @import 'y'", None),
            ("font-family: 'a;color:red'", None),
            ("width: calc(1px + 1px)", None),
            ("", None),
        ] {
            assert_eq!(plain_declarations(style).as_deref(), kept, "{style}");
        }
    }
}
