//! The hash-chained audit log: records, verification, export.
