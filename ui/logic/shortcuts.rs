//! What a key means: single keys and the pairs that begin with `g`, never while text is typed.

/// Milliseconds in which the second key of a pair counts.
const PAIR: f64 = 1_500.0;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The next row.
    Next,
    /// The row before.
    Previous,
    /// Open the row that has the focus.
    Open,
    /// Back to the list.
    Back,
    /// Answer the sender.
    Reply,
    /// Answer all.
    ReplyAll,
    /// Pass on.
    Forward,
    /// Write a message.
    Compose,
    /// Go to the search field.
    Search,
    /// Read or unread.
    Unread,
    /// Star or not.
    Star,
    /// Delete from this computer.
    Delete,
    /// Fetch and send now.
    Sync,
    /// Lock.
    Lock,
    /// Show the keys.
    Help,
    /// Go to a place.
    Go(Place),
}

/// A place in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The inbox.
    Inbox,
    /// What was sent.
    Sent,
    /// Drafts.
    Drafts,
    /// Outbox.
    Outbox,
    /// People and keys.
    People,
    /// The audit log.
    Audit,
    /// Settings.
    Settings,
}

/// A key that was pressed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press<'a> {
    /// The key as the keyboard layout gives it.
    pub key: &'a str,
    /// Control (or Command) is held.
    pub control: bool,
    /// Alt is held.
    pub alt: bool,
    /// It goes to a field that takes text.
    pub typing: bool,
}

/// The keys pressed so far, as far as they count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shortcuts {
    went: Option<f64>,
}

impl Shortcuts {
    /// Takes a key in, and says what it asks for. `now` is in milliseconds.
    pub fn press(&mut self, press: Press<'_>, now: f64) -> Option<Action> {
        if press.control && !press.alt && press.key.eq_ignore_ascii_case("l") {
            return Some(Action::Lock);
        }
        if press.typing || press.control || press.alt {
            return None;
        }
        if self.went.take().is_some_and(|at| now - at <= PAIR) {
            return place(press.key).map(Action::Go);
        }
        if press.key == "g" {
            self.went = Some(now);
            return None;
        }
        single(press.key)
    }
}

fn single(key: &str) -> Option<Action> {
    Some(match key {
        "j" => Action::Next,
        "k" => Action::Previous,
        "o" => Action::Open,
        "Escape" => Action::Back,
        "r" => Action::Reply,
        "a" => Action::ReplyAll,
        "f" => Action::Forward,
        "c" => Action::Compose,
        "/" => Action::Search,
        "u" => Action::Unread,
        "s" => Action::Star,
        "Delete" | "#" => Action::Delete,
        "y" => Action::Sync,
        "?" => Action::Help,
        _ => return None,
    })
}

fn place(key: &str) -> Option<Place> {
    Some(match key {
        "i" => Place::Inbox,
        "s" => Place::Sent,
        "d" => Place::Drafts,
        "o" => Place::Outbox,
        "p" => Place::People,
        "a" => Place::Audit,
        "e" => Place::Settings,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Press<'_> {
        Press { key, ..Press::default() }
    }

    #[test]
    fn pairs_count_only_when_quick() {
        let mut keys = Shortcuts::default();
        assert_eq!(keys.press(key("g"), 0.0), None);
        assert_eq!(keys.press(key("s"), 400.0), Some(Action::Go(Place::Sent)));
        assert_eq!(keys.press(key("s"), 500.0), Some(Action::Star));
        keys.press(key("g"), 600.0);
        assert_eq!(keys.press(key("s"), 9_000.0), Some(Action::Star));
        keys.press(key("g"), 10_000.0);
        assert_eq!(keys.press(key("x"), 10_100.0), None);
    }

    #[test]
    fn typing_is_never_taken_for_a_command_except_to_lock() {
        let mut keys = Shortcuts::default();
        for text in ["g", "s", "r", "c", "?", "Escape", "Delete"] {
            assert_eq!(keys.press(Press { typing: true, ..key(text) }, 0.0), None, "{text}");
        }
        let lock = Press { typing: true, control: true, ..key("L") };
        assert_eq!(keys.press(lock, 0.0), Some(Action::Lock));
    }

    #[test]
    fn keys_of_the_system_are_left_alone() {
        let mut keys = Shortcuts::default();
        assert_eq!(keys.press(Press { control: true, ..key("c") }, 0.0), None);
        assert_eq!(keys.press(Press { alt: true, ..key("f") }, 0.0), None);
        assert_eq!(keys.press(Press { alt: true, control: true, ..key("l") }, 0.0), None);
    }
}
