//! Owns the list of folders and what each is for. Must not select one.

use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};

use super::session::{Budget, Session};
use super::{Capabilities, FolderName, ImapError, utf7};
use crate::LimitExceeded;
use crate::wire::Limits;

/// The most folders of an account.
const MAX_FOLDERS: usize = 10_000;

/// What a folder is for (RFC 6154).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FolderRole {
    /// Where mail arrives.
    Inbox,
    /// Copies of what was sent.
    Sent,
    /// Unfinished messages.
    Drafts,
    /// Deleted messages.
    Trash,
    /// Suspected spam.
    Junk,
    /// Kept messages.
    Archive,
    /// A view of all messages; not to be synced beside the others.
    All,
    /// A view of the flagged messages; not to be synced beside the others.
    Flagged,
}

/// A folder of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The name for commands.
    pub name: FolderName,
    /// The name for people.
    pub shown: String,
    /// What parts of the name are parted by; `None` if folders can't nest.
    pub delimiter: Option<String>,
    /// What it is for: as the server says, else by its usual English name.
    pub role: Option<FolderRole>,
    /// Whether it can be selected.
    pub selectable: bool,
}

pub(super) async fn list(
    session: &mut Session,
    capabilities: &Capabilities,
) -> Result<Vec<Folder>, ImapError> {
    // Servers that know LIST-EXTENDED may keep the roles back unless asked.
    let line = if capabilities.offers("SPECIAL-USE") && capabilities.offers("LIST-EXTENDED") {
        r#"LIST "" "*" RETURN (SPECIAL-USE)"#
    } else {
        r#"LIST "" "*""#
    };
    let budget =
        Budget { limits: Limits { answer: 8 * 1024 * 1024, ..Limits::IMAP }, expected: 256 * 1024 };
    let mut folders: Vec<Folder> = Vec::new();
    session
        .run("LIST", line, budget, |response| {
            if let Response::MailboxData(MailboxDatum::List(entry)) = response {
                // A name that no command can carry is a folder that can't be opened: it is left out.
                if let Ok(name) = FolderName::new(unescaped(&entry.name)) {
                    folders.push(folder(name, entry.delimiter.as_deref(), &entry.name_attributes));
                }
            }
            if folders.len() > MAX_FOLDERS {
                return Err(ImapError::Limit(LimitExceeded::Answer));
            }
            Ok(())
        })
        .await?;
    guess_roles(&mut folders);
    Ok(folders)
}

/// Makes a folder, and has it shown where other programs show only what is subscribed to.
pub(super) async fn create(session: &mut Session, folder: &FolderName) -> Result<(), ImapError> {
    let name = folder.quoted();
    session.run("CREATE", &format!("CREATE {name}"), Budget::SMALL, |_| Ok(())).await?;
    let line = format!("SUBSCRIBE {name}");
    match session.run("SUBSCRIBE", &line, Budget::SMALL, |_| Ok(())).await {
        // The folder is there and can be used.
        Ok(_) | Err(ImapError::No { .. } | ImapError::Bad { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The parser leaves the escapes of a quoted string in, and doesn't tell it from a literal, which has none: so they are
/// taken out where the name can only be, or can be, a quoted string's inside.
fn unescaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return name.to_owned(),
            '\\' => match characters.next() {
                Some(escaped @ ('"' | '\\')) => out.push(escaped),
                _ => return name.to_owned(),
            },
            other => out.push(other),
        }
    }
    out
}

fn folder(name: FolderName, delimiter: Option<&str>, attributes: &[NameAttribute<'_>]) -> Folder {
    let inbox = name.as_str().eq_ignore_ascii_case("INBOX").then_some(FolderRole::Inbox);
    let unselectable = |attribute: &NameAttribute<'_>| match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(text) => text.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    };
    Folder {
        shown: utf7::decode(name.as_str()),
        delimiter: delimiter.map(str::to_owned),
        role: inbox.or_else(|| attributes.iter().find_map(role)),
        selectable: !attributes.iter().any(unselectable),
        name,
    }
}

fn role(attribute: &NameAttribute<'_>) -> Option<FolderRole> {
    match attribute {
        NameAttribute::Sent => Some(FolderRole::Sent),
        NameAttribute::Drafts => Some(FolderRole::Drafts),
        NameAttribute::Trash => Some(FolderRole::Trash),
        NameAttribute::Junk => Some(FolderRole::Junk),
        NameAttribute::Archive => Some(FolderRole::Archive),
        NameAttribute::All => Some(FolderRole::All),
        NameAttribute::Flagged => Some(FolderRole::Flagged),
        _ => None,
    }
}

/// Gives a role that no folder has to the first folder, at the top level, with that role's usual name.
fn guess_roles(folders: &mut [Folder]) {
    let usual: [(FolderRole, &[&str]); 4] = [
        (FolderRole::Sent, &["Sent", "Sent Items", "Sent Messages", "Sent Mail"]),
        (FolderRole::Drafts, &["Drafts"]),
        (FolderRole::Trash, &["Trash", "Deleted Items", "Deleted Messages"]),
        (FolderRole::Junk, &["Junk", "Spam", "Junk E-mail"]),
    ];
    for (role, names) in usual {
        if folders.iter().any(|folder| folder.role == Some(role)) {
            continue;
        }
        let wears = |folder: &&mut Folder| {
            let top = folder
                .shown
                .strip_prefix("INBOX")
                .map_or(folder.shown.as_str(), |below| below.trim_start_matches(['.', '/']));
            folder.role.is_none()
                && folder.selectable
                && names.iter().any(|name| name.eq_ignore_ascii_case(top))
        };
        if let Some(folder) = folders.iter_mut().find(wears) {
            folder.role = Some(role);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, attributes: &[NameAttribute<'_>]) -> Folder {
        folder(FolderName::new(name).unwrap(), Some("/"), attributes)
    }

    #[test]
    fn the_servers_word_beats_the_usual_name() {
        let mut folders = vec![
            named("Sent", &[]),
            named("Gesendet", &[NameAttribute::Sent]),
            named("inbox", &[]),
        ];
        guess_roles(&mut folders);
        assert_eq!(
            folders.iter().map(|folder| folder.role).collect::<Vec<_>>(),
            [None, Some(FolderRole::Sent), Some(FolderRole::Inbox)]
        );
    }

    #[test]
    fn escapes_of_quoted_names_are_taken_out_and_literals_left() {
        assert_eq!(unescaped(r#"a \"b\" \\ c"#), r#"a "b" \ c"#);
        for literal in [r#"a "b""#, r"a\b", r"a\"] {
            assert_eq!(unescaped(literal), literal);
        }
    }

    #[test]
    fn usual_names_are_known_also_below_the_inbox() {
        let mut folders = vec![
            named("INBOX.Sent Items", &[]),
            named("Trash", &[NameAttribute::NoSelect]),
            named("Deleted Items", &[]),
            named("Clinic/Drafts", &[]),
        ];
        guess_roles(&mut folders);
        assert_eq!(
            folders.iter().map(|folder| folder.role).collect::<Vec<_>>(),
            [Some(FolderRole::Sent), None, Some(FolderRole::Trash), None]
        );
        assert!(!folders[1].selectable);
    }
}
