//! A private D-Bus session for one test.
//!
//! The Secret Service is found through the environment of the process, which a test must not change under its own feet.
//! So a test runs itself again as a child inside the session ([`in_session`]); its body runs there, and only there.
#![expect(clippy::print_stdout, reason = "the figures of a long run are its output")]

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use zbus::blocking::{Connection, connection, fdo::DBusProxy};
use zbus::zvariant::OwnedObjectPath;

/// Set in the child; holds the session's directory.
const INSIDE: &str = "WARDMAIL_TEST_SESSION";
const KEYRING: &str = "org.freedesktop.secrets";
/// The password of the login collection.
const PASSWORD: &str = "keyring password";

/// Runs `body` inside a fresh session. `name` is the test's full name.
pub(crate) fn in_session(name: &str, body: impl FnOnce(&Session)) {
    if let Some(dir) = env::var_os(INSIDE) {
        return body(&Session { dir: Path::new(&dir).to_owned() });
    }
    let dir = tempfile::tempdir().unwrap();
    let bus = Bus::start(&dir);
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--include-ignored"])
        .env_clear()
        .envs(env::vars_os().filter(|(key, _)| {
            let key = key.to_string_lossy();
            !key.starts_with("XDG_")
                && !key.starts_with("DBUS_")
                && key != "DISPLAY"
                && key != "WAYLAND_DISPLAY"
        }))
        .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
        .env("HOME", dir.path())
        .env("XDG_RUNTIME_DIR", dir.path())
        .env(INSIDE, dir.path())
        .output()
        .unwrap();
    let shown = format!(
        "{}\n{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success() && shown.contains("1 passed"), "{shown}");
    println!("{shown}");
}

/// What the body of a test has at hand.
#[derive(Debug)]
pub(crate) struct Session {
    dir: std::path::PathBuf,
}

impl Session {
    /// A directory for a profile, gone after the test.
    pub(crate) fn profile(&self) -> std::path::PathBuf {
        self.dir.join("profile")
    }

    /// Removes what GNOME Keyring has stored; it must not run.
    pub(crate) fn forget_keyrings(&self) {
        let stored = self.dir.join(".local/share/keyrings");
        assert!(stored.join("login.keyring").exists());
        fs::remove_dir_all(stored).unwrap();
    }

    /// Starts GNOME Keyring with its login collection unlocked, and waits until it answers.
    pub(crate) fn start_keyring(&self) -> Daemon {
        let mut child = Command::new("gnome-keyring-daemon")
            .current_dir(&self.dir)
            .args(["--unlock", "--foreground", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon is installed");
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        wait_for_owner(true);
        Daemon(child)
    }
}

/// Locks the login collection, as a screen lock or the keyring's own tool does.
pub(crate) fn lock_keyring() {
    let bus = Connection::session().unwrap();
    let path = "/org/freedesktop/secrets";
    let service =
        zbus::blocking::Proxy::new(&bus, KEYRING, path, "org.freedesktop.Secret.Service").unwrap();
    let default: OwnedObjectPath = service.call("ReadAlias", &("default")).unwrap();
    let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
        service.call("Lock", &(vec![&default])).unwrap();
    assert_eq!(locked, [default]);
}

/// GNOME Keyring of one session; ends with it.
#[derive(Debug)]
pub(crate) struct Daemon(Child);

impl Daemon {
    /// Stops it where it is, or lets it go on.
    pub(crate) fn pause(&self, paused: bool) {
        let signal = if paused { "-STOP" } else { "-CONT" };
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it and waits until the bus knows.
    pub(crate) fn stop(self) {
        drop(self);
        wait_for_owner(false);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits until the keyring's name has an owner on the bus, or has none.
fn wait_for_owner(owned: bool) {
    let bus = Connection::session().unwrap();
    let names = DBusProxy::new(&bus).unwrap();
    let mut changes = names.receive_name_owner_changed().unwrap();
    while names.name_has_owner(KEYRING.try_into().unwrap()).unwrap() != owned {
        changes.next();
    }
}

/// A message bus that starts nothing by itself.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start(dir: &TempDir) -> Self {
        let socket = dir.path().join("bus");
        let config = dir.path().join("bus.conf");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"#,
            socket.display()
        );
        fs::write(&config, text).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap().take(4096)).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.daemon.kill().ok();
        self.daemon.wait().ok();
    }
}

/// Serves `service` in the keyring's place, for as long as the connection lives.
pub(crate) fn serve(service: impl zbus::object_server::Interface) -> Connection {
    connection::Builder::session()
        .unwrap()
        .serve_at("/org/freedesktop/secrets", service)
        .unwrap()
        .name(KEYRING)
        .unwrap()
        .build()
        .unwrap()
}
