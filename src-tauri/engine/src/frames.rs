//! The pages of opened messages, by random token, until the lock.

use std::collections::VecDeque;

use rand::Rng as _;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// Pages kept: the one shown and a few behind it.
const KEPT: usize = 8;

/// Pages that the frame may ask for.
#[derive(Debug, Default)]
pub(crate) struct Frames(Mutex<VecDeque<(String, Zeroizing<String>)>>);

impl Frames {
    /// Keeps a page; returns its token.
    pub(crate) async fn add(&self, html: Zeroizing<String>) -> String {
        let mut bytes = [0_u8; 16];
        rand::rng().fill_bytes(&mut bytes);
        let token = crate::tools::hex(&bytes);
        let mut pages = self.0.lock().await;
        pages.push_back((token.clone(), html));
        while pages.len() > KEPT {
            pages.pop_front();
        }
        token
    }

    /// The page of a token.
    pub(crate) async fn get(&self, token: &str) -> Option<Vec<u8>> {
        let pages = self.0.lock().await;
        pages.iter().find(|(known, _)| known == token).map(|(_, html)| html.as_bytes().to_vec())
    }

    /// Forgets every page.
    pub(crate) async fn forget(&self) {
        self.0.lock().await.clear();
    }
}
