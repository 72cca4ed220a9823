//! Without wiped memory no mailbox is opened. A program of its own: SQLite is running here before the store comes.

use wardmail_store::{AllocatorError, OpenError, Store, install_zeroing_allocator};

#[test]
fn a_store_refuses_to_open_when_sqlite_was_used_before_it() {
    drop(rusqlite::Connection::open_in_memory().unwrap());
    assert!(matches!(install_zeroing_allocator(), Err(AllocatorError::TooLate { .. })));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    assert!(matches!(Store::create(&path, &[1; 32]), Err(OpenError::Allocator(_))));
    assert!(!path.exists());
}
