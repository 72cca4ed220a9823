//! A security key, as far as it goes without one: what may be asked, and that its absence is said.

use serde_json::json;

use crate::desk::Desk;

/// No key is plugged in where the tests run.
#[test]
fn a_security_key_is_allowed_asked_for_and_missed_by_name() {
    let Some(desk) = Desk::new() else { return };
    desk.create().ok();
    let key = |words: &[&str]| desk.run(&[&["profile", "security-key"], words].concat());
    assert_eq!(key(&["status"]).ok()["allowed"], false, "off by default");
    key(&["add"]).fails(56, "not_allowed");
    assert_eq!(key(&["allow"]).ok()["allowed"], true);
    assert_eq!(key(&["status"]).ok()["present"], false);
    key(&["add"]).fails(120, "security_key_missing");
    key(&["remove"]).fails(80, "not_found");
    // What could not be added is not asked for.
    desk.run(&["folders"]).ok();
    assert_eq!(key(&["allow", "--off"]).ok()["allowed"], false);
    desk.session
        .install_policy(&json!({
            "schema": 1, "serial": 7, "issuer": "IT", "unlock": { "allowSecurityKey": false },
        }))
        .unwrap();
    key(&["allow"]).fails(56, "not_allowed");
}
