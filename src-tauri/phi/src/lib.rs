//! PHI detection: tokens, candidates, context, findings with reasons.
