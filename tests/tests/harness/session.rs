//! The desktop session: what is on its bus, who its user is, and what that user can't do.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use wardmail_tests::{DesktopSession, Keyring, until_true};

fn run(session: &DesktopSession, program: &str, arguments: &[&str]) -> (bool, String) {
    let done = session.command(Path::new(program)).unwrap().args(arguments).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Whether the login keyring is locked, as the Secret Service says.
fn locked(session: &DesktopSession) -> bool {
    let (_, said) = run(
        session,
        "dbus-send",
        &[
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets/collection/login",
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ],
    );
    assert!(said.contains("boolean"), "{said}");
    said.contains("boolean true")
}

#[test]
fn has_a_keyring_that_is_open_locked_or_missing() {
    let mut session = DesktopSession::start().unwrap();
    assert!(!locked(&session));
    session.lock_keyring().unwrap();
    assert!(locked(&session));
    session.unlock_keyring().unwrap();
    assert!(!locked(&session));
    session.still_runs().unwrap();
    assert!(locked(&DesktopSession::with(Keyring::Locked).unwrap()));
    let without = DesktopSession::with(Keyring::Missing).unwrap();
    assert!(!without.is_on_the_bus("org.freedesktop.secrets").unwrap());
}

#[test]
fn runs_programs_as_somebody_who_may_nothing() {
    let session = DesktopSession::start().unwrap();
    let (done, said) = run(&session, "sh", &["-c", "id -un; id -Gn; echo $HOME $SUDO_USER; umask"]);
    assert!(done);
    assert!(said.starts_with("nobody\nnogroup\n"), "{said}");
    assert!(said.contains(session.home().to_str().unwrap()));
    assert!(!run(&session, "sh", &["-c", "echo x > /etc/wardmail-was-here"]).0);
    assert!(!run(&session, "ls", &["/root"]).0);
    let policy = session.write_readonly("policy.json", b"{}").unwrap();
    assert!(run(&session, "cat", &[policy.to_str().unwrap()]).0);
    assert!(!run(&session, "sh", &["-c", &format!("echo x > {}", policy.display())]).0);
    assert!(
        run(&session, "sh", &["-c", "echo x > $HOME/file && echo y > $XDG_RUNTIME_DIR/file"]).0
    );
    assert_eq!(fs::metadata(session.home().join("file")).unwrap().uid(), 65_534);
}

#[test]
fn its_runtime_directory_is_in_memory() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let kind =
        Command::new("stat").args(["-f", "-c", "%T"]).arg(session.runtime()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&kind.stdout).trim(), "tmpfs");
}

#[test]
fn shows_windows() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let (done, said) = run(&session, "xwininfo", &["-root"]);
    assert!(done && said.contains("1280"), "{said}");
}

/// As the program does when it clears what was copied: an owner that stays silent is no failure once it isn't the owner.
#[test]
fn an_owner_that_gives_a_selection_up_while_it_is_asked_owes_no_answer() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let (silent, reader) = (session.copier().unwrap(), session.copier().unwrap());
    silent.take("CLIPBOARD").unwrap();
    let read = thread::scope(|scope| {
        let read = scope.spawn(|| reader.read("CLIPBOARD").unwrap());
        until_true("the owner to be asked", Duration::from_secs(20), || silent.is_asked()).unwrap();
        silent.give_up("CLIPBOARD").unwrap();
        read.join().unwrap()
    });
    assert_eq!(read, None);
}

#[test]
fn installs_a_policy_for_its_programs_alone() {
    let session = DesktopSession::with(Keyring::Missing).unwrap();
    let path = "/etc/wardmail/policies/policy.json";
    session.install_policy(&serde_json::json!({ "schema": 1 })).unwrap();
    let (done, said) =
        run(&session, "sh", &["-c", &format!("cat {path}; stat -c '%U %a' {path} /etc/wardmail")]);
    assert!(done && said.contains("\"schema\": 1"), "{said}");
    assert!(said.ends_with("root 644\nroot 755\n"), "{said}");
    assert!(!run(&session, "sh", &["-c", &format!("echo x >> {path}")]).0);
    assert!(!Path::new(path).exists());
    session.remove_policy().unwrap();
    assert!(!run(&session, "cat", &[path]).0);
}
