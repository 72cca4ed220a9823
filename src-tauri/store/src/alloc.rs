//! SQLite's memory, wiped whenever it is freed: decrypted pages, statement texts and bound values must not outlive the
//! store in freed heap blocks.
//!
//! `PRAGMA cipher_memory_security` would do this too, at four to eleven times the cost of a search, because it also
//! locks every block in memory and overwrites it with random bytes. Here a freed block is overwritten with zeros and
//! nothing more. This is the crate's only `unsafe` code: SQLite takes an allocator as a table of C functions.
#![expect(unsafe_code, reason = "SQLite's allocator is a table of C functions")]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering, compiler_fence};

use rusqlite::ffi;

/// Why SQLite's memory can't be wiped in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllocatorError {
    /// SQLite had been started before the allocator was installed, so that it can't be changed any more.
    #[error("SQLite was already running (code {code})")]
    TooLate {
        /// SQLite's result code.
        code: i32,
    },
    /// SQLite gave no complete allocator to wrap.
    #[error("SQLite has no allocator to wrap")]
    NothingToWrap,
}

type Malloc = unsafe extern "C" fn(c_int) -> *mut c_void;
type Free = unsafe extern "C" fn(*mut c_void);
type Size = unsafe extern "C" fn(*mut c_void) -> c_int;
type RoundUp = unsafe extern "C" fn(c_int) -> c_int;
type Init = unsafe extern "C" fn(*mut c_void) -> c_int;
type Shutdown = unsafe extern "C" fn(*mut c_void);

/// The allocator underneath, as SQLite had it configured.
struct Backing {
    malloc: Malloc,
    free: Free,
    size: Size,
    round_up: RoundUp,
    init: Init,
    shutdown: Shutdown,
    app_data: AtomicPtr<c_void>,
}

static BACKING: OnceLock<Backing> = OnceLock::new();
static INSTALLED: OnceLock<Result<(), AllocatorError>> = OnceLock::new();

/// Puts SQLite's memory under an allocator that overwrites every block with zeros before it frees it.
///
/// Once per process, before SQLite's first use; later calls return the first outcome. [`Store::create`] and
/// [`Store::open`] call it themselves and refuse to go on without it.
///
/// # Errors
/// [`AllocatorError::TooLate`] if something used SQLite before.
///
/// [`Store::create`]: crate::Store::create
/// [`Store::open`]: crate::Store::open
pub fn install_zeroing_allocator() -> Result<(), AllocatorError> {
    *INSTALLED.get_or_init(install)
}

fn install() -> Result<(), AllocatorError> {
    let mut current = ffi::sqlite3_mem_methods {
        xMalloc: None,
        xFree: None,
        xRealloc: None,
        xSize: None,
        xRoundup: None,
        xInit: None,
        xShutdown: None,
        pAppData: ptr::null_mut(),
    };
    // SAFETY: GETMALLOC writes one sqlite3_mem_methods through the pointer, which is valid for the call.
    let code = unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_GETMALLOC, &raw mut current) };
    if code != ffi::SQLITE_OK {
        return Err(AllocatorError::TooLate { code });
    }
    let backing = Backing::of(&current).ok_or(AllocatorError::NothingToWrap)?;
    let _ = BACKING.set(backing);
    let wiping = ffi::sqlite3_mem_methods {
        xMalloc: Some(malloc),
        xFree: Some(free),
        xRealloc: Some(realloc),
        xSize: Some(size),
        xRoundup: Some(round_up),
        xInit: Some(init),
        xShutdown: Some(shutdown),
        pAppData: ptr::null_mut(),
    };
    // SAFETY: SQLite copies the table during the call; its functions live as long as the program.
    match unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MALLOC, &raw const wiping) } {
        ffi::SQLITE_OK => Ok(()),
        code => Err(AllocatorError::TooLate { code }),
    }
}

impl Backing {
    fn of(methods: &ffi::sqlite3_mem_methods) -> Option<Self> {
        Some(Self {
            malloc: methods.xMalloc?,
            free: methods.xFree?,
            size: methods.xSize?,
            round_up: methods.xRoundup?,
            init: methods.xInit?,
            shutdown: methods.xShutdown?,
            app_data: AtomicPtr::new(methods.pAppData),
        })
    }
}

unsafe extern "C" fn malloc(bytes: c_int) -> *mut c_void {
    // SAFETY: the call is passed on as SQLite made it.
    BACKING.get().map_or(ptr::null_mut(), |backing| unsafe { (backing.malloc)(bytes) })
}

unsafe extern "C" fn free(block: *mut c_void) {
    let Some(backing) = BACKING.get() else { return };
    if block.is_null() {
        return;
    }
    // SAFETY: SQLite frees blocks that `malloc` or `realloc` gave it, so `size` knows their length and every byte of it
    // is writable until the next line frees it.
    unsafe {
        wipe(block, (backing.size)(block));
        (backing.free)(block);
    }
}

/// Moves a block instead of letting the C library do it, which would leave the old bytes behind.
unsafe extern "C" fn realloc(block: *mut c_void, bytes: c_int) -> *mut c_void {
    let Some(backing) = BACKING.get() else { return ptr::null_mut() };
    // SAFETY: `block` is a live block of this allocator (SQLite never passes null here); both blocks are distinct and at
    // least as long as what is copied between them.
    unsafe {
        let old = (backing.size)(block);
        // In place while it fits and doesn't waste more than half: what is beyond the end is wiped with the block.
        if bytes <= old && bytes >= old / 2 {
            return block;
        }
        let moved = (backing.malloc)(bytes);
        if !moved.is_null() {
            ptr::copy_nonoverlapping(
                block.cast::<u8>(),
                moved.cast::<u8>(),
                length(old.min(bytes)),
            );
            free(block);
        }
        moved
    }
}

unsafe extern "C" fn size(block: *mut c_void) -> c_int {
    // SAFETY: the call is passed on as SQLite made it.
    BACKING.get().map_or(0, |backing| unsafe { (backing.size)(block) })
}

unsafe extern "C" fn round_up(bytes: c_int) -> c_int {
    // SAFETY: the call is passed on as SQLite made it.
    BACKING.get().map_or(bytes, |backing| unsafe { (backing.round_up)(bytes) })
}

unsafe extern "C" fn init(_: *mut c_void) -> c_int {
    let Some(backing) = BACKING.get() else { return ffi::SQLITE_ERROR };
    // SAFETY: the backing allocator gets the pointer that it was configured with.
    unsafe { (backing.init)(backing.app_data.load(Ordering::Relaxed)) }
}

unsafe extern "C" fn shutdown(_: *mut c_void) {
    if let Some(backing) = BACKING.get() {
        // SAFETY: the backing allocator gets the pointer that it was configured with.
        unsafe { (backing.shutdown)(backing.app_data.load(Ordering::Relaxed)) }
    }
}

/// Overwrites a block with zeros; the fence keeps the compiler from dropping writes to a block that is about to go.
///
/// # Safety
/// `block` must be valid for writes of `bytes` bytes.
unsafe fn wipe(block: *mut c_void, bytes: c_int) {
    // SAFETY: promised by the caller.
    unsafe { ptr::write_bytes(block.cast::<u8>(), 0, length(bytes)) };
    compiler_fence(Ordering::SeqCst);
}

fn length(bytes: c_int) -> usize {
    usize::try_from(bytes).unwrap_or(0)
}
