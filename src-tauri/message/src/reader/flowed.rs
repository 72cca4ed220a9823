//! `format=flowed` (RFC 3676): paragraphs of soft-broken lines put together again.

/// Deepest quoting that is kept; deeper lines count as this deep.
const MAX_QUOTE: usize = 20;

/// Joins the soft line breaks of a `format=flowed` text; `delsp` as in section 4.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Quote depth of a line that ended softly: the next one of the same depth continues it.
    let mut flowing: Option<usize> = None;
    for (number, line) in text.split('\n').enumerate() {
        let quotes = line.bytes().take_while(|b| *b == b'>').count();
        let stuffed = line.get(quotes..).unwrap_or_default();
        let content = stuffed.strip_prefix(' ').unwrap_or(stuffed);
        let depth = quotes.min(MAX_QUOTE);
        let is_signature = content == "-- ";
        if flowing != Some(depth) || is_signature {
            if number > 0 {
                out.push('\n');
            }
            for _ in 0..depth {
                out.push_str("> ");
            }
        }
        let soft = content.ends_with(' ') && !is_signature;
        out.push_str(if soft && delsp {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        });
        flowing = soft.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unflow;

    #[test]
    fn soft_breaks_join_at_the_same_depth_only() {
        assert_eq!(unflow("one \ntwo\nthree", false), "one two\nthree");
        assert_eq!(unflow("one \ntwo", true), "onetwo");
        assert_eq!(unflow("> a \n> b\n>> c \nd", false), "> a b\n> > c \nd");
        assert_eq!(unflow(" >stuffed\n From here", false), ">stuffed\nFrom here");
        assert_eq!(unflow("end \n-- \nsig", false), "end \n-- \nsig");
        assert_eq!(unflow("a\n\nb\n", false), "a\n\nb\n");
    }
}
