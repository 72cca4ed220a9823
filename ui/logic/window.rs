//! Which rows of a long list are drawn, and how far it has to scroll to show one.

use std::ops::Range;

/// Height of a row in CSS pixels; the style sheet says the same.
pub const ROW_HEIGHT: u32 = 76;

/// Rows in a page that the engine is asked for.
pub const PAGE: u32 = 50;

/// Rows drawn above and below those that are seen.
const OVERSCAN: u32 = 8;

/// Rows that a list can show: browsers cap the height of an element.
pub const MAX_ROWS: u32 = 400_000;

/// Gives the rows to draw for a viewport of `height` pixels that starts at `scroll_top`.
pub fn drawn(scroll_top: f64, height: f64, total: u32) -> Range<u32> {
    let total = total.min(MAX_ROWS);
    let first = rows(scroll_top).min(total).saturating_sub(OVERSCAN);
    let end = rows(scroll_top + height).saturating_add(1 + OVERSCAN).min(total);
    first..end.max(first)
}

/// Adds the focused row to the drawn ones: what has the focus is never taken out of the page.
pub fn with_focused(drawn: Range<u32>, focused: u32, total: u32) -> Vec<u32> {
    let mut indices: Vec<u32> = drawn.clone().collect();
    if !drawn.contains(&focused) && focused < total.min(MAX_ROWS) {
        if focused < drawn.start {
            indices.insert(0, focused);
        } else {
            indices.push(focused);
        }
    }
    indices
}

/// Gives the pages that the drawn rows lie on, and the next one in each direction.
pub fn pages(drawn: &Range<u32>, total: u32) -> Range<u32> {
    let last = total.min(MAX_ROWS).div_ceil(PAGE);
    let first = (drawn.start / PAGE).saturating_sub(1);
    let end = (drawn.end.div_ceil(PAGE) + 1).min(last.max(1));
    first.min(end)..end
}

/// Gives the scroll position that shows row `index` with the least movement, or nothing if it is seen already.
pub fn reveal(index: u32, scroll_top: f64, height: f64) -> Option<f64> {
    let top = f64::from(index) * f64::from(ROW_HEIGHT);
    let bottom = top + f64::from(ROW_HEIGHT);
    if top < scroll_top {
        Some(top)
    } else if bottom > scroll_top + height {
        Some((bottom - height).max(0.0))
    } else {
        None
    }
}

/// Rows that fit a viewport: how far Page Down moves.
pub fn per_screen(height: f64) -> u32 {
    rows(height).max(1)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of u32 first"
)]
fn rows(pixels: f64) -> u32 {
    (pixels / f64::from(ROW_HEIGHT)).clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_is_seen_and_a_little_more() {
        assert_eq!(drawn(0.0, 760.0, 100_000), 0..19);
        assert_eq!(drawn(76.0 * 500.0, 760.0, 100_000), 492..519);
    }

    #[test]
    fn never_leaves_the_list() {
        assert_eq!(drawn(1e9, 760.0, 100), 92..100);
        assert_eq!(drawn(0.0, 760.0, 0), 0..0);
        assert_eq!(drawn(-50.0, 0.0, 3), 0..3);
        assert_eq!(drawn(0.0, 1e12, u32::MAX).end, MAX_ROWS);
    }

    #[test]
    fn the_focused_row_stays_wherever_the_list_is() {
        assert_eq!(with_focused(10..12, 3, 100), [3, 10, 11]);
        assert_eq!(with_focused(10..12, 40, 100), [10, 11, 40]);
        assert_eq!(with_focused(10..12, 11, 100), [10, 11]);
        assert_eq!(with_focused(10..12, 100, 100), [10, 11], "a row that is gone is not drawn");
    }

    #[test]
    fn asks_for_the_pages_around() {
        assert_eq!(pages(&(0..19), 100_000), 0..2);
        assert_eq!(pages(&(492..519), 100_000), 8..12);
        assert_eq!(pages(&(92..100), 100), 0..2);
        assert_eq!(pages(&(0..0), 0), 0..1, "an empty list is asked for too");
    }

    #[test]
    fn scrolls_no_more_than_needed() {
        assert_eq!(reveal(5, 0.0, 760.0), None);
        assert_eq!(reveal(10, 0.0, 760.0), Some(76.0));
        assert_eq!(reveal(2, 400.0, 760.0), Some(152.0));
        assert_eq!(per_screen(800.0), 10);
        assert_eq!(per_screen(10.0), 1);
    }
}
