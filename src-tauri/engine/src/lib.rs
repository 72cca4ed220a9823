//! The session: unlock, run, lock; the one place where the leaves meet.
