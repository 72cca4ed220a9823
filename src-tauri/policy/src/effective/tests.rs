//! Judges the module above.
