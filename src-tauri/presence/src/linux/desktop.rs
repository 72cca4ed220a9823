//! The session bus: the desktops' screen savers.

use futures_util::StreamExt as _;
use futures_util::stream::select_all;
use zbus::message::Type;
use zbus::{Connection, MatchRule};

use super::{Ear, SCREEN_SAVER, messages};
use crate::Signal;

/// The interfaces under which desktops tell of their screen lock.
const SCREEN_SAVERS: &[&str] = &[
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
];

/// Listens until the bus goes away. Whoever may speak on this bus may lock the mailbox: it costs the owner a passphrase,
/// and a list of those who may would miss a desktop.
///
/// # Errors
/// If the bus can't be asked.
pub(super) async fn listen(ear: &Ear, connection: &Connection) -> zbus::Result<()> {
    let mut streams = Vec::new();
    for interface in SCREEN_SAVERS {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(*interface)?
            .member("ActiveChanged")?
            .build();
        streams.push(messages(connection, rule).await?);
    }
    ear.covers(SCREEN_SAVER);
    let mut heard = select_all(streams);
    while let Some(message) = heard.next().await {
        if let Ok(message) = message
            && message.body().deserialize::<bool>() == Ok(true)
        {
            ear.say(Signal::ScreenLocked);
        }
    }
    Ok(())
}
