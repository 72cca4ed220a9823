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
        let into = atom(&self.display, "WARDMAIL_TEST")?;
        let mut asked = x11rb::NONE;
        until("the owner of the selection", PATIENCE, || {
            let owner = self.display.get_selection_owner(selection)?.reply()?.owner;
            if owner == x11rb::NONE {
                return Ok(Some(None));
            }
            // GTK answers nothing once it has given the selection up: what it was asked just before is asked of the next one.
            if owner != asked {
                asked = owner;
                let (kind, now) = (self.utf8, x11rb::CURRENT_TIME);
                self.display.convert_selection(self.window, selection, kind, into, now)?.check()?;
            }
            match self.display.poll_for_event()? {
                Some(Event::SelectionNotify(told)) if told.property == into => {
                    self.taken(into).map(|text| Some(Some(text)))
                }
                Some(Event::SelectionNotify(_)) => Ok(Some(None)),
                _ => Ok(None),
            }
        })
    }

    /// What an owner has put into a property, which is gone then.
    fn taken(&self, property: Atom) -> Result<String> {
        let kind = AtomEnum::ANY;
        let text = self.display.get_property(true, self.window, property, kind, 0, u32::MAX / 4)?;
        Ok(String::from_utf8(text.reply()?.value)?)
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

    /// Whether somebody asks for what this program has. Nobody is answered.
    ///
    /// # Errors
    /// If the display can't be reached.
    pub fn is_asked(&self) -> Result<bool> {
        Ok(matches!(self.display.poll_for_event()?, Some(Event::SelectionRequest(_))))
    }

    /// Gives a selection up, without having answered anybody who asked for it.
    ///
    /// # Errors
    /// If the display can't be reached.
    pub fn give_up(&self, selection: &str) -> Result<()> {
        let name = atom(&self.display, selection)?;
        Ok(self.display.set_selection_owner(x11rb::NONE, name, x11rb::CURRENT_TIME)?.check()?)
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
