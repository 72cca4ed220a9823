//! The worker: what it may not do, and what its end looks like from outside.

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use wardmail_extract::{Extractor, Limits, Progress, WORKER_ARGUMENT, Why};

use crate::{WORKER, archive, extract, whys, within};

#[test]
fn a_worker_opens_no_file_reaches_no_network_and_starts_nothing() {
    assert!(Command::new(WORKER).arg("--try-rights").status().unwrap().success());
}

/// WebKit starts threads while the program is loaded; on a busy machine they are still starting when the rights go.
#[test]
fn threads_that_were_starting_when_the_rights_went_go_on() {
    for _ in 0..80 {
        let done = Command::new(WORKER).arg("--starting-threads").output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn a_program_is_the_worker_by_its_only_argument_alone() {
    let ends = |arguments: &[&str]| {
        Command::new(WORKER)
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
            .status
            .code()
    };
    // Not the worker: this program then has nothing to do, and fails.
    assert_eq!(ends(&[WORKER_ARGUMENT, "more"]), Some(1));
    assert_eq!(ends(&["other", WORKER_ARGUMENT]), Some(1));
}

#[tokio::test]
async fn memory_is_bounded_by_the_system() {
    let limits = Limits { memory_bytes: 8 << 20, ..Limits::default() };
    let found = within(limits, "long.txt", &vec![b'a'; 12 << 20]).await;
    assert_eq!(whys(&found), [Why::BrokeDown]);
    let enough = Limits { memory_bytes: 96 << 20, ..Limits::default() };
    assert_eq!(whys(&within(enough, "long.txt", &vec![b'a'; 12 << 20]).await), []);
}

#[tokio::test]
async fn time_on_the_processor_is_bounded_by_the_system() {
    let limits = Limits { cpu_seconds: 0, ..Limits::default() };
    let found = within(limits, "list.csv", "a,b\n".repeat(1 << 20).as_bytes()).await;
    assert_eq!(whys(&found), [Why::TooSlow]);
}

/// A program that is no worker.
fn script(dir: &Path, lines: &str) -> Extractor {
    let path = dir.join("program");
    std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    Extractor::program(path)
}

#[tokio::test]
async fn a_worker_that_hangs_is_killed_when_its_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { wall_seconds: 1, ..Limits::default() };
    let found =
        script(dir.path(), "exec sleep 600").with_limits(limits).extract("a", b"x", |_| {}).await;
    assert_eq!(whys(&found), [Why::TooSlow]);
}

#[tokio::test]
async fn a_worker_that_lies_dies_or_was_never_there_is_a_file_not_checked() {
    let dir = tempfile::tempdir().unwrap();
    for (program, why) in [
        ("printf '\\377\\377\\377\\377'; exec sleep 600", Why::BrokeDown),
        ("printf '\\004\\000\\000\\000null'; exec sleep 600", Why::BrokeDown),
        ("kill -9 $$", Why::BrokeDown),
        ("exit 3", Why::NotStarted),
        ("exit 0", Why::NotStarted),
    ] {
        let found = script(dir.path(), program).extract("a.txt", b"x", |_| {}).await;
        assert_eq!(whys(&found), [why], "{program}");
        assert!(found.texts.is_empty());
        assert_eq!(found.names, ["a.txt"], "{program}");
    }
    let nobody = Extractor::program(dir.path().join("absent")).extract("a.txt", b"x", |_| {}).await;
    assert_eq!(whys(&nobody), [Why::NotStarted]);
    assert_eq!(nobody.names, ["a.txt"]);
}

#[tokio::test]
async fn a_worker_has_an_empty_environment_and_dies_with_the_question() {
    let dir = tempfile::tempdir().unwrap();
    let (seen, pid) = (dir.path().join("seen"), dir.path().join("pid"));
    let lines =
        format!("/usr/bin/env > {}; echo $$ > {}; exec sleep 600", seen.display(), pid.display());
    let extractor = script(dir.path(), &lines);
    let asked = tokio::spawn(async move { extractor.extract("a", b"x", |_| {}).await });
    let started = || std::fs::read_to_string(&pid).ok().filter(|pid| pid.ends_with('\n'));
    let number = loop {
        match started() {
            Some(pid) => break pid.trim().to_owned(),
            None => tokio::task::yield_now().await,
        }
    };
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    // PWD, SHLVL and _ are the shell's own.
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(
        !seen.contains("HOME") && !seen.contains("PATH=/root") && !seen.contains("DBUS"),
        "{seen}"
    );
    while std::fs::read_to_string(format!("/proc/{number}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z "))
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn progress_is_told() {
    let files = archive(&[("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")]);
    let mut told = Vec::new();
    Extractor::program(WORKER).extract("x.zip", &files, |progress| told.push(progress)).await;
    let step = |done| Progress { done, of: 3 };
    assert_eq!(told, [step(0), step(1), step(2)]);
    let found = extract("x.zip", &files).await;
    assert_eq!(whys(&found), []);
    // The file's own name once, though who asks adds it.
    assert_eq!(found.names, ["x.zip", "x.zip › a.txt", "x.zip › b.txt", "x.zip › c.txt"]);
}
