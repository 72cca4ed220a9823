//! The middle of the window until the folders are known.

use leptos::prelude::*;

use super::mail;
use crate::controls::{Empty, Loading, Remote, Retry};
use crate::icons::Name;
use crate::words;

#[component]
pub(super) fn Starting() -> impl IntoView {
    let mail = mail();
    let shown = move || {
        mail.folders.with(|folders| match folders {
            Remote::Failed(error) => {
                let on_retry = Callback::new(move |()| mail.load_folders());
                view! { <Retry error=*error testid="list-retry" on_retry /> }.into_any()
            }
            Remote::Loading => view! { <Loading testid="list-loading" /> }.into_any(),
            // Known, but without an inbox: the first synchronising is under way.
            Remote::Ready(_) => view! {
                <Empty
                    icon=Name::Sync
                    title=words::mailbox::SYNCING
                    text=words::mailbox::FETCHING
                    testid="list-loading"
                />
            }
            .into_any(),
        })
    };
    view! { <main class="page">{shown}</main> }
}
