//! A disk that is full: said in a sentence, nothing is lost, and it goes on once there is space.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use wardmail_tests::{Provider, Stored};

use crate::desk::{Desk, MEI, PRIYA, gpg, letter, noise, policy};

/// A small disk; unmounted when it is dropped.
struct Volume(PathBuf);

impl Volume {
    fn at(path: &Path, size: &str) -> Self {
        std::fs::create_dir(path).unwrap();
        let options = format!("size={size},mode=0700,uid=65534,gid=65534");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(path);
        assert!(mount.status().unwrap().success());
        Self(path.to_owned())
    }

    /// Takes all the space that is left, but for so many bytes.
    fn fill(&self, but_for: u64) {
        let ballast = self.0.join("ballast");
        let mut dd = Command::new("dd");
        dd.args(["if=/dev/zero", "bs=4096"]).arg(format!("of={}", ballast.display()));
        // It ends with an error: that is what full means.
        assert!(!dd.output().unwrap().status.success());
        let file = std::fs::File::options().write(true).open(&ballast).unwrap();
        file.set_len(file.metadata().unwrap().len() - but_for).unwrap();
        chown(ballast, Some(65_534), Some(65_534)).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_said() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = Desk::new() else { return };
    let path = desk.session.home().join("small");
    // Before the session, so that it is gone when the session's directory is removed.
    let volume = Volume::at(&path, "12m");
    desk.set_profile(path.join("profile"));
    desk.session.install_policy(&policy(&provider)).unwrap();
    desk.create().ok();
    desk.add_account(MEI, &provider).ok();
    desk.run(&["key", "generate"]).ok();
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    let raw = letter("Kept", "The word is mace.\r\n", "kept@hospital.example");
    provider.deliver(PRIYA, MEI, &priya.seal(&raw, &[MEI]).unwrap()).unwrap();
    desk.run(&["sync"]).ok();
    desk.send(PRIYA, "Queued", "One ginger.\n", &["--queue-only"]).ok();

    for number in 0..6 {
        let body = format!("{}\r\n", priya.encrypt_and_sign(&noise(60_000), &[MEI]).unwrap());
        let (subject, id) = (format!("Big {number}"), format!("big-{number}@hospital.example"));
        let raw = priya.seal(&letter(&subject, &body, &id), &[MEI]).unwrap();
        provider.deliver(PRIYA, MEI, &raw).unwrap();
    }
    // Nearly full: reading goes on, what is new doesn't fit.
    volume.fill(160 * 1024);
    desk.run(&["sync"]).fails(40, "disk_full");
    let found = desk.run(&["search", "mace"]).ok();
    assert_eq!(found["rows"].as_array().unwrap().len(), 1);
    assert_eq!(desk.show("inbox", "Kept")["text"], "The word is mace.\n");
    volume.free();
    // Full to the last byte: each says so.
    volume.fill(0);
    desk.run(&["sync"]).fails(40, "disk_full");
    desk.send(PRIYA, "More", "Two ginger.\n", &["--queue-only"]).fails(40, "disk_full");
    // What would change keys or take something out can't be recorded, so it isn't done.
    desk.run(&["key", "generate"]).fails(40, "disk_full");
    desk.run(&["cert", "trust", priya.fingerprint(), "rejected"]).fails(40, "disk_full");
    // Whether it can be read depends on the room that SQLite took for itself before.
    let read = desk.run(&["search", "mace"]);
    if read.code == 0 {
        assert_eq!(read.ok()["rows"].as_array().unwrap().len(), 1);
    } else {
        read.fails(40, "disk_full");
    }
    let out = volume.0.join("profile/log.jsonl");
    desk.run(&["audit", "export", "--out", out.to_str().unwrap()]).fails(40, "disk_full");

    volume.free();
    desk.run(&["sync"]).ok();
    assert_eq!(desk.list("inbox").len(), 7);
    assert_eq!(desk.show("inbox", "Kept")["text"], "The word is mace.\n");
    let states: Vec<_> = desk.outbox().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, ["sent"], "nothing was lost, nothing else was queued");
    let held: Vec<Stored> = crate::desk::inbox(&provider, PRIYA, 1);
    assert!(priya.open(&held[0].raw).unwrap().text().contains("One ginger."));
    assert_eq!(desk.run(&["audit", "verify"]).ok()["intact"], true);
    assert_eq!(desk.run(&["key", "list"]).ok().as_array().unwrap().len(), 1);
    // The sessions that could not be recorded are told by those after them.
    let log = desk.audited();
    let told = |said: &&String| said.starts_with("Entries could not be written");
    assert!(log.iter().any(|said| told(&said)), "{log:#?}");
    drop(volume);
}
