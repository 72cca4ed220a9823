//! What the window decides, without a window: which rows are drawn, where a text is underlined, when a draft is saved.
//!
//! Pure values and functions, tested natively. Nothing here may know the page, the clock or the
//! engine: all three come in as arguments.

pub mod autosave;
pub mod clock;
pub mod days;
pub mod found;
pub mod hosts;
pub mod leaving;
pub mod pills;
pub mod quote;
pub mod rows;
pub mod shortcuts;
pub mod spans;
pub mod window;
