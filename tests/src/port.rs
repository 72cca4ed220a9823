//! Ports on loopback that are ours alone for as long as we hold them.
//!
//! A port that was free when somebody looked may be another's a moment later, and tests in other processes look for theirs
//! at the same time. So each port is taken in two places: whether anybody listens there is asked of the kernel, and an
//! abstract socket with the port's number in its name keeps every other holder of this kind out. Such a name belongs to
//! the network namespace, as ports do, and goes with the process that holds it, even by `kill -9`.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net;

use anyhow::{Result, bail};

/// The first that is tried. All of them lie below those that the kernel gives to outgoing connections.
const FIRST: u16 = 10_000;
const COUNT: u16 = 20_000;

/// One port on 127.0.0.1.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// Its name is the claim; nobody ever connects to it.
    _claim: net::UnixListener,
}

impl Port {
    /// One that nobody listens on and that nobody else has taken.
    ///
    /// # Errors
    /// If none is found.
    pub(crate) fn take() -> Result<Self> {
        for _ in 0..100 {
            let random = RandomState::new().hash_one(0_u8);
            let number = FIRST + u16::try_from(random % u64::from(COUNT))?;
            if let Some(port) = Self::take_this(number)? {
                return Ok(port);
            }
        }
        bail!("no port is free on loopback")
    }

    /// This one, unless it is another's.
    fn take_this(number: u16) -> Result<Option<Self>> {
        let name = net::SocketAddr::from_abstract_name(format!("wardmail-tests/port/{number}"))?;
        let claim = match net::UnixListener::bind_addr(&name) {
            Ok(claim) => claim,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Asked with the claim held: otherwise two who ask at once stand in each other's way.
        let free = TcpListener::bind(loopback(number)).is_ok();
        Ok(free.then_some(Self { number, _claim: claim }))
    }

    /// Its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}

/// The address of a port on loopback.
pub(crate) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_or_listened_on_is_taken_by_nobody_else() {
        let held = Port::take().unwrap();
        assert!(Port::take_this(held.number()).unwrap().is_none());
        let number = held.number();
        let listener = TcpListener::bind(loopback(number)).unwrap();
        drop(held);
        assert!(Port::take_this(number).unwrap().is_none());
        drop(listener);
        assert!(Port::take_this(number).unwrap().is_some());
    }
}
