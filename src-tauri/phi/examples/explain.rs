//! How each line of standard input is weighed: `cargo run -p wardmail-phi --example explain`.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::io;

use wardmail_phi::{Detector, Kind, Knowledge};

fn main() -> io::Result<()> {
    let kind =
        if std::env::args().nth(1).as_deref() == Some("body") { Kind::Body } else { Kind::Subject };
    let detector = Detector::standard();
    for line in io::stdin().lines() {
        let text = line?.replace("\\n", "\n");
        let explanation = detector.explain(&text, kind, &Knowledge::new());
        println!("{:?} {:.2} {text}", explanation.scan.verdict, explanation.scan.score);
        if let Some(model) = &explanation.model {
            print!(
                "    model {} (adds from {}, clears to {})",
                model.weight, model.add, model.clear
            );
            for heavy in &model.words {
                let words: String =
                    text.chars().skip(heavy.start).take(heavy.end - heavy.start).collect();
                print!(" {words:?} {:+}", heavy.weight);
            }
            println!();
        }
        for f in &explanation.scan.findings {
            let (start, end) = f.context.unwrap_or_default();
            let words: String = text.chars().skip(start).take(end - start).collect();
            println!("    found {} beside {words:?}", f.rule);
        }
        for c in &explanation.considered {
            let words: String = text.chars().skip(c.start).take(c.end - c.start).collect();
            println!(
                "    {words:?} {} certainty {:.2} context {:.2} role {:.2} = {:.2}",
                c.rule, c.certainty, c.context, c.role, c.score
            );
        }
    }
    Ok(())
}
