//! The SQLCipher mailbox: schema, migrations, reads, the one writer, search.
