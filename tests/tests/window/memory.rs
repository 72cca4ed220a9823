//! What lies in a process's memory, read from outside by root.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use memchr::memmem::Finder;

const PAGE: u64 = 4096;
/// A page that is in memory, or swapped out, in `/proc/PID/pagemap`.
const PRESENT: u64 = 1 << 63 | 1 << 62;

/// How often a text lies in what a process can write, as UTF-8 or as UTF-16.
pub(crate) fn count(pid: u32, text: &str) -> usize {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let finders = [Finder::new(text.as_bytes()).into_owned(), Finder::new(&utf16).into_owned()];
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let pagemap = File::open(format!("/proc/{pid}/pagemap")).unwrap();
    let mut found = 0;
    for (first, last) in filled(pid) {
        for (start, end) in present(&pagemap, first, last) {
            let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
            // It may go while we look; then it isn't there.
            if memory.read_exact_at(&mut bytes, start).is_ok() {
                found +=
                    finders.iter().map(|finder| finder.find_iter(&bytes).count()).sum::<usize>();
            }
        }
    }
    found
}

/// The regions that can be written and have anything in them.
fn filled(pid: u32) -> Vec<(u64, u64)> {
    let mut regions = Vec::new();
    let mut last = None;
    for line in fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap().lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next()) else { continue };
        if let Some((start, end)) = name.split_once('-') {
            let number = |hex| u64::from_str_radix(hex, 16).unwrap();
            last = value.contains('w').then(|| (number(start), number(end)));
        } else if (name == "Rss:" || name == "Swap:") && value != "0" {
            regions.extend(last.take());
        }
    }
    regions
}

/// The runs of pages in a region that exist. What a process has only reserved is large and empty.
fn present(pagemap: &File, first: u64, last: u64) -> Vec<(u64, u64)> {
    let mut entries = vec![0; usize::try_from((last - first) / PAGE * 8).unwrap()];
    pagemap.read_exact_at(&mut entries, first / PAGE * 8).unwrap();
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for (number, entry) in (0..).zip(entries.chunks_exact(8)) {
        if u64::from_ne_bytes(entry.try_into().unwrap()) & PRESENT == 0 {
            continue;
        }
        let start = first + number * PAGE;
        match runs.last_mut() {
            Some((_, end)) if *end == start => *end = start + PAGE,
            _ => runs.push((start, start + PAGE)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let word = |length: usize| "memory-".repeat(length);
        let held = format!("{}{}", word(3), std::process::id());
        assert!(super::count(std::process::id(), &held) > 0);
        drop(held);
    }
}
