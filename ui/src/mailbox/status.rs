//! The status line: provider and agreement, transport, synchronising, search, policy. Always there.

use leptos::prelude::*;
use wardmail_api::ErrorCode;
use wardmail_api::settings::{ConnectionView, SettingsView};
use wardmail_logic::clock::percent;

use super::{Mail, Sync, mail};
use crate::controls::{IconButton, Remote};
use crate::icons::{Icon, Name};
use crate::{time, words};

#[component]
pub(super) fn StatusLine() -> impl IntoView {
    let mail = mail();
    let facts = move || {
        mail.settings.with(|settings| match settings {
            Remote::Ready(settings) => facts(settings).into_any(),
            Remote::Loading => ().into_any(),
            Remote::Failed(error) => {
                view! { <span class="warn">{error.code.what()}</span> }.into_any()
            }
        })
    };
    let policy = move || mail.settings.with(|settings| settings.ready().map(policy));
    view! {
        <footer class="status" data-testid="status-line" aria-label=words::mailbox::STATUS>
            <Connection mail />
            <Synchronising mail />
            {facts}
            <span class="space"></span>
            {policy}
        </footer>
    }
}

/// How the window stands to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Connecting,
    Online,
    Offline(ErrorCode),
}

impl Link {
    /// What was heard last is newer than what was asked last.
    fn of(heard: Sync, asked: Option<&ConnectionView>) -> Self {
        match (heard, asked) {
            (Sync::Offline(code), _) => Self::Offline(code),
            (Sync::Running { .. } | Sync::UpToDate, _)
            | (Sync::Unknown, Some(ConnectionView { online: true, .. })) => Self::Online,
            (Sync::Unknown, Some(ConnectionView { trouble: Some(code), .. })) => {
                Self::Offline(*code)
            }
            (Sync::Unknown, _) => Self::Connecting,
        }
    }
}

#[component]
fn Connection(mail: Mail) -> impl IntoView {
    let link = Memo::new(move |_| {
        mail.settings.with(|settings| {
            Link::of(mail.sync.get(), settings.ready().map(|settings| &settings.connection))
        })
    });
    let shown = move || match link.get() {
        Link::Connecting => {
            view! { <Icon name=Name::Cloud /> {words::mailbox::CONNECTING} }.into_any()
        }
        Link::Online => view! { <Icon name=Name::Cloud /> {words::mailbox::CONNECTED} }.into_any(),
        Link::Offline(code) => view! { <Icon name=Name::Offline /> {code.what()} }.into_any(),
    };
    let why = move || match link.get() {
        Link::Connecting | Link::Online => None,
        Link::Offline(code) => Some(code.to_string()),
    };
    view! {
        <span
            role="status"
            data-testid="status-connection"
            data-online=move || (link.get() == Link::Online).to_string()
            class:ok=move || link.get() == Link::Online
            class:warn=move || matches!(link.get(), Link::Offline(_))
            title=why
        >
            {shown}
        </span>
    }
}

#[component]
fn Synchronising(mail: Mail) -> impl IntoView {
    let synced = Memo::new(move |_| {
        mail.settings.with(|settings| settings.ready().and_then(|s| s.connection.synced))
    });
    let text = move || match mail.sync.get() {
        Sync::Running { done, total } if total > 0 => words::mailbox::syncing(done, total),
        Sync::Running { .. } => words::mailbox::SYNCING.to_owned(),
        Sync::UpToDate | Sync::Unknown | Sync::Offline(_) => synced
            .get()
            .map_or_else(String::new, |moment| words::mailbox::synced(&time::in_sentence(moment))),
    };
    view! {
        <span class="sync" data-testid="status-sync">
            <IconButton
                testid="sync-now"
                icon=Name::Sync
                label=words::mailbox::SYNC_NOW
                class="small"
                on_press=move |()| mail.sync_now()
            />
            {text}
        </span>
    }
}

fn facts(settings: &SettingsView) -> impl IntoView + use<> {
    let connection = settings.connection.clone();
    let indexed = percent(connection.indexed, connection.total);
    let tls = connection.tls.as_deref().map(words::mailbox::tls);
    view! {
        {provider(&connection)}
        {tls.map(|tls| view! { <span class="wide-only" data-testid="status-tls">{tls}</span> })}
        {(connection.total > 0)
            .then(|| {
                view! {
                    <span class="wide-only" data-testid="status-search">
                        {words::mailbox::search_covers(indexed)}
                    </span>
                }
            })}
    }
}

/// The provider and until when its agreement runs.
pub(crate) fn provider_line(connection: &ConnectionView) -> String {
    let until = connection
        .baa_until
        .as_deref()
        .map(|day| time::parse(day).map_or_else(|| day.to_owned(), time::day));
    words::mailbox::provider(connection.provider.as_deref(), until.as_deref())
}

fn provider(connection: &ConnectionView) -> impl IntoView + use<> {
    let near = connection.baa_days_left;
    view! {
        <span
            data-testid="status-provider"
            class:warn=connection.provider.is_none() || near.is_some()
        >
            <Icon name=Name::Shield />
            {provider_line(connection)}
            {near.map(words::mailbox::baa_days_left)}
        </span>
    }
}

fn policy(settings: &SettingsView) -> impl IntoView + use<> {
    let policy = settings.policy.clone();
    let text = policy
        .trouble
        .map_or_else(|| words::unlock::policy(&policy), |code| code.what().to_owned());
    view! {
        <span
            data-testid="status-policy"
            class:stop=policy.trouble.is_some()
            title=policy.trouble.map(|code| code.to_string())
        >
            {text}
        </span>
    }
}
