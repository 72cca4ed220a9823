//! The window's contents.

fn main() {}
