//! The system bus: logind's session and sleep, `UPower`'s lid.

use std::collections::HashMap;
use std::os::fd::OwnedFd;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, select_all};
use zbus::message::Type;
use zbus::zvariant::{OwnedFd as BusFd, OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, Proxy};

use super::{Ear, LID, SESSION, SLEEP, messages};
use crate::{Signal, SleepHold};

const LOGIN: &str = "org.freedesktop.login1";
const LOGIN_PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const USER: &str = "org.freedesktop.login1.User";
const SESSION_INTERFACE: &str = "org.freedesktop.login1.Session";
const POWER: &str = "org.freedesktop.UPower";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// What was said, before it is understood.
enum Heard {
    SessionLock,
    SessionChanged(Message),
    Sleep(Message),
    LidChanged(Message),
}

/// Listens until the bus goes away.
///
/// # Errors
/// If the bus can't be asked.
pub(super) async fn listen(ear: &Ear, connection: &Connection) -> zbus::Result<()> {
    let manager = Proxy::new(connection, LOGIN, LOGIN_PATH, MANAGER).await?;
    let mut streams = vec![sleep(connection).await?, lid(connection).await?];
    if let Some(session) = own_session(connection, &manager).await {
        streams.extend(session_streams(connection, &session).await?);
        ear.covers(SESSION);
    }
    let mut hold = hold(&manager).await;
    ear.covers(LID | if hold.is_some() { SLEEP } else { 0 });
    let mut heard = select_all(streams);
    while let Some(heard) = heard.next().await {
        match heard {
            Heard::SessionLock => ear.say(Signal::ScreenLocked),
            Heard::SessionChanged(message) => say_changes(ear, &message),
            Heard::LidChanged(message) => {
                if is_now(&message, "LidIsClosed") == Some(true) {
                    ear.say(Signal::LidClosed);
                }
            }
            Heard::Sleep(message) => match message.body().deserialize::<bool>() {
                Ok(true) => ear.say(Signal::GoingToSleep(SleepHold::of(hold.take()))),
                // Awake again: ask for the next time.
                Ok(false) => hold = self::hold(&manager).await,
                Err(_) => {}
            },
        }
    }
    Ok(())
}

/// Asks logind to wait with the next sleep: a pipe whose closing tells that this program has done what it had to. Without
/// it the lock races the sleep.
async fn hold(manager: &Proxy<'_>) -> Option<OwnedFd> {
    let arguments = ("sleep", "Wardmail", "Locks the mailbox before the computer sleeps", "delay");
    let answer: zbus::Result<BusFd> = manager.call("Inhibit", &arguments).await;
    // The copy ends when the program starts another one in its place, which the bus library's doesn't.
    OwnedFd::from(answer.ok()?).try_clone().ok()
}

/// The session that this program belongs to. A program that the user's service runs belongs to none: then it is the one
/// that logind shows on the user's display.
async fn own_session(connection: &Connection, manager: &Proxy<'_>) -> Option<OwnedObjectPath> {
    if let Some(id) = session_id() {
        let answer: zbus::Result<OwnedObjectPath> = manager.call("GetSession", &id).await;
        if let Ok(path) = answer {
            return Some(path);
        }
    }
    let pid = std::process::id();
    let answer: zbus::Result<OwnedObjectPath> = manager.call("GetSessionByPID", &pid).await;
    if let Ok(path) = answer {
        return Some(path);
    }
    let user: OwnedObjectPath = manager.call("GetUserByPID", &pid).await.ok()?;
    let user = Proxy::new(connection, LOGIN, user, USER).await.ok()?;
    let (_, path): (String, OwnedObjectPath) = user.get_property("Display").await.ok()?;
    (path.as_str() != "/").then_some(path)
}

/// The id that the log-in left in the environment.
fn session_id() -> Option<String> {
    std::env::var("XDG_SESSION_ID").ok().filter(|id| !id.is_empty())
}

async fn session_streams(
    connection: &Connection,
    session: &OwnedObjectPath,
) -> zbus::Result<[BoxStream<'static, Heard>; 2]> {
    let lock = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(SESSION_INTERFACE)?
        .member("Lock")?
        .path(session.clone())?
        .build();
    let changes = changes_of(SESSION_INTERFACE)?.path(session.clone())?.build();
    Ok([
        heard(connection, lock, |_| Heard::SessionLock).await?,
        heard(connection, changes, Heard::SessionChanged).await?,
    ])
}

async fn sleep(connection: &Connection) -> zbus::Result<BoxStream<'static, Heard>> {
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(MANAGER)?
        .member("PrepareForSleep")?
        .path(LOGIN_PATH)?
        .build();
    heard(connection, rule, Heard::Sleep).await
}

async fn lid(connection: &Connection) -> zbus::Result<BoxStream<'static, Heard>> {
    let rule = changes_of(POWER)?.path("/org/freedesktop/UPower")?.build();
    heard(connection, rule, Heard::LidChanged).await
}

/// Changes of an interface's properties. Asked for as plain signals: a daemon that starts later is heard too.
fn changes_of(interface: &'static str) -> zbus::Result<zbus::match_rule::Builder<'static>> {
    MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(PROPERTIES)?
        .member("PropertiesChanged")?
        .arg(0, interface)
}

async fn heard(
    connection: &Connection,
    rule: MatchRule<'static>,
    make: fn(Message) -> Heard,
) -> zbus::Result<BoxStream<'static, Heard>> {
    let stream = messages(connection, rule).await?;
    Ok(Box::pin(stream.filter_map(move |message| async move { message.ok().map(make) })))
}

fn say_changes(ear: &Ear, message: &Message) {
    if is_now(message, "LockedHint") == Some(true) {
        ear.say(Signal::ScreenLocked);
    }
    if is_now(message, "Active") == Some(false) {
        ear.say(Signal::UserSwitched);
    }
    if is_now(message, "IdleHint") == Some(true) {
        ear.say(Signal::Idle);
    }
}

/// What a truth value among the changed properties became.
fn is_now(message: &Message, property: &str) -> Option<bool> {
    let body = message.body();
    let (_, changed, _): (&str, HashMap<&str, OwnedValue>, Vec<&str>) = body.deserialize().ok()?;
    bool::try_from(changed.get(property)?).ok()
}
