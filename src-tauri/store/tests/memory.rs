//! After closing, neither the key nor any text of the mailbox is in the process. A program of its own, because its Rust
//! allocator wipes what it frees, as the program's does, and because every writable page of it is searched.
//!
//! What is searched for is never built: it is computed byte by byte, so that the search finds no copy of its own.
#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "a global allocator is unsafe to implement")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its aids too")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use wardmail_store::{Error, SearchQuery, Store};
use zeroize::Zeroize as _;

/// Wipes what is freed; growing moves, so that the old bytes are wiped too (the default of `GlobalAlloc::realloc`).
struct Wiping;

// SAFETY: passes every call on to the system's allocator; a block is writable until it is passed back.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: promised by the caller; volatile, so that the writes are not dropped.
        unsafe {
            for at in 0..layout.size() {
                block.add(at).write_volatile(0);
            }
            System.dealloc(block, layout);
        }
    }
}

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

/// Byte `at` of the key.
fn key_byte(at: usize) -> u8 {
    let mixed = at.wrapping_mul(0x9E37_79B9).wrapping_add(0x1234_5678);
    (mixed >> 11).to_le_bytes()[0] ^ 0xC3
}

/// Byte `at` of the key in hexadecimal digits, as it stands in the keying statement.
fn key_digit(at: usize) -> u8 {
    let byte = key_byte(at / 2);
    let digit = if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 };
    if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }
}

/// Byte `at` of the text: letters without a pattern.
fn text_byte(at: usize) -> u8 {
    b'a' + u8::try_from((at.wrapping_mul(at).wrapping_mul(7) + at * 13 + 5) % 26).unwrap()
}

const TEXT_LEN: usize = 40;

/// Counts where the bytes given by a function stand in this process's writable memory.
fn count(byte: impl Fn(usize) -> u8, length: usize) -> usize {
    let memory = File::open("/proc/self/mem").unwrap();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut chunk = vec![0; 1 << 20];
    let mut found = 0;
    for map in maps.lines().filter(|map| map.contains(" rw") && !map.contains("[v")) {
        let (start, rest) = map.split_once('-').unwrap();
        let end = u64::from_str_radix(rest.split_once(' ').unwrap().0, 16).unwrap();
        let mut at = u64::from_str_radix(start, 16).unwrap();
        while at < end {
            let wanted = usize::try_from(end - at).unwrap().min(chunk.len());
            let Ok(read) = memory.read_at(&mut chunk[..wanted], at) else { break };
            let here = &chunk[..read];
            let matches =
                |start: &usize| (0..length).all(|offset| here[start + offset] == byte(offset));
            found += (0..=read.saturating_sub(length))
                .filter(|_| read >= length)
                .filter(matches)
                .count();
            chunk[..wanted].zeroize();
            // A little overlap, so that nothing hides across two chunks.
            at += u64::try_from(if wanted == chunk.len() { wanted - length } else { wanted })
                .unwrap();
        }
    }
    found
}

fn counts() -> [usize; 3] {
    [count(key_byte, 32), count(key_digit, 64), count(text_byte, TEXT_LEN)]
}

/// The text behind words that can be asked for, as a setting's JSON.
fn text() -> String {
    let letters = (0..TEXT_LEN).map(|at| char::from(text_byte(at)));
    std::iter::once('"').chain(letters).chain("\"".chars()).collect()
}

/// Creates, fills and reads a mailbox and gives back its handle; the key lives in this function only.
fn open_mailbox(folder: &std::path::Path) -> Store {
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = key_byte(at);
    }
    let path = folder.join("mailbox.db");
    Store::create(&path, &key).unwrap().close_blocking().unwrap();
    let store = Store::open(&path, &key).unwrap();
    key.zeroize();
    for number in 0..50 {
        store
            .write_blocking(move |dao| dao.set_setting(&format!("text.{number}"), &text()))
            .unwrap();
    }
    let everything = store.read_blocking(|dao| {
        let query = SearchQuery::parse(&text(), &jiff::tz::TimeZone::UTC);
        dao.search(&query, 10, None)?;
        (0..50)
            .map(|number| dao.setting(&format!("text.{number}")))
            .collect::<Result<Vec<_>, Error>>()
    });
    assert!(everything.unwrap().iter().all(Option::is_some));
    store
}

#[test]
fn nothing_of_the_mailbox_stays_in_memory_when_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_mailbox(folder.path());
    let [key, _, text] = counts();
    assert!(key > 0 && text > 0, "the search finds what is there: {key} and {text}");
    store.close_blocking().unwrap();
    assert_eq!(counts(), [0, 0, 0], "key, key in digits, text");
}
