//! Wardmail's desktop program: everything is in the library beside it.

use std::process::ExitCode;

/// What is dropped is wiped.
#[global_allocator]
static MEMORY: wardmail_engine::WipingAllocator = wardmail_engine::WipingAllocator;

fn main() -> ExitCode {
    // First of all, and in the worker too.
    let private = wardmail_engine::keep_memory_private();
    if let Some(ended) = wardmail_engine::run_if_worker() {
        return ended;
    }
    wardmail_app::main(private)
}
