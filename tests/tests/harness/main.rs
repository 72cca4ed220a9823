//! The harness itself, tried on peers that it doesn't contain: what the end-to-end tests stand on must hold first.

#[cfg(test)]
mod cleanup;
#[cfg(test)]
mod clinic;
#[cfg(test)]
mod correspondents;
#[cfg(test)]
mod provider;
#[cfg(test)]
mod session;
#[cfg(test)]
mod window;
