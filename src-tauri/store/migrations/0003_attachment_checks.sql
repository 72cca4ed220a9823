-- Schema 3: what the PHI check of a draft's files found. Every table and column is documented in src/schema.rs.

CREATE TABLE attachment_checks (
    attachment_id INTEGER PRIMARY KEY REFERENCES draft_attachments (id) ON DELETE CASCADE,
    stamp TEXT NOT NULL,
    found TEXT NOT NULL CHECK (json_valid(found))
) STRICT;
