//! Text taken out of real documents by a real worker process, and what hostile ones cost.
//!
//! `data/make.py` made the documents, with the libraries that other programs write theirs with.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod forms;
mod hostile;
mod kinds;
mod office;
mod worker;

use std::path::Path;

use wardmail_extract::{Extraction, Extractor, Limits, Why};

const WORKER: &str = env!("CARGO_BIN_EXE_wardmail-extract-worker");

/// A document beside the tests, which run in the crate's folder.
fn document(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("tests/data").join(name)).unwrap()
}

async fn extract(name: &str, bytes: &[u8]) -> Extraction {
    within(Limits::default(), name, bytes).await
}

async fn within(limits: Limits, name: &str, bytes: &[u8]) -> Extraction {
    Extractor::program(WORKER).with_limits(limits).extract(name, bytes, |_| {}).await
}

/// All text in one.
fn text(found: &Extraction) -> String {
    found.texts.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Why parts were not read.
fn whys(found: &Extraction) -> Vec<Why> {
    found.unread.iter().map(|unread| unread.why).collect()
}

/// An archive with these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
