//! Set-up, demo, run, test, bench, package: cargo xtask.

fn main() {}
