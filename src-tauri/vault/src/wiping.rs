//! The programs' allocator: wipes every block before it is given back, so that nothing that was dropped
//! stays readable in memory. Growing moves a block, so that what it leaves behind is wiped too.
//!
//! Invariant: after a lock no decrypted text remains in freed memory. Libraries' own copies (JSON on its way
//! to the window, a parser's buffers) can't be wiped one by one; this wipes them all.
#![expect(unsafe_code, reason = "a global allocator is unsafe to implement")]

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, wiping. To be declared as the `global_allocator` of each program.
#[derive(Debug, Clone, Copy, Default)]
pub struct WipingAllocator;

// SAFETY: every call is passed on to the system's allocator with the arguments it came with.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back a block of this size, writable until `System.dealloc`. `black_box`
        // makes the written bytes observed, so that the write can't be dropped as dead.
        unsafe {
            block.write_bytes(0, layout.size());
            std::hint::black_box(block);
            System.dealloc(block, layout);
        }
    }
}
