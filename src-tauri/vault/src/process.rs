//! What this program asks of the system for itself: nobody else reads its memory, and no core of it is left.
//!
//! It guards against other programs of the same user, not against root. Programs that this one starts inherit the limit
//! on cores; whether their memory can be read the system decides anew when they are started.

/// Leaves no core dump, and refuses other programs of the same user this one's memory. To be called before anything
/// else: what was read before could be read by others too.
///
/// Says whether the system agreed. A program that was refused goes on: on disk the mailbox is as safe as before.
#[must_use]
pub fn keep_memory_private() -> bool {
    no_cores() && not_dumpable()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn no_cores() -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};

    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).is_ok()
}

/// Closes `/proc/PID/mem` and the debugger's way in, and keeps a program that collects cores from getting one: for those
/// the limit doesn't count.
#[cfg(target_os = "linux")]
fn not_dumpable() -> bool {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};

    set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok()
}

/// Elsewhere the system isn't asked yet.
#[cfg(not(all(unix, not(target_os = "macos"))))]
const fn no_cores() -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
const fn not_dumpable() -> bool {
    false
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn the_system_says_so_afterwards() {
        assert!(keep_memory_private());
        let cores = getrlimit(Resource::Core);
        assert_eq!((cores.current, cores.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        // A second time changes nothing.
        assert!(keep_memory_private());
    }
}
