//! The counter across restarts, deletions and old copies.

use std::fs;

use super::log::{Link, Position};
use super::*;

const LIMITS: AttemptLimits =
    AttemptLimits { max: 10, lockout: Duration::from_mins(30), erases: false };

const SECRET: [u8; 32] = [5; 32];

fn create(dir: &Path) -> Attempts {
    Attempts::create(dir, Some(PublicKey::of(&SECRET).unwrap())).unwrap()
}

fn load(dir: &Path, now: &Moment) -> Attempts {
    Attempts::load(dir, Some(PublicKey::of(&SECRET).unwrap()), now)
}

fn noted(attempts: &Attempts) -> Vec<Failure> {
    let pending = attempts.pending(&SECRET).unwrap();
    assert!(!pending.altered);
    pending.failures
}

fn at(seconds: u64) -> Moment {
    Moment { boot_id: [1; 16], since_boot_ms: seconds * 1000, utc_ms: 0 }
}

fn fail(attempts: &mut Attempts, times: u32) {
    for _ in 0..times {
        attempts.begin(&at(100));
        attempts.failed(FailureKind::WrongPassphrase, &at(100));
    }
}

#[test]
fn counts_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    fail(&mut attempts, 5);
    let loaded = load(dir.path(), &at(110));
    assert_eq!(
        loaded.state(&LIMITS, &at(110)),
        FailureState { failures: 5, wait: Duration::from_secs(20), locked_out: false }
    );
    assert_eq!(noted(&loaded).len(), 5);
    assert_eq!(noted(&loaded)[0], Failure { kind: FailureKind::WrongPassphrase, at: at(100) });
}

#[test]
fn the_limit_locks_out_until_the_time_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
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
    let mut attempts = create(dir.path());
    attempts.begin(&at(100));
    drop(attempts);
    let loaded = load(dir.path(), &at(200));
    assert_eq!(loaded.state(&LIMITS, &at(200)).failures, 1);
    assert_eq!(noted(&loaded), [Failure { kind: FailureKind::Interrupted, at: at(100) }]);
}

#[test]
fn an_attempt_that_failed_for_another_reason_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    attempts.begin(&at(100));
    attempts.withdrawn();
    assert_eq!(load(dir.path(), &at(200)).state(&LIMITS, &at(200)).failures, 0);
}

#[test]
fn a_missing_or_damaged_counter_costs_the_longest_wait() {
    let damages: [fn(&Path); 4] = [
        |file| fs::remove_file(file).unwrap(),
        |file| fs::write(file, b"{}").unwrap(),
        |file| fs::write(file, vec![b' '; 300 * 1024]).unwrap(),
        |file| {
            let text = fs::read_to_string(file).unwrap();
            fs::write(file, text.replace("\"format\":2", "\"format\":9")).unwrap();
        },
    ];
    for damage in damages {
        let dir = tempfile::tempdir().unwrap();
        drop(create(dir.path()));
        damage(&dir.path().join(FILE));
        let loaded = load(dir.path(), &at(500));
        let state = loaded.state(&LIMITS, &at(500));
        assert_eq!((state.wait, state.locked_out), (LIMITS.lockout, true));
        assert_eq!(noted(&loaded), [Failure { kind: FailureKind::CounterTampered, at: at(500) }]);
        // Starting the program again does not start the wait again.
        let again = load(dir.path(), &at(700));
        assert_eq!(again.state(&LIMITS, &at(700)).wait, Duration::from_secs(1600));
    }
}

#[test]
fn an_older_copy_is_found_by_the_mirror() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    let old = fs::read(dir.path().join(FILE)).unwrap();
    fail(&mut attempts, 9);
    let mirror = attempts.mirror();
    fs::write(dir.path().join(FILE), old).unwrap();
    let mut restored = load(dir.path(), &at(200));
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
    let mut attempts = create(dir.path());
    let earlier = attempts.mirror();
    fail(&mut attempts, 2);
    for mirror in [earlier, attempts.mirror()] {
        attempts.check_mirror(&mirror, &at(200));
    }
    assert_eq!(attempts.state(&LIMITS, &at(200)).wait, Duration::ZERO);
    assert_eq!(noted(&attempts).len(), 2);
}

#[test]
fn a_mirror_is_text() {
    let log = Position { sealed: u64::MAX, head: Link([0xab; 32]) };
    let last = Some(Moment { boot_id: [0xcd; 16], since_boot_ms: u64::MAX, utc_ms: i64::MIN });
    let (generation, failures) = (u64::MAX, u32::MAX);
    let whole = Mirror { generation, failures, last, pending: true, tampered: true, log };
    let bare = Mirror { last: None, pending: false, tampered: false, ..whole };
    for mirror in [whole, bare, Mirror { tampered: true, ..bare }, Mirror { pending: true, ..bare }]
    {
        assert_eq!(Mirror::from_text(mirror.to_text().as_bytes()), Some(mirror));
    }
    // As an earlier version wrote it.
    let text = bare.to_text();
    let earlier = text.strip_suffix(" 0 -").unwrap();
    assert_eq!(Mirror::from_text(earlier.as_bytes()), Some(bare));
    let short = earlier.strip_suffix("ab").unwrap();
    let odd = ["", " ", " 0", " 4 -", " 0 cd", " 0 - ", " 0 cd:1:1"].map(|end| match end {
        "" => short.to_owned(),
        end => format!("{earlier}{end}"),
    });
    let odd = odd.iter().map(String::as_str);
    for text in odd.chain(["", "1", "1 ", " 1", "-1 1 0 00", "1 4294967296", "x y"]) {
        assert_eq!(Mirror::from_text(text.as_bytes()), None, "{text}");
    }
}

/// Whoever can write the file and not the keyring: each edit leaves the log as it is, and makes the file look newer.
#[test]
fn an_edited_file_is_believed_only_where_it_says_worse() {
    let edits: [fn(&mut Record); 4] = [
        |record| (record.failures, record.last) = (0, None),
        |record| record.failures = 1,
        |record| record.last = None,
        |record| record.last = Some(at(1)),
    ];
    for edit in edits {
        for newer in [0, 1, 9] {
            let dir = tempfile::tempdir().unwrap();
            let mut attempts = create(dir.path());
            fail(&mut attempts, 10);
            let (mirror, whole) = (attempts.mirror(), attempts.state(&LIMITS, &at(1000)));
            edit(&mut attempts.record);
            assert_ne!(attempts.state(&LIMITS, &at(1000)), whole);
            attempts.record.generation += newer;
            attempts.check_mirror(&mirror, &at(1000));
            assert_eq!(attempts.state(&LIMITS, &at(1000)), whole);
            // Said once; looking again changes nothing.
            let generation = attempts.record.generation;
            attempts.check_mirror(&mirror, &at(1100));
            assert_eq!(attempts.record.generation, generation);
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    attempts.tampered(&at(100));
    let mirror = attempts.mirror();
    (attempts.record.tampered, attempts.record.last) = (false, None);
    attempts.record.generation += 1;
    attempts.check_mirror(&mirror, &at(200));
    assert_eq!(attempts.state(&LIMITS, &at(200)).wait, Duration::from_secs(1700));
}

/// A kill between the file and the keyring: the attempt that may have been the unlock doesn't count against anybody.
#[test]
fn an_unlock_that_the_keyring_never_heard_of_costs_no_more_than_what_was_before() {
    for before in [0, 4, 5] {
        let dir = tempfile::tempdir().unwrap();
        let mut attempts = create(dir.path());
        fail(&mut attempts, before);
        attempts.begin(&at(300));
        let mirror = attempts.mirror();
        attempts.succeeded();
        drop(attempts);
        let mut restarted = load(dir.path(), &at(310));
        restarted.check_mirror(&mirror, &at(310));
        let FailureState { failures, wait, .. } = restarted.state(&LIMITS, &at(310));
        assert_eq!((failures, wait.as_secs()), (before, if before == 5 { 20 } else { 0 }));
    }
}

#[test]
fn failures_are_sealed_on_disk_and_gone_once_they_are_taken() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    fail(&mut attempts, 3);
    let text = fs::read_to_string(dir.path().join(FILE)).unwrap();
    assert!(!text.contains("wrong_passphrase"));
    let pending = attempts.pending(&SECRET).unwrap();
    attempts.forget(&pending).unwrap();
    assert_eq!(noted(&load(dir.path(), &at(2))), []);
}

/// Whoever can write the file can make the counter look younger than it is; the log of failures still shows it.
#[test]
fn a_log_that_was_emptied_shows_even_under_a_later_generation() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    fail(&mut attempts, 3);
    let mirror = attempts.mirror();
    attempts.record.log = FailureLog::default();
    attempts.save().unwrap();
    attempts.save().unwrap();
    let mut forged = load(dir.path(), &at(2));
    forged.check_mirror(&mirror, &at(2));
    let pending = forged.pending(&SECRET).unwrap();
    assert!(pending.altered);
    forged.forget(&pending).unwrap();
    forged.check_mirror(&forged.mirror(), &at(3));
    assert!(!forged.pending(&SECRET).unwrap().altered);
}

/// A full log must still fit what is read back.
#[test]
fn the_largest_file_is_within_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    let latest = Moment { boot_id: [0xff; 16], since_boot_ms: u64::MAX, utc_ms: i64::MIN };
    attempts.record.log.uncounted = u64::MAX;
    for _ in 0..log::CAP {
        attempts.note(Failure { kind: FailureKind::WrongRecoveryCode, at: latest });
    }
    attempts.save().unwrap();
    assert!(fs::metadata(dir.path().join(FILE)).unwrap().len() < MAX_BYTES);
}

/// A full disk neither forgets failures, which the mirror repeats, nor locks out whoever opened the mailbox meanwhile.
#[test]
fn a_disk_that_refuses_does_not_stop_the_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut attempts = create(dir.path());
    // The next write can't make its temporary file.
    let blocked = dir.path().join(format!("{FILE}.new"));
    fs::create_dir(&blocked).unwrap();
    attempts.begin(&at(100));
    attempts.succeeded();
    let mut restarted = load(dir.path(), &at(110));
    restarted.check_mirror(&attempts.mirror(), &at(110));
    assert_eq!(restarted.state(&LIMITS, &at(110)).wait, Duration::ZERO);
    fail(&mut attempts, 10);
    assert!(attempts.state(&LIMITS, &at(100)).locked_out);
    let mut restarted = load(dir.path(), &at(120));
    assert_eq!(restarted.state(&LIMITS, &at(120)).failures, 0);
    restarted.check_mirror(&attempts.mirror(), &at(120));
    assert!(restarted.state(&LIMITS, &at(120)).locked_out);
}
