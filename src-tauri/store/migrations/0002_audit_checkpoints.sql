-- Schema 2: signatures over the audit log. Every table and column is documented in src/schema.rs.

CREATE TABLE audit_checkpoints (
    epoch INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    line TEXT NOT NULL
) STRICT;
CREATE INDEX audit_checkpoints_by_seq ON audit_checkpoints (seq, epoch);

CREATE TRIGGER audit_checkpoints_in_sequence BEFORE INSERT ON audit_checkpoints
WHEN new.epoch <> (SELECT coalesce(max(epoch) + 1, 0) FROM audit_checkpoints) BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE ON audit_checkpoints BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_loses_no_checkpoint BEFORE DELETE ON audit_checkpoints BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;

CREATE TABLE audit_signer (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
