//! Debug output that can't leak: rows of a mailbox are full of addresses and mail text, and `{:?}` ends up in logs.

/// Implements `Debug` for a type by naming only the fields that are safe to log; everything else is elided.
macro_rules! log_safe_debug {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($type))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use log_safe_debug;
