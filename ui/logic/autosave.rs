//! When a draft is saved: shortly after the last key, and never long after the first that isn't saved.

/// Milliseconds of quiet before a draft is saved.
const QUIET: f64 = 500.0;

/// Milliseconds that a key is left unsaved at most, while typing goes on.
const LIMIT: f64 = 1_500.0;

/// The clock of one draft's saves. Times are milliseconds on any clock that doesn't go back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Autosave {
    unsaved: Option<Unsaved>,
}

#[derive(Clone, Copy, Debug)]
struct Unsaved {
    first: f64,
    last: f64,
}

impl Autosave {
    /// A key was typed.
    pub fn touch(&mut self, now: f64) {
        let first = self.unsaved.map_or(now, |unsaved| unsaved.first);
        self.unsaved = Some(Unsaved { first, last: now });
    }

    /// Milliseconds until the draft is to be saved; nothing if all of it is.
    pub fn due_in(&self, now: f64) -> Option<f64> {
        let unsaved = self.unsaved?;
        let due = (unsaved.last + QUIET).min(unsaved.first + LIMIT);
        Some((due - now).max(0.0))
    }

    /// A save begins: keys typed from now on are unsaved again.
    pub fn begin(&mut self) {
        self.unsaved = None;
    }

    /// The save failed: what it held is still unsaved, and is tried again after the usual quiet.
    pub fn failed(&mut self, now: f64) {
        self.touch(now);
    }

    /// Whether anything is unsaved.
    pub fn is_dirty(&self) -> bool {
        self.unsaved.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(save: &Autosave, now: f64) -> Option<i64> {
        #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
        save.due_in(now).map(|ms| ms as i64)
    }

    #[test]
    fn waits_for_quiet_but_not_for_ever() {
        let mut save = Autosave::default();
        assert_eq!(due(&save, 0.0), None);
        save.touch(0.0);
        assert_eq!(due(&save, 0.0), Some(500));
        for step in 1..=10 {
            save.touch(f64::from(step) * 300.0);
        }
        assert_eq!(due(&save, 3_000.0), Some(0), "typing without a pause is saved all the same");
    }

    #[test]
    fn keys_typed_during_a_save_are_saved_by_the_next() {
        let mut save = Autosave::default();
        save.touch(0.0);
        save.begin();
        assert!(!save.is_dirty());
        save.touch(600.0);
        assert_eq!(due(&save, 700.0), Some(400));
    }

    #[test]
    fn a_failed_save_is_tried_again() {
        let mut save = Autosave::default();
        save.touch(0.0);
        save.begin();
        save.failed(900.0);
        assert_eq!(due(&save, 900.0), Some(500));
    }
}
