//! Gives up every right that reading bytes and writing text doesn't need. Must fail where it can't: an unconfined worker parses nothing.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::Limits;

/// What the worker may ask of the system: to read and write what is open, memory, and to end.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_tgkill,
    libc::SYS_restart_syscall,
    // A library may have started a thread while the program was loaded, and that thread may still be starting now: glibc
    // ends the whole program if it can't register either of the two.
    libc::SYS_rseq,
    libc::SYS_set_robust_list,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Memory that may hold data but no code.
const DATA_ONLY: &[libc::c_long] = &[libc::SYS_mmap, libc::SYS_mprotect];

/// Ends with the caller, closes what was inherited, leaves no core: before anything is read. Returns how many bytes of memory the
/// program takes by itself: with WebKit's libraries far more than `wardctl`.
pub(super) fn before_reading() -> io::Result<u64> {
    let own = own_bytes()?;
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    sys::close_inherited()?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // What is open stays usable; nothing more can be opened.
    limit(Resource::Nofile, 0)?;
    limit(Resource::Nproc, 0)?;
    Ok(own)
}

/// The address space in use, in bytes.
fn own_bytes() -> io::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: Option<u64> = statm.split(' ').next().and_then(|pages| pages.parse().ok());
    let page = u64::try_from(rustix::param::page_size()).map_err(io::Error::other)?;
    pages.map(|pages| pages.saturating_mul(page)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Bounds memory and time, and takes the right to every other call of the system: before the first byte of the file.
pub(super) fn before_parsing(own_bytes: u64, limits: &Limits) -> io::Result<()> {
    // A second between the two: at the soft limit the system says that it was time, at the hard one it only kills.
    limit_within(Resource::Cpu, limits.cpu_seconds, limits.cpu_seconds.saturating_add(1))?;
    limit(Resource::As, own_bytes.saturating_add(limits.memory_bytes))?;
    let filter = filter().map_err(io::Error::other)?;
    seccompiler::apply_filter_all_threads(&filter).map_err(io::Error::other)
}

fn limit(resource: Resource, value: u64) -> io::Result<()> {
    limit_within(resource, value, value)
}

/// Sets a soft limit and a hard one, neither above what is left to this process.
fn limit_within(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let hard = getrlimit(resource).maximum.map_or(hard, |most| most.min(hard));
    setrlimit(resource, Rlimit { current: Some(soft.min(hard)), maximum: Some(hard) })?;
    Ok(())
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let no_code = || {
        let condition = SeccompCondition::new(
            2,
            SeccompCmpArgLen::Dword,
            SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into()),
            0,
        )?;
        SeccompRule::new(vec![condition])
    };
    let mut rules: std::collections::BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    for call in DATA_ONLY {
        rules.insert(*call, vec![no_code()?]);
    }
    // A refusal, not a kill: a library that asks for what it can do without goes on.
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, arch)?.try_into()
}

/// The one thing for which no safe interface exists.
mod sys {
    #![expect(unsafe_code, reason = "closing descriptors that nobody owns is the point")]

    use std::io;

    /// Closes everything but standard input, output and error.
    pub(super) fn close_inherited() -> io::Result<()> {
        // SAFETY: this runs first thing in `main`, on the only thread: no value of this program owns a descriptor yet.
        let closed = unsafe { libc::close_range(3, libc::c_uint::MAX, 0) };
        if closed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}
