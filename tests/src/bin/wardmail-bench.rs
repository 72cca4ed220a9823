//! `cargo xtask bench`: what the program takes, each time as a ratio to a floor or a peer that ran in the same minute on
//! the same machine.
#![expect(clippy::print_stdout, reason = "a command line program's output is its standard output")]

#[path = "bench/access.rs"]
mod access;
#[path = "bench/desk.rs"]
mod desk;
#[path = "bench/peers.rs"]
mod peers;

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Parser;
use wardmail_tests::{Provider, clinic};

use desk::Desk;

/// How often each thing is done; the median counts.
const TIMES: usize = 5;

/// How many messages the list is measured on.
const LISTED: usize = 10_000;

/// How many messages a small list has: the first page of the long one should take as long.
const FEW: usize = 50;

/// How long the first page may take in an open mailbox: less than one picture of a display at 60 Hz.
const PAGE_LIMIT: Duration = Duration::from_millis(16);

/// How long opening a message may take: what a person takes for at once.
const OPEN_LIMIT: Duration = Duration::from_millis(100);

/// How many messages are fetched beside `mbsync`.
const FETCHED: usize = 2_000;

#[derive(Parser)]
struct Options {
    /// Which measurements: `unlock`, `list`, `open`, `sync`, `access`; all unless named.
    names: Vec<String>,
    /// How many messages the mailbox of `access` has.
    #[arg(long, default_value_t = access::MESSAGES)]
    messages: usize,
}

fn main() -> Result<()> {
    let Options { names, messages } = Options::parse();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|named| named == name);
    let program =
        PathBuf::from(env::var_os("WARDCTL_BIN").context("WARDCTL_BIN doesn't name wardctl")?);
    if wanted("sync") {
        sync(&program)?;
    }
    if wanted("access") {
        access::measure(&program, messages)?;
    }
    if wanted("unlock") || wanted("list") || wanted("open") {
        let provider = Provider::start()?;
        provider.import(clinic::OWNER, clinic::bulk(LISTED))?;
        let desk = Desk::new(&program, &provider)?;
        desk.sync_until(LISTED)?;
        let unlock = median(|| desk.run(&["folders"]).map(drop))?;
        let cost = peers::Argon2id::of(&desk.vault()?)?;
        let floor = median(|| cost.spend())?;
        line("unlock, by Argon2id's own time for this vault", unlock, floor);
        let first_page = ["list", "--folder", "INBOX", "--limit", "50"];
        let page = median_of(|| desk.time(&first_page))?;
        line(&format!("first page of {LISTED} messages, by the limit"), page, PAGE_LIMIT);
        let id = desk.newest()?;
        let open = median_of(|| desk.time(&["show", &id]))?;
        line("opening a message, by the limit", open, OPEN_LIMIT);
        let few = Provider::start()?;
        few.import(clinic::OWNER, clinic::bulk(FEW))?;
        let small = Desk::new(&program, &few)?;
        small.sync_until(FEW)?;
        let page_of_few = median_of(|| small.time(&first_page))?;
        line(&format!("first page of {LISTED} messages, by that of {FEW}"), page, page_of_few);
    }
    Ok(())
}

/// All bodies into an empty mailbox, beside `mbsync` into an empty Maildir from the same Dovecot.
fn sync(program: &std::path::Path) -> Result<()> {
    let provider = Provider::start()?;
    provider.import(clinic::OWNER, clinic::bulk(FETCHED))?;
    let peer = took(|| peers::mbsync(&provider, FETCHED))?;
    let desk = Desk::new(program, &provider)?;
    let own = took(|| desk.sync_until(FETCHED))?;
    line(&format!("fetching {FETCHED} messages, by mbsync"), own, peer);
    Ok(())
}

fn line(what: &str, own: Duration, peer: Duration) {
    let ratio = own.as_secs_f64() / peer.as_secs_f64();
    println!("{ratio:6.2}  {what}  ({:.3} s / {:.3} s)", own.as_secs_f64(), peer.as_secs_f64());
}

fn took(act: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let began = Instant::now();
    act()?;
    Ok(began.elapsed())
}

fn median(mut act: impl FnMut() -> Result<()>) -> Result<Duration> {
    median_of(|| took(&mut act))
}

fn median_of(mut measure: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        times.push(measure()?);
    }
    times.sort_unstable();
    times.get(TIMES / 2).copied().context("nothing was measured")
}
