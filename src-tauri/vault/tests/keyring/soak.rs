//! The long run of `cargo xtask soak`: a change of the passphrase is killed, every other time at one of its named steps, the
//! other times at random.
#![expect(clippy::print_stdout, reason = "the figures of a long run are its output")]

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::crash;
use crate::real::{PASSPHRASE, keyring, passphrase, set_up, vault};
use crate::session::in_session;

const KILLS: u32 = 200;
/// Set in the victim: the present passphrase, and the recovery code.
const VICTIM: &str = "WARDMAIL_TEST_SOAK_VICTIM";
const NEW: &str = "quilt meadow lantern";

/// A number below `limit` from the system.
fn random(limit: u64) -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(limit) % limit.max(1)
}

/// The named step of a round: every other has one.
fn point_of(round: u32) -> Option<String> {
    let steps = crash::CHANGE.into_iter().map(|point| format!("{point}:1"));
    let writes =
        crash::DISK.into_iter().flat_map(|point| [1, 2].map(|nth| format!("{point}:{nth}")));
    let mut points: Vec<String> = steps.chain(writes).collect();
    let number = usize::try_from(round / 2).unwrap() % points.len();
    round.is_multiple_of(2).then(|| points.swap_remove(number))
}

#[test]
#[ignore = "soak: minutes"]
fn soak_kill_200_times_in_a_change() {
    let name = "soak::soak_kill_200_times_in_a_change";
    in_session(name, |session| {
        if let Ok(code) = env::var(VICTIM) {
            let (mut vault, keyring) = (vault(session), keyring());
            let key = vault.unlock_with_recovery(&code).unwrap();
            let round = env::var("ROUND").unwrap();
            crash::armed();
            writeln!(std::io::stdout(), "\nchanging").unwrap();
            let new = passphrase(&format!("{NEW} {round}"));
            vault.change_passphrase(&key, &new, None, Some(&keyring)).unwrap();
            writeln!(std::io::stdout(), "\nchanged").unwrap();
            return;
        }
        let _daemon = session.start_keyring();
        let keyring = keyring();
        let (code, key) = set_up(session, &keyring);
        let (mut present, mut longest) = (PASSPHRASE.to_owned(), Duration::from_secs(2));
        let (mut outcomes, mut hits) = (BTreeMap::<&str, u32>::new(), BTreeMap::<u128, u32>::new());
        let mut named = BTreeMap::<String, u32>::new();
        for round in 0..KILLS {
            let point = point_of(round);
            let mut victim = Command::new(env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture", "--include-ignored"])
                .env(VICTIM, &code)
                .env("ROUND", round.to_string())
                .envs(point.as_ref().map(|point| (crash::CRASH_AT, point)))
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
            let mut lines = lines.map_while(Result::ok);
            lines.by_ref().find(|line| line == "changing").unwrap();
            let began = Instant::now();
            if let Some(point) = point {
                // It ends itself there, without a destructor or a flush.
                assert_eq!(lines.by_ref().find(|line| line == "changed"), None, "{point}");
                assert_eq!(victim.wait().unwrap().code(), None, "{point}");
                *named.entry(point).or_default() += 1;
            } else {
                // The first is let through: it tells how long a change takes here.
                if round == 1 {
                    lines.by_ref().find(|line| line == "changed").unwrap();
                    longest = began.elapsed();
                }
                let longest = u64::try_from(longest.as_micros()).unwrap();
                let wait = Duration::from_micros(random(longest));
                while began.elapsed() < wait {
                    std::hint::spin_loop();
                }
                victim.kill().unwrap();
                *hits.entry(began.elapsed().as_millis() / 25).or_default() += 1;
                victim.wait().unwrap();
            }

            let new = format!("{NEW} {round}");
            let mut vault = vault(session);
            let opened = match vault.unlock(&passphrase(&new), Some(&keyring)) {
                Ok(opened) => {
                    present = new;
                    *outcomes.entry("the new way in").or_default() += 1;
                    opened
                }
                Err(error) => {
                    assert_eq!(error.code(), "unlock.wrong_passphrase", "round {round}");
                    *outcomes.entry("the old way in").or_default() += 1;
                    vault.unlock(&passphrase(&present), Some(&keyring)).unwrap()
                }
            };
            assert_eq!(opened.expose(), key.expose());
        }
        println!("kill -9 in a change of the passphrase, time since it began:");
        for (step, kills) in hits {
            println!("  up to {:>5} ms {kills:>4} {}", (step + 1) * 25, "#".repeat(kills as usize));
        }
        println!("  at named points: {named:?}");
        println!("  what opened afterwards: {outcomes:?}");
        assert_eq!(outcomes.values().sum::<u32>(), KILLS);
    });
}
