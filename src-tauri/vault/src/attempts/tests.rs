//! The counter across restarts, deletions and old copies.

use std::fs;

use super::*;

const LIMITS: AttemptLimits = AttemptLimits { max: 10, lockout: Duration::from_mins(30) };

fn at(seconds: u64) -> Moment {
    Moment { boot_id: [1; 16], since_boot_ms: seconds * 1000, utc_ms: 0 }
}

fn fail(attempts: &mut Attempts, times: u32) {
    for _ in 0..times {
        attempts.begin(&at(100));
        attempts.failed(&at(100));
    }
}

#[test]
fn counts_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    fail(&mut attempts, 5);
    let loaded = Attempts::load(dir.path(), &at(110));
    assert_eq!(
        loaded.state(&LIMITS, &at(110)),
        FailureState { failures: 5, wait: Duration::from_secs(20), locked_out: false }
    );
    assert_eq!(loaded.journal().0.len(), 5);
    assert_eq!(loaded.journal().0[0], Failure { kind: FailureKind::WrongPassphrase, at: at(100) });
}

#[test]
fn the_limit_locks_out_until_the_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    fail(&mut attempts, 10);
    let state = attempts.state(&LIMITS, &at(100));
    assert_eq!(state, FailureState { failures: 10, wait: LIMITS.lockout, locked_out: true });
    assert_eq!(attempts.state(&LIMITS, &at(1900)).wait, Duration::ZERO);
    fail(&mut attempts, 1);
    assert!(attempts.state(&LIMITS, &at(100)).locked_out);
    attempts.succeeded();
    assert_eq!(attempts.state(&LIMITS, &at(100)).failures, 0);
}

#[test]
fn a_killed_attempt_counts() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    attempts.begin(&at(100));
    drop(attempts);
    let loaded = Attempts::load(dir.path(), &at(200));
    assert_eq!(loaded.state(&LIMITS, &at(200)).failures, 1);
    assert_eq!(loaded.journal().0, [Failure { kind: FailureKind::Interrupted, at: at(100) }]);
}

#[test]
fn an_attempt_that_failed_for_another_reason_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    attempts.begin(&at(100));
    attempts.withdrawn();
    assert_eq!(Attempts::load(dir.path(), &at(200)).state(&LIMITS, &at(200)).failures, 0);
}

#[test]
fn a_missing_or_damaged_counter_costs_the_longest_wait() {
    let damages: [fn(&Path); 4] = [
        |file| fs::remove_file(file).unwrap(),
        |file| fs::write(file, b"{}").unwrap(),
        |file| fs::write(file, vec![b' '; 300 * 1024]).unwrap(),
        |file| {
            let text = fs::read_to_string(file).unwrap();
            fs::write(file, text.replace("\"format\":1", "\"format\":9")).unwrap();
        },
    ];
    for damage in damages {
        let dir = tempfile::tempdir().unwrap();
        drop(Attempts::create(dir.path()).unwrap());
        damage(&dir.path().join(FILE));
        let loaded = Attempts::load(dir.path(), &at(500));
        let state = loaded.state(&LIMITS, &at(500));
        assert_eq!((state.wait, state.locked_out), (LIMITS.lockout, true));
        assert_eq!(
            loaded.journal().0,
            [Failure { kind: FailureKind::CounterTampered, at: at(500) }]
        );
        // Starting the program again does not start the wait again.
        let again = Attempts::load(dir.path(), &at(700));
        assert_eq!(again.state(&LIMITS, &at(700)).wait, Duration::from_secs(1600));
    }
}

#[test]
fn an_older_copy_is_found_by_the_mirror() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    let old = fs::read(dir.path().join(FILE)).unwrap();
    fail(&mut attempts, 9);
    let mirror = attempts.mirror();
    fs::write(dir.path().join(FILE), old).unwrap();
    let mut restored = Attempts::load(dir.path(), &at(200));
    assert_eq!(restored.state(&LIMITS, &at(200)).failures, 0);
    restored.check_mirror(&mirror, &at(200));
    assert_eq!(restored.state(&LIMITS, &at(200)).wait, LIMITS.lockout);
    // Once noticed, the wait doesn't begin again.
    restored.check_mirror(&mirror, &at(300));
    assert_eq!(restored.state(&LIMITS, &at(300)).wait, Duration::from_secs(1700));
}

#[test]
fn an_honest_mirror_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    let earlier = attempts.mirror();
    fail(&mut attempts, 2);
    for mirror in [earlier, attempts.mirror()] {
        attempts.check_mirror(&mirror, &at(200));
    }
    assert_eq!(attempts.state(&LIMITS, &at(200)).wait, Duration::ZERO);
    assert_eq!(attempts.journal().0.len(), 2);
}

#[test]
fn a_mirror_is_text() {
    let mirror = Mirror { generation: u64::MAX, failures: u32::MAX };
    assert_eq!(Mirror::from_text(mirror.to_text().as_bytes()), Some(mirror));
    for text in ["", "1", "1 ", " 1", "-1 1", "1 4294967296", "x y"] {
        assert_eq!(Mirror::from_text(text.as_bytes()), None);
    }
}

#[test]
fn the_journal_is_capped_and_drained() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    for _ in 0..JOURNAL_CAP + 7 {
        attempts.note(Failure { kind: FailureKind::WrongPassphrase, at: at(1) });
    }
    assert_eq!((attempts.journal().0.len(), attempts.journal().1), (JOURNAL_CAP, 7));
    attempts.forget(JOURNAL_CAP, 7).unwrap();
    let loaded = Attempts::load(dir.path(), &at(2));
    assert_eq!(loaded.journal(), (&[][..], 0));
}

/// A full journal must still fit what is read back.
#[test]
fn the_largest_file_is_within_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    let latest = Moment { boot_id: [0xff; 16], since_boot_ms: u64::MAX, utc_ms: i64::MIN };
    attempts.record.uncounted = u64::MAX;
    for _ in 0..JOURNAL_CAP {
        attempts.note(Failure { kind: FailureKind::WrongRecoveryCode, at: latest });
    }
    attempts.save().unwrap();
    assert!(fs::metadata(dir.path().join(FILE)).unwrap().len() < MAX_BYTES);
}

/// A full disk neither forgets failures, which the mirror repeats, nor locks out whoever opened the mailbox meanwhile.
#[test]
fn a_disk_that_refuses_does_not_stop_the_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = Attempts::create(dir.path()).unwrap();
    // The next write can't make its temporary file.
    let blocked = dir.path().join(format!("{FILE}.new"));
    fs::create_dir(&blocked).unwrap();
    attempts.begin(&at(100));
    attempts.succeeded();
    let mut restarted = Attempts::load(dir.path(), &at(110));
    restarted.check_mirror(&attempts.mirror(), &at(110));
    assert_eq!(restarted.state(&LIMITS, &at(110)).wait, Duration::ZERO);
    fail(&mut attempts, 10);
    assert!(attempts.state(&LIMITS, &at(100)).locked_out);
    let mut restarted = Attempts::load(dir.path(), &at(120));
    assert_eq!(restarted.state(&LIMITS, &at(120)).failures, 0);
    restarted.check_mirror(&attempts.mirror(), &at(120));
    assert!(restarted.state(&LIMITS, &at(120)).locked_out);
}
