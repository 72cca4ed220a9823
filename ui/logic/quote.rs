//! What of a plain text is quoted from a message before.

/// A run of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Whether they are quoted (begin with `>`).
    pub quoted: bool,
    /// The lines as they are.
    pub text: String,
}

/// Cuts a text into runs of own and quoted lines.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in text.lines() {
        let quoted = line.starts_with('>');
        match blocks.last_mut() {
            Some(last) if last.quoted == quoted => {
                last.text.push('\n');
                last.text.push_str(line);
            }
            Some(_) | None => blocks.push(Block { quoted, text: line.to_owned() }),
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_lines_stay_together_and_nothing_is_lost() {
        let text = "Yes.\n\nOn Monday:\n> Is it?\n>> Maybe\nBest";
        let blocks = blocks(text);
        assert_eq!(blocks.iter().map(|b| b.quoted).collect::<Vec<_>>(), [false, true, false]);
        let whole: Vec<_> = blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(whole.join("\n"), text);
    }
}
