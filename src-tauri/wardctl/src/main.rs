//! Wardmail's engine on the command line, for IT and for scripts.

fn main() {}
