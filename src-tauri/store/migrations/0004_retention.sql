-- Schema 4: what is kept, what was deleted, and what must not come back. Every table and column is documented in
-- src/schema.rs.

ALTER TABLE messages ADD COLUMN kept INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1));
ALTER TABLE messages ADD COLUMN expires_ms INTEGER;
ALTER TABLE messages ADD COLUMN void_after_ms INTEGER;
CREATE INDEX messages_by_age ON messages (folder_id, received_ms);
CREATE INDEX messages_expiring ON messages (folder_id, expires_ms) WHERE expires_ms IS NOT NULL;

CREATE TABLE deletions (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    due_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deletions_due ON deletions (due_ms);
CREATE INDEX deletions_by_uid ON deletions (folder_id, uid);

CREATE TABLE removed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    uid INTEGER,
    mark BLOB CHECK (length(mark) = 16),
    removed_by INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    on_server INTEGER NOT NULL DEFAULT 0 CHECK (on_server IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX removed_by_uid ON removed (folder_id, uid) WHERE uid IS NOT NULL;
CREATE INDEX removed_by_mark ON removed (folder_id, mark) WHERE uid IS NULL;
CREATE INDEX removed_to_tell ON removed (folder_id) WHERE on_server = 1;

-- What makes the marks of this mailbox unlike any other's.
CREATE TABLE removed_salt (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT;
INSERT INTO removed_salt (one, salt) VALUES (1, randomblob(32));
