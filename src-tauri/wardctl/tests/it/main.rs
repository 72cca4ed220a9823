//! The built program, as a script calls it.

#[cfg(test)]
mod offline;
