//! The harness: real servers, a real desktop session, the real window, and independent correspondents.
//!
//! - [`Provider`]: Dovecot and Postfix on free loopback ports, under a certificate authority of their own
//! - [`DesktopSession`]: a D-Bus session, a keyring, a display and a home, all of them private
//! - [`Window`]: the program's real window, driven through `WebKitWebDriver`
//! - [`Gpg`] and [`Sq`]: correspondents that share no code with the program
//! - [`Relay`]: a wire that can be cut
//! - [`clinic`]: the sample mailbox
//! - [`Clinician`]: somebody at the keyboard of that window
//! - [`Tour`]: the demo's way through every screen
//! - [`intruder`]: another program of the same user, which wants to read this one's memory
//! - [`Volume`]: a small disk that can be full
//! - [`needle`]: finds a secret on disk, however it is written
//!
//! Whatever it starts lives in a PID namespace that ends with the process that started it, even by `kill -9`; whatever
//! it writes lies in a directory that the next start removes if its owner is gone. It needs root for the servers; the
//! program that is tested always runs as a user who may nothing. Nothing here knows the program's own crates: what it
//! checks is what can be seen from outside.

pub mod clinic;
pub mod clinician;
mod correspondents;
pub mod intruder;
pub mod needle;
mod port;
mod process;
mod provider;
mod relay;
mod report;
mod run_dir;
mod session;
mod tour;
mod volume;
mod wait;
mod window;

pub use clinician::Clinician;
pub use correspondents::{Gpg, Letter, Opened, Sq, armored, wrap};
pub use process::{Running, end_contained, give_to_nobody, unprivileged};
pub use provider::{Authority, Certificate, Provider, Settings, Stored, User};
pub use relay::Relay;
pub use report::{results_dir, skip};
pub use run_dir::RunDir;
pub use session::{Copier, Delay, DesktopSession, Keyring, MockLogin};
pub use tour::{Stage, Tour};
pub use volume::Volume;
pub use wait::{until, until_true};
pub use window::Window;
