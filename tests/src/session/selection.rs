//! What the display's programs have copied, read and written as another program does (ICCCM, section 2).

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, WindowClass};
use x11rb::rust_connection::RustConnection;

use super::DesktopSession;
use crate::wait::until;

/// How long an owner may take to hand over what it has.
const PATIENCE: Duration = Duration::from_secs(20);

/// Another program on the display, with a window that is never shown.
#[derive(Debug)]
pub struct Copier {
    display: RustConnection,
    window: u32,
    utf8: Atom,
}

impl DesktopSession {
    /// Another program that reads and writes selections.
    ///
    /// # Errors
    /// If the display can't be reached.
    pub fn copier(&self) -> Result<Copier> {
        let (display, screen) = x11rb::connect(Some(self.display()?))?;
        let root = display.setup().roots.get(screen).context("no screen")?.root;
        let window = display.generate_id()?;
        let (nothing, plain) = (CreateWindowAux::new(), WindowClass::INPUT_ONLY);
        display.create_window(0, window, root, 0, 0, 1, 1, 0, plain, 0, &nothing)?.check()?;
        let utf8 = atom(&display, "UTF8_STRING")?;
        Ok(Copier { display, window, utf8 })
    }
}

fn atom(display: &RustConnection, name: &str) -> Result<Atom> {
    Ok(display.intern_atom(false, name.as_bytes())?.reply()?.atom)
}

impl Copier {
    /// What is in a selection (`CLIPBOARD` or `PRIMARY`); none if nobody has it.
    ///
    /// # Errors
    /// If its owner doesn't hand it over.
    pub fn read(&self, selection: &str) -> Result<Option<String>> {
        let selection = atom(&self.display, selection)?;
        if self.display.get_selection_owner(selection)?.reply()?.owner == x11rb::NONE {
            return Ok(None);
        }
        let into = atom(&self.display, "WARDMAIL_TEST")?;
        let now = x11rb::CURRENT_TIME;
        self.display.convert_selection(self.window, selection, self.utf8, into, now)?.check()?;
        let told = until("the owner of the selection", PATIENCE, || {
            Ok(match self.display.poll_for_event()? {
                Some(Event::SelectionNotify(told)) => Some(told),
                _ => None,
            })
        })?;
        if told.property == x11rb::NONE {
            return Ok(None);
        }
        let kind = AtomEnum::ANY;
        let property = self.display.get_property(true, self.window, into, kind, 0, u32::MAX / 4)?;
        Ok(Some(String::from_utf8(property.reply()?.value)?))
    }

    /// Takes a selection, as copying something in another program does.
    ///
    /// # Errors
    /// If the display doesn't give it.
    pub fn take(&self, selection: &str) -> Result<()> {
        let name = atom(&self.display, selection)?;
        self.display.set_selection_owner(self.window, name, x11rb::CURRENT_TIME)?.check()?;
        ensure!(self.has(selection)?, "another program has it");
        Ok(())
    }

    /// Whether this program still has the selection.
    ///
    /// # Errors
    /// If the display can't be asked.
    pub fn has(&self, selection: &str) -> Result<bool> {
        let name = atom(&self.display, selection)?;
        Ok(self.display.get_selection_owner(name)?.reply()?.owner == self.window)
    }
}
