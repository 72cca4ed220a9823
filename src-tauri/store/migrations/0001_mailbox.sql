-- Schema 1. Every table and column is documented in src/schema.rs. Released files are never edited: add the next number.

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    label TEXT NOT NULL,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    imap_host TEXT NOT NULL,
    imap_port INTEGER NOT NULL CHECK (imap_port BETWEEN 1 AND 65535),
    smtp_host TEXT NOT NULL,
    smtp_port INTEGER NOT NULL CHECK (smtp_port BETWEEN 1 AND 65535),
    username TEXT NOT NULL,
    secret_sealed BLOB NOT NULL
) STRICT;

CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    wire_name TEXT NOT NULL,
    role INTEGER NOT NULL,
    uidvalidity INTEGER,
    uidnext INTEGER,
    highestmodseq INTEGER,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, wire_name)
) STRICT;

CREATE TABLE sync_states (
    folder_id INTEGER PRIMARY KEY REFERENCES folders (id) ON DELETE CASCADE,
    lowest_uid INTEGER,
    last_sync_ms INTEGER,
    failure TEXT NOT NULL,
    failures INTEGER NOT NULL
) STRICT;

CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    size INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)) CHECK (length(public_id) = 16),
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    uid INTEGER NOT NULL,
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    date_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    from_name TEXT NOT NULL,
    from_address TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    snippet TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    seen INTEGER NOT NULL CHECK (seen IN (0, 1)),
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    flagged INTEGER NOT NULL CHECK (flagged IN (0, 1)),
    has_attachments INTEGER NOT NULL CHECK (has_attachments IN (0, 1)),
    security INTEGER NOT NULL,
    phi_verdict INTEGER NOT NULL DEFAULT 0,
    phi_ruleset INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL,
    body_state INTEGER NOT NULL DEFAULT 0,
    index_state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (folder_id, uid)
) STRICT;

-- The list: newest first, with every column that a filter looks at.
CREATE INDEX messages_listed
    ON messages (folder_id, date_ms DESC, id DESC, seen, flagged, has_attachments, security);
CREATE INDEX messages_by_thread ON messages (thread_id, date_ms, id);
CREATE INDEX messages_by_message_id ON messages (message_id) WHERE message_id <> '';
-- What still has to be done to stored messages: small, because it holds the exceptions only.
CREATE INDEX messages_without_body ON messages (folder_id, date_ms DESC, id DESC) WHERE body_state = 0;
CREATE INDEX messages_not_indexed ON messages (id) WHERE index_state = 0;
CREATE INDEX messages_by_state ON messages (body_state, security);
CREATE INDEX messages_by_phi ON messages (phi_ruleset) WHERE body_state = 1;

-- The next ids for mail older than what is here: they grow downwards from where new mail's ids begin.
CREATE TABLE message_id_floor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    lowest INTEGER NOT NULL
) STRICT;
INSERT INTO message_id_floor (one, lowest) VALUES (1, 2147483648);
INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', 2147483647);

CREATE TABLE message_references (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    reference TEXT NOT NULL,
    PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_references_by_reference ON message_references (reference);

CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN
    UPDATE folders SET total = total + 1, unread = unread + 1 - new.seen WHERE id = new.folder_id;
    UPDATE threads SET size = size + 1 WHERE id = new.thread_id;
END;
CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
    UPDATE folders SET total = total - 1, unread = unread - 1 + old.seen WHERE id = old.folder_id;
    UPDATE threads SET size = size - 1 WHERE id = old.thread_id;
    DELETE FROM threads WHERE id = old.thread_id AND size = 0;
END;
CREATE TRIGGER messages_seen AFTER UPDATE OF seen, folder_id ON messages BEGIN
    UPDATE folders SET total = total - 1, unread = unread - 1 + old.seen WHERE id = old.folder_id;
    UPDATE folders SET total = total + 1, unread = unread + 1 - new.seen WHERE id = new.folder_id;
END;
CREATE TRIGGER messages_rethreaded AFTER UPDATE OF thread_id ON messages BEGIN
    UPDATE threads SET size = size + 1 WHERE id = new.thread_id;
    UPDATE threads SET size = size - 1 WHERE id = old.thread_id;
    DELETE FROM threads WHERE id = old.thread_id AND size = 0;
END;

CREATE TABLE bodies (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE search_texts (
    message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    packed BLOB NOT NULL
) STRICT;

-- Contentless with the 'delete' command: the text stands once, packed, in search_texts, and a deleted message leaves
-- no word behind (contentless_delete = 1 would).
CREATE VIRTUAL TABLE search_index USING fts5 (
    subject, sender, recipients, body, attachments,
    content = '',
    prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1);

CREATE TABLE actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    uid INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    mark INTEGER,
    target_folder_id INTEGER REFERENCES folders (id) ON DELETE CASCADE,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX actions_by_message ON actions (message_id);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)) CHECK (length(public_id) = 16),
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    snapshot TEXT NOT NULL CHECK (json_valid(snapshot)),
    state INTEGER NOT NULL,
    reason TEXT NOT NULL,
    not_before_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL DEFAULT 0,
    message_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, not_before_ms);

CREATE TABLE outbox_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    envelope_from TEXT NOT NULL,
    recipients TEXT NOT NULL CHECK (json_valid(recipients)),
    packed BLOB NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    smtp_reply TEXT NOT NULL DEFAULT '',
    updated_ms INTEGER NOT NULL,
    UNIQUE (outbox_id, position)
) STRICT;

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id BLOB NOT NULL UNIQUE DEFAULT (randomblob(16)) CHECK (length(public_id) = 16),
    account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
    kind INTEGER NOT NULL,
    source_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    recipients_to TEXT NOT NULL CHECK (json_valid(recipients_to)),
    recipients_cc TEXT NOT NULL CHECK (json_valid(recipients_cc)),
    recipients_bcc TEXT NOT NULL CHECK (json_valid(recipients_bcc)),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    override_reason TEXT NOT NULL,
    override_note TEXT NOT NULL,
    options TEXT NOT NULL CHECK (json_valid(options)),
    revision INTEGER NOT NULL DEFAULT 1,
    updated_ms INTEGER NOT NULL,
    outbox_id INTEGER UNIQUE REFERENCES outbox (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX drafts_by_source ON drafts (source_message_id) WHERE source_message_id IS NOT NULL;

CREATE TABLE draft_attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    draft_id INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;
CREATE INDEX draft_attachments_by_draft ON draft_attachments (draft_id);

CREATE TABLE sent_copies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    outbox_id INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    packed BLOB NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sent_copies_pending ON sent_copies (folder_id) WHERE state = 0;

CREATE TABLE certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    user_ids TEXT NOT NULL,
    bytes BLOB NOT NULL,
    trust INTEGER NOT NULL DEFAULT 0,
    source INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate_addresses (
    address TEXT NOT NULL,
    certificate_id INTEGER NOT NULL REFERENCES certificates (id) ON DELETE CASCADE,
    PRIMARY KEY (address, certificate_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX certificate_addresses_by_certificate ON certificate_addresses (certificate_id);

CREATE TABLE own_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    secret_sealed BLOB NOT NULL,
    public BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX own_keys_one_default ON own_keys (is_default) WHERE is_default = 1;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    record BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, zeroblob(32));

-- The log only grows, record by record; nothing in this program can do more. The chain of hashes tells of other programs.
CREATE TRIGGER audit_in_sequence BEFORE INSERT ON audit WHEN new.seq <> (SELECT seq + 1 FROM audit_head) BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_appended AFTER INSERT ON audit BEGIN
    UPDATE audit_head SET seq = new.seq, hash = new.hash;
END;
CREATE TRIGGER audit_keeps_records BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_head_follows BEFORE UPDATE ON audit_head
WHEN NOT EXISTS (SELECT 1 FROM audit WHERE seq = new.seq AND hash = new.hash AND seq = old.seq + 1) BEGIN
    SELECT raise(ABORT, 'the audit log is append-only');
END;
