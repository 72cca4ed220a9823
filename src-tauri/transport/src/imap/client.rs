//! Owns one logged-in IMAP connection as the engine sees it. Must not reconnect by itself.

use std::future::Future;

use super::append::{self, AppendedUid};
use super::fetch::{BodyFetch, HeaderFetch, Wanted};
use super::flags::{self, FlagChange, FlagState};
use super::folders::{self, Folder};
use super::idle::{self, IdleEnd};
use super::login::{self, Capabilities};
use super::select::{self, Access, Selected};
use super::session::{Budget, Session};
use super::{Flag, FolderName, ImapError, ModSeq, Uid, UidSet, search};
use crate::wire::{Connecting, Limits, connect};
use crate::{Credentials, Deadlines, Server, TlsReport, TlsTrust};

/// A logged-in connection to an IMAP server. Dropping it closes the connection.
#[derive(Debug)]
pub struct ImapClient {
    session: Session,
    tls: TlsReport,
    capabilities: Capabilities,
    selected: bool,
}

impl ImapClient {
    /// Connects by implicit TLS, verifies, and logs in.
    ///
    /// # Errors
    /// `ImapError`, which tells network, certificate, greeting and login apart.
    pub async fn connect(
        server: &Server,
        credentials: &Credentials,
        trust: &TlsTrust,
        deadlines: &Deadlines,
    ) -> Result<Self, ImapError> {
        let (wire, tls) = connect(Connecting { server, trust, deadlines }, Limits::IMAP).await?;
        let mut session = Session::new(wire, *deadlines);
        let greeting = session.greeting().await?;
        let capabilities = login::login(&mut session, greeting, credentials).await?;
        Ok(Self { session, tls, capabilities, selected: false })
    }

    /// What was negotiated.
    pub fn tls(&self) -> &TlsReport {
        &self.tls
    }

    /// What the server says it can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether an earlier failure left the connection unusable, so that only a new one helps.
    pub fn is_poisoned(&self) -> bool {
        self.session.is_poisoned()
    }

    /// All folders.
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, ImapError> {
        folders::list(&mut self.session, &self.capabilities).await
    }

    /// Makes a folder and subscribes to it.
    ///
    /// # Errors
    /// [`ImapError::No`] if the server doesn't want it, or has it already; other `ImapError`s.
    pub async fn create(&mut self, folder: &FolderName) -> Result<(), ImapError> {
        folders::create(&mut self.session, folder).await
    }

    /// Opens a folder for reading and writing.
    ///
    /// # Errors
    /// [`ImapError::No`] if it isn't there; other `ImapError`s.
    pub async fn select(&mut self, folder: &FolderName) -> Result<Selected, ImapError> {
        self.open(folder, Access::Write).await
    }

    /// Opens a folder for reading only.
    ///
    /// # Errors
    /// As [`ImapClient::select`].
    pub async fn examine(&mut self, folder: &FolderName) -> Result<Selected, ImapError> {
        self.open(folder, Access::Read).await
    }

    async fn open(&mut self, folder: &FolderName, access: Access) -> Result<Selected, ImapError> {
        // A failed SELECT leaves no folder selected (RFC 3501 section 6.3.1).
        self.selected = false;
        let opened = select::select(&mut self.session, &self.capabilities, folder, access).await?;
        self.selected = true;
        Ok(opened)
    }

    /// The UIDs of all messages of the selected folder, in order: what isn't among them is gone.
    ///
    /// # Errors
    /// [`ImapError::Unstable`] if messages are expunged faster than they are listed; other `ImapError`s.
    pub async fn uids(&mut self) -> Result<Vec<Uid>, ImapError> {
        search::all(self.in_folder()?).await
    }

    /// The UIDs of the selected folder from `first` on, in order.
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn uids_from(&mut self, first: Uid) -> Result<Vec<Uid>, ImapError> {
        search::from(self.in_folder()?, first).await
    }

    /// Fetches the headers of the given messages, 100 at a time in the order given.
    ///
    /// # Errors
    /// [`ImapError::NotSelected`].
    pub fn headers(&mut self, uids: &[Uid]) -> Result<HeaderFetch<'_>, ImapError> {
        Ok(HeaderFetch::new(self.in_folder()?, uids))
    }

    /// Fetches the given messages whole, batch by batch; those larger than `cap` bytes are only named.
    /// Doesn't mark them as read.
    ///
    /// # Errors
    /// [`ImapError::NotSelected`].
    pub fn bodies(&mut self, wanted: &[Wanted], cap: u64) -> Result<BodyFetch<'_>, ImapError> {
        Ok(BodyFetch::new(self.in_folder()?, wanted, cap))
    }

    /// The flags of all messages of the selected folder, or of those that changed after `since`.
    /// `since` needs [`Capabilities::condstore`].
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn flags(&mut self, since: Option<ModSeq>) -> Result<Vec<FlagState>, ImapError> {
        flags::fetch(self.in_folder()?, since).await
    }

    /// Changes flags of messages of the selected folder.
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn store_flags(
        &mut self,
        uids: &UidSet,
        change: FlagChange,
        flags: &[Flag],
    ) -> Result<(), ImapError> {
        flags::store(self.in_folder()?, uids, change, flags).await
    }

    /// Deletes messages of the selected folder for good, and no other. The server must offer UIDPLUS.
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn expunge(&mut self, uids: &UidSet) -> Result<(), ImapError> {
        flags::expunge(self.in_folder()?, uids).await
    }

    /// Puts a message into any folder; tells where it is, if the server does.
    ///
    /// # Errors
    /// [`ImapError::No`] with `missing` if the folder isn't there; other `ImapError`s.
    pub async fn append(
        &mut self,
        folder: &FolderName,
        flags: &[Flag],
        message: &[u8],
    ) -> Result<Option<AppendedUid>, ImapError> {
        append::append(&mut self.session, folder, flags, message).await
    }

    /// Waits until the selected folder changes or `cancel` is ready. A change that the server told of since the
    /// folder was selected, and that was not waited for yet, counts: none is missed between two waits.
    /// Stop it by `cancel`: dropping the future leaves the connection unusable.
    ///
    /// # Errors
    /// [`ImapError::Bad`] if the server has no IDLE (see [`Capabilities::offers`]); other `ImapError`s.
    pub async fn idle(&mut self, cancel: impl Future<Output = ()>) -> Result<IdleEnd, ImapError> {
        idle::idle(self.in_folder()?, cancel).await
    }

    /// Asks for news without waiting for any; `true` if the selected folder changed.
    ///
    /// # Errors
    /// `ImapError`.
    pub async fn poll(&mut self) -> Result<bool, ImapError> {
        self.session.run("NOOP", "NOOP", Budget::SMALL, |_| Ok(())).await?;
        Ok(std::mem::take(&mut self.session.changed))
    }

    /// Says good-bye.
    ///
    /// # Errors
    /// `ImapError`; the connection is closed all the same.
    pub async fn logout(mut self) -> Result<(), ImapError> {
        match self.session.run("LOGOUT", "LOGOUT", Budget::SMALL, |_| Ok(())).await {
            // The server says BYE before it says OK.
            Ok(_) | Err(ImapError::Bye) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn in_folder(&mut self) -> Result<&mut Session, ImapError> {
        if self.selected { Ok(&mut self.session) } else { Err(ImapError::NotSelected) }
    }
}
