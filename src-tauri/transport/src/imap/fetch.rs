//! Owns fetching headers and whole messages in batches, with the next batch asked for while one is read. Must not
//! give out a part of a message as the whole.

mod bodies;
mod headers;

pub use bodies::{Body, BodyBytes, BodyFetch, Wanted};
pub use headers::{HeaderFetch, Headers};

/// How many commands are in flight at once: one being read, the others on their way.
const DEPTH: usize = 3;
