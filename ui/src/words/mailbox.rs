//! Words of the unlocked window's frame: bars, places, keys, the lock.

use wardmail_api::mail::FolderRole;

use super::grouped;

pub(crate) const MENU: &str = "Folders and pages";
pub(crate) const SEARCH: &str = "Search mail, people, attachments";
pub(crate) const SEARCH_CLEAR: &str = "Clear the search";
pub(crate) const LOCK_NOW: &str = "Lock now";
pub(crate) const LOCK_KEY: &str = "Ctrl L";
pub(crate) const HELP: &str = "Keyboard shortcuts";
pub(crate) const PLACES: &str = "Folders and pages";
pub(crate) const NEW_MESSAGE: &str = "New message";
pub(crate) const FOLDERS: &str = "Folders";
pub(crate) const RECORDS: &str = "Records";
pub(crate) const DRAFTS: &str = "Drafts";
pub(crate) const OUTBOX: &str = "Outbox";
pub(crate) const PEOPLE: &str = "People and keys";
pub(crate) const AUDIT: &str = "Audit log";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const UNREAD_AFTER: &str = " unread";

/// The name of a folder: ours where we know what it is for, the server's otherwise.
pub(crate) fn folder(role: FolderRole, name: &str) -> String {
    match role {
        FolderRole::Inbox => "Inbox".to_owned(),
        FolderRole::Sent => "Sent".to_owned(),
        FolderRole::Archive => "Archive".to_owned(),
        FolderRole::Junk => "Junk".to_owned(),
        FolderRole::Trash => "Bin".to_owned(),
        FolderRole::Drafts => format!("{name} (on the server)"),
        FolderRole::Other => name.to_owned(),
    }
}

/// What needs somebody in the outbox.
pub(crate) fn held(number: u32) -> String {
    format!("{number} held")
}

/// The countdown to the lock.
pub(crate) fn locks_in(span: &str) -> String {
    format!("Locks in {span}")
}

/// The warning shortly before.
pub(crate) fn lock_soon(span: &str) -> String {
    format!("Wardmail locks itself in {span}, because nobody is using it.")
}

pub(crate) const NOTICES_READ: &str = "I have read this";
pub(crate) const STAY: &str = "Stay unlocked";
pub(crate) const STATUS: &str = "Status";
pub(crate) const CONNECTED: &str = "Connected";
pub(crate) const CONNECTING: &str = "Connecting…";
pub(crate) const SYNC_NOW: &str = "Fetch and send now";
pub(crate) const FETCHING: &str = "Fetching your folders. They appear here by themselves.";
pub(crate) const SYNCING: &str = "Synchronising…";

/// The provider and its agreement.
pub(crate) fn provider(name: Option<&str>, until: Option<&str>) -> String {
    match (name, until) {
        (None, _) => "No provider with a BAA: nothing is sent".to_owned(),
        (Some(name), None) => format!("{name} (BAA without an end)"),
        (Some(name), Some(until)) => format!("{name} (BAA until {until})"),
    }
}

/// The agreement ends soon.
pub(crate) fn baa_days_left(days: i64) -> String {
    match days {
        ..0 => " · ended".to_owned(),
        0 => " · ends today".to_owned(),
        1 => " · ends tomorrow".to_owned(),
        _ => format!(" · ends in {days} days"),
    }
}

/// The transport.
pub(crate) fn tls(version: &str) -> String {
    format!("{version} · verified")
}

/// How far synchronising is.
pub(crate) fn syncing(done: u32, total: u32) -> String {
    format!("Synchronising {} of {}", grouped(done), grouped(total))
}

/// When everything was last here.
pub(crate) fn synced(when: &str) -> String {
    format!("Up to date {when}")
}

/// How much search covers.
pub(crate) fn search_covers(percent: u32) -> String {
    format!("Search covers {percent} %")
}

pub(crate) const KEYS_TITLE: &str = "Keyboard shortcuts";

/// What some keys do, and which they are.
type Keys = (&'static str, &'static [&'static str]);

/// The keys, in groups.
pub(crate) const KEYS: [(&str, &[Keys]); 4] = [
    (
        "Everywhere",
        &[
            ("Lock now", &["Ctrl", "L"]),
            ("Write a message", &["c"]),
            ("Search", &["/"]),
            ("Fetch and send now", &["y"]),
            ("These keys", &["?"]),
        ],
    ),
    (
        "List",
        &[
            ("Next, previous", &["j", "k"]),
            ("Next, previous (in the list)", &["↓", "↑"]),
            ("Open", &["Enter"]),
            ("Star or unstar", &["s"]),
            ("Read or unread", &["u"]),
            ("Delete from this computer", &["Delete"]),
        ],
    ),
    (
        "Message",
        &[
            ("Reply", &["r"]),
            ("Reply to all", &["a"]),
            ("Forward", &["f"]),
            ("Back to the list", &["Esc"]),
            ("Send (while writing)", &["Ctrl", "Enter"]),
            ("Close, keep the draft (while writing)", &["Esc"]),
        ],
    ),
    (
        "Go to",
        &[
            ("Inbox", &["g", "i"]),
            ("Sent", &["g", "s"]),
            ("Drafts", &["g", "d"]),
            ("Outbox", &["g", "o"]),
            ("People and keys", &["g", "p"]),
            ("Audit log", &["g", "a"]),
            ("Settings", &["g", "e"]),
        ],
    ),
];
