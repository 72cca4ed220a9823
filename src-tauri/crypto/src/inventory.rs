//! The algorithms that Wardmail refuses. This is the one place where cut-offs are decided.
