//! The close button of the window's title bar, which a bare display has not: the message that a click on it sends.

use anyhow::{Context as _, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, CLIENT_MESSAGE_EVENT, ClientMessageEvent, ConnectionExt as _, EventMask, Window,
};
use x11rb::rust_connection::RustConnection;

impl super::Window {
    /// Asks the program to close its window (ICCCM 4.2.8.1, `WM_DELETE_WINDOW`).
    ///
    /// # Errors
    /// If the display shows no window of the program.
    pub fn ask_to_close(&self) -> Result<()> {
        let (display, screen) = x11rb::connect(Some(&self.display))?;
        let root = display.setup().roots.get(screen).context("a display without a screen")?.root;
        let protocols = display.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let delete = display.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let window = titled(&display, root)?.context("the display shows no window of Wardmail")?;
        let message = ClientMessageEvent {
            response_type: CLIENT_MESSAGE_EVENT,
            format: 32,
            sequence: 0,
            window,
            type_: protocols,
            data: [delete, x11rb::CURRENT_TIME, 0, 0, 0].into(),
        };
        display.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }
}

/// The program's window among those of the display.
fn titled(display: &RustConnection, root: Window) -> Result<Option<Window>> {
    for window in display.query_tree(root)?.reply()?.children {
        let name = display
            .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?
            .reply()?
            .value;
        let shown = display.get_window_attributes(window)?.reply()?.map_state;
        if name == b"Wardmail" && shown == x11rb::protocol::xproto::MapState::VIEWABLE {
            return Ok(Some(window));
        }
    }
    Ok(None)
}
