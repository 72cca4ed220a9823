//! A computer whose date is wrong, or is changed on purpose: no wait ends by it.

use serde_json::json;

use crate::desk::{Desk, PASSPHRASE};

/// The library that tells a program another date, and leaves the clock alone that counts from the boot, as a changed date
/// does.
const LIBRARY: &str = "/usr/$LIB/faketime/libfaketime.so.1";

fn set_date(desk: &mut Desk, date: &str) {
    desk.session.preload(LIBRARY);
    desk.set_variable("FAKETIME", date);
    desk.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

#[test]
fn no_date_ends_a_lock_out() {
    let Some(mut desk) = Desk::new() else { return };
    let limits = json!({ "maxFailures": 3, "lockoutSeconds": 86_400 });
    let policy =
        json!({ "schema": 1, "serial": 1, "issuer": "IT", "providers": [], "unlock": limits });
    desk.session.install_policy(&policy).unwrap();
    desk.create().ok();
    // The program believes the date: its log has an entry of another decade.
    let newest = |desk: &Desk| {
        let page = desk.run(&["audit", "list", "--limit", "1"]).ok();
        page["rows"][0]["time"].as_str().unwrap()[..4].parse::<u32>().unwrap()
    };
    let year = newest(&desk);
    set_date(&mut desk, "+3650d");
    assert!(newest(&desk) > year + 8);
    // From here on with the library, and the date of today.
    set_date(&mut desk, "+0");

    desk.passphrase = "not the passphrase at all".to_owned();
    for _ in 0..3 {
        desk.run(&["folders"]).fails(11, "wrong_passphrase");
    }
    desk.passphrase = PASSPHRASE.to_owned();
    for date in ["+0", "+3650d", "-3650d", "+2d"] {
        set_date(&mut desk, date);
        let wait = desk.run(&["folders"]).fails(12, "try_later")["detail"].as_u64().unwrap();
        assert!((80_000..=86_400).contains(&wait), "{date}: {wait}");
    }
}
