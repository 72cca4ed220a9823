//! The store against real SQLCipher files: nothing here is a stand-in, except the mail, whose people are invented.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, its aids too"
)]
#![expect(clippy::redundant_closure_for_method_calls, reason = "jobs read best as closures")]

#[path = "it/aids.rs"]
mod aids;
#[path = "it/audit.rs"]
mod audit;
#[path = "it/confidentiality.rs"]
mod confidentiality;
#[path = "it/damage.rs"]
mod damage;
#[path = "it/folders.rs"]
mod folders;
#[path = "it/jobs.rs"]
mod jobs;
#[path = "it/keys.rs"]
mod keys;
#[path = "it/kill.rs"]
mod kill;
#[path = "it/list.rs"]
mod list;
#[path = "it/migrations.rs"]
mod migrations;
#[path = "it/opening.rs"]
mod opening;
#[path = "it/outbox.rs"]
mod outbox;
#[path = "it/removal.rs"]
mod removal;
#[path = "it/search.rs"]
mod search;
#[path = "it/soak.rs"]
mod soak;
#[path = "it/threads.rs"]
mod threads;
