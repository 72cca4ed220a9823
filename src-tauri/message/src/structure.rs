//! skeleton
use crate::{Limits, Parsed};
/// Parses a whole message as received.
pub fn parse(raw: &[u8], limits: &Limits) -> Parsed {
    unimplemented!()
}
/// Parses what came out of a cryptographic layer: a MIME entity, whose missing From is no defect.
pub fn parse_payload(raw: &[u8], limits: &Limits) -> Parsed {
    unimplemented!()
}
