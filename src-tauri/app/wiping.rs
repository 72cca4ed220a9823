//! Memory that is given back is overwritten first.
//!
//! What the window shows passes through buffers of other libraries on its way (JSON, the bridge to WebKit), which free
//! them as they are. After a lock none of that may be readable in this process.
#![expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait, and malloc's settings a C function"
)]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which forgets what it takes back.
#[derive(Debug)]
struct Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

// SAFETY: every request goes to the system's allocator with the caller's own arguments; growing is the trait's default,
// which allocates, copies and gives back through these.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back `layout.size()` bytes that were allocated and are used no more. The compiler may
        // not leave this call out, as it may a plain write before memory is freed.
        unsafe {
            libc::explicit_bzero(place.cast(), layout.size());
            System.dealloc(place, layout);
        }
    }
}

/// Has C's own `free` overwrite as well, where WebKit's and GLib's copies are.
pub(crate) fn begin() {
    /// What freed memory is filled with; any byte but zero switches it on.
    #[cfg(target_env = "gnu")]
    const FILL: libc::c_int = 0x5a;
    // SAFETY: it takes two numbers and changes how later calls behave; no other thread runs yet.
    #[cfg(target_env = "gnu")]
    if unsafe { libc::mallopt(libc::M_PERTURB, FILL) } == 0 {
        tracing::warn!("freed memory of other libraries is not overwritten");
    }
}
