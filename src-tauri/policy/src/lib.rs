//! Managed policy, BAA register, and the decision who gets what how.
