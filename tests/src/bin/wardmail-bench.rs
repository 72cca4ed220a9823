//! `cargo xtask bench`: what the program takes, each time as a ratio to a floor or a peer that ran in the same minute on
//! the same machine.
#![expect(clippy::print_stdout, reason = "a command line program's output is its standard output")]

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

/// How many messages are fetched beside `mbsync`.
const FETCHED: usize = 2_000;

#[derive(Parser)]
struct Options {
    /// Which measurements: `unlock`, `list`, `open`, `sync`; all unless named.
    names: Vec<String>,
}

fn main() -> Result<()> {
    let names = Options::parse().names;
    let wanted = |name: &str| names.is_empty() || names.iter().any(|named| named == name);
    let program =
        PathBuf::from(env::var_os("WARDCTL_BIN").context("WARDCTL_BIN doesn't name wardctl")?);
    if wanted("sync") {
        sync(&program)?;
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
        let page = median(|| desk.run(&["list", "--folder", "INBOX", "--limit", "50"]).map(drop))?;
        line(&format!("first page of {LISTED} messages, by an unlock alone"), page, unlock);
        let id = desk.newest()?;
        let open = median(|| desk.run(&["show", &id]).map(drop))?;
        line("opening a message, by an unlock alone", open, unlock);
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
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        times.push(took(&mut act)?);
    }
    times.sort_unstable();
    times.get(TIMES / 2).copied().context("nothing was measured")
}
