//! Owns a real Dovecot in a private directory on a free loopback port, stopped and removed with its value.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use wardmail_transport::{Server, TlsTrust};

use crate::authority::{Authority, Says};
use crate::script::{PASSWORD, USER};

/// A running Dovecot with one user.
pub(crate) struct Dovecot {
    folder: TempDir,
    pub(crate) server: Server,
    pub(crate) trust: TlsTrust,
}

impl Dovecot {
    /// Starts it; `None`, saying so, where there is no Dovecot or no right to run one. Under CI that is a failure.
    pub(crate) fn start() -> Option<Self> {
        let there = Path::new("/usr/sbin/dovecot").exists() && is_root();
        if !there {
            assert!(std::env::var_os("CI").is_none(), "CI needs dovecot-imapd and root");
            skipped();
            return None;
        }
        let folder = TempDir::with_prefix("wardmail-dovecot-").unwrap();
        // Dovecot's processes run as other users and have to get through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let authority = Authority::new();
        let identity = authority.issue(Says::RIGHT);
        let at = |name: &str| folder.path().join(name);
        fs::write(at("s.crt"), identity.certificate_pem).unwrap();
        fs::write(at("s.key"), identity.key_pem).unwrap();
        fs::write(at("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n")).unwrap();
        fs::create_dir(at("mail")).unwrap();
        let owned = Command::new("chown").args(["mail:mail"]).arg(at("mail")).status().unwrap();
        assert!(owned.success());
        let mut dovecot = Self {
            server: Server::new("localhost", free_port()).unwrap(),
            trust: authority.trust(),
            folder,
        };
        for _ in 0..5 {
            if dovecot.try_to_start() {
                return Some(dovecot);
            }
            // A port that was free may be another's a moment later, since nothing holds it until Dovecot does.
            dovecot.server = Server::new("localhost", free_port()).unwrap();
        }
        panic!("{}", dovecot.log());
    }

    fn try_to_start(&self) -> bool {
        let text = configuration(self.folder.path(), self.server.port());
        fs::write(self.configuration(), text).unwrap();
        // Returns once the sockets are bound, or can't be. No pipe: the daemon would keep it open.
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-c").arg(self.configuration()).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("dovecot.conf")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("dovecot.log")).unwrap_or_default()
    }

    /// Runs Dovecot's own tool, the peer by which the client is judged.
    pub(crate) fn doveadm(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "doveadm {arguments:?}: {output:?}");
        output
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("doveadm");
        command.arg("-c").arg(self.configuration()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Puts a message into a folder behind the client's back.
    pub(crate) fn save(&self, mailbox: &str, message: &[u8]) {
        let file = self.folder.path().join("message.eml");
        fs::write(&file, message).unwrap();
        self.doveadm(&["save", "-u", USER, "-m", mailbox, file.to_str().unwrap()]);
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Nothing helps if it can't be stopped; its directory goes all the same.
        let _stopped = self.command(&["stop"]).output();
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped() {
    eprintln!("skipped: no dovecot-imapd, or not root");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn configuration(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        r"base_dir={folder}/run
state_dir={folder}/state
log_path={folder}/dovecot.log
protocols=imap
listen=127.0.0.1
ssl=required
ssl_cert=<{folder}/s.crt
ssl_key=<{folder}/s.key
ssl_min_protocol=TLSv1.2
mail_location=sdbox:{folder}/mail/%u
mail_uid=mail
mail_gid=mail
first_valid_uid=1
auth_mechanisms=plain login
passdb {{
  driver=passwd-file
  args=scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver=static
  args=uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port=0
  }}
  inet_listener imaps {{
    port={port}
    ssl=yes
  }}
}}
namespace inbox {{
  inbox=yes
  separator=/
  mailbox Sent {{
    special_use=\Sent
    auto=subscribe
  }}
  mailbox Drafts {{
    special_use=\Drafts
    auto=subscribe
  }}
}}
"
    )
}
