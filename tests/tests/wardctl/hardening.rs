//! What other programs of the same user can get out of `wardctl`, and what a crash leaves: nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wardmail_tests::{Provider, intruder};

use crate::desk::{Desk, MEI, PASSPHRASE, PRIYA, gpg, letter, policy};

/// 32 characters that stand in a message, and then in the words of a panic.
const NEEDLE: &str = "v4Kq9Zt2Xw7Lr5Nc8Pd1Ms6Hb3Gf0JyE";

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

#[test]
fn a_crash_leaves_no_core_and_a_debugger_is_refused() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    let room = desk.session.home();
    // What is tried works where nothing is done against it.
    let mut entered = Vec::new();
    let mut asleep = |pid| {
        let ready = name(pid) == "sleep";
        if ready {
            entered.extend(intruder::ways_into(pid).unwrap());
        }
        ready
    };
    let core = intruder::leaves_a_core(Path::new("/usr/bin/sleep"), &["600"], &room, &mut asleep);
    assert!(core.unwrap(), "the kernel makes cores here");
    assert_eq!(entered, ["ptrace", "mem", "environ", "maps"]);

    let program = desk.program();
    let profile = desk.profile().to_str().unwrap();
    // It waits for the passphrase.
    let arguments = ["--profile", profile, "--passphrase-fd", "0", "folders"];
    let mut entered = Vec::new();
    let mut closed = |pid| {
        let ready = name(pid) == "wardctl"
            && intruder::limit(pid, "Max core file size").is_ok_and(|limit| limit == "0 0 bytes");
        if ready {
            entered.extend(intruder::ways_into(pid).unwrap());
        }
        ready
    };
    let core = intruder::leaves_a_core(&program, &arguments, &room, &mut closed);
    assert!(!core.unwrap(), "a core was left");
    assert_eq!(entered, Vec::<String>::new());
}

/// A message is stored when the program panics, with that message in the panic's words.
#[test]
fn a_panic_tells_its_place_and_nothing_of_the_mail() {
    let provider = Provider::start().unwrap();
    let Some(mut desk) = Desk::of(MEI, &provider) else { return };
    desk.session.install_policy(&policy(&provider)).unwrap();
    let priya = gpg("Priya Raman", PRIYA);
    desk.exchange_certificates(&priya);
    let raw = letter(NEEDLE, NEEDLE, "1@hospital.example").plain();
    provider.deliver(PRIYA, MEI, &raw).unwrap();
    let said = |answer: &crate::desk::Answer| {
        let lines: Vec<String> = answer.lines.iter().map(Value::to_string).collect();
        format!("{}\n{}", lines.join("\n"), answer.stderr)
    };

    desk.set_variable("FAILPOINTS", &format!("store-bulk-before-commit=panic({NEEDLE})"));
    let panicked = desk.run(&["sync"]);
    assert_ne!(panicked.code, 0, "{panicked:?}");
    assert!(!said(&panicked).contains(NEEDLE), "{panicked:?}");
    assert!(!said(&panicked).contains(PASSPHRASE));
    desk.forget_variables();
    // What it would have told is there.
    desk.run(&["sync"]).ok();
    assert!(said(&desk.run(&["list", "--folder", "inbox", "--limit", "5"])).contains(NEEDLE));
}
