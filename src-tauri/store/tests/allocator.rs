//! Freed SQLite memory is wiped. A program of its own: SQLite takes an allocator once per process, before its first use.
//!
//! An allocator that looks at what it is given back is put underneath the store's. It sees each block at the moment in
//! which the C library would get it, so that no freed memory has to be read.
#![expect(unsafe_code, reason = "SQLite's allocator is a table of C functions")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its aids too")]

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::ffi;
use wardmail_store::{Error, Store, install_zeroing_allocator};

static MALLOC: OnceLock<unsafe extern "C" fn(c_int) -> *mut c_void> = OnceLock::new();
static FREE: OnceLock<unsafe extern "C" fn(*mut c_void)> = OnceLock::new();
static SIZE: OnceLock<unsafe extern "C" fn(*mut c_void) -> c_int> = OnceLock::new();
static FREED: AtomicU64 = AtomicU64::new(0);
static DIRTY: AtomicU64 = AtomicU64::new(0);
static REALLOCATED: AtomicU64 = AtomicU64::new(0);

unsafe extern "C" fn look_and_free(block: *mut c_void) {
    // SAFETY: SQLite frees a live block, whose size the allocator underneath knows.
    unsafe {
        let length = (SIZE.get().unwrap())(block);
        let bytes =
            std::slice::from_raw_parts(block.cast::<u8>(), usize::try_from(length).unwrap());
        FREED.fetch_add(1, Ordering::SeqCst);
        if bytes.iter().any(|byte| *byte != 0) {
            DIRTY.fetch_add(1, Ordering::SeqCst);
        }
        (FREE.get().unwrap())(block);
    }
}

unsafe extern "C" fn count_realloc(_: *mut c_void, _: c_int) -> *mut c_void {
    REALLOCATED.fetch_add(1, Ordering::SeqCst);
    std::ptr::null_mut()
}

/// Puts the looking allocator into SQLite, before the store puts its own on top.
fn watch() {
    // SAFETY: SQLite isn't running yet; it fills the table and copies it back during the calls.
    unsafe {
        let mut methods: ffi::sqlite3_mem_methods = std::mem::zeroed();
        assert_eq!(
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut methods),
            ffi::SQLITE_OK
        );
        MALLOC.set(methods.xMalloc.unwrap()).unwrap();
        FREE.set(methods.xFree.unwrap()).unwrap();
        SIZE.set(methods.xSize.unwrap()).unwrap();
        methods.xFree = Some(look_and_free);
        methods.xRealloc = Some(count_realloc);
        assert_eq!(
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw const methods),
            ffi::SQLITE_OK
        );
    }
}

#[test]
fn every_block_that_sqlite_frees_is_zero_by_then() {
    watch();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    let store = Store::create(&path, &[5; 32]).unwrap();
    install_zeroing_allocator().unwrap();
    for n in 0..200 {
        let value = format!("\"{}\"", "the patient's words ".repeat(n * 5));
        store.write_blocking(move |dao| dao.set_setting(&format!("key.{n}"), &value)).unwrap();
    }
    let read: Result<Vec<_>, Error> =
        store.read_blocking(|dao| (0..200).map(|n| dao.setting(&format!("key.{n}"))).collect());
    assert!(read.unwrap().iter().all(Option::is_some));
    store.close_blocking().unwrap();

    let (freed, dirty) = (FREED.load(Ordering::SeqCst), DIRTY.load(Ordering::SeqCst));
    assert!(freed > 10_000, "{freed} blocks were freed");
    assert_eq!(dirty, 0, "of {freed} freed blocks");
    assert_eq!(REALLOCATED.load(Ordering::SeqCst), 0, "the C library never moves a block itself");
    // SAFETY: everything is closed; `sqlite3_shutdown` frees what SQLite kept for the process.
    unsafe { ffi::sqlite3_shutdown() };
    assert_eq!(DIRTY.load(Ordering::SeqCst), 0);
}
