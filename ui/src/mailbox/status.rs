//! The status line: provider and agreement, transport, synchronising, search, policy. Always there.

use leptos::prelude::*;
use wardmail_api::settings::{ConnectionView, SettingsView};
use wardmail_logic::clock::percent;

use super::{Mail, Sync, mail};
use crate::controls::Remote;
use crate::icons::{Icon, Name};
use crate::{time, words};

#[component]
pub(super) fn StatusLine() -> impl IntoView {
    let mail = mail();
    view! {
        <footer class="status" data-testid="status-line" aria-label=words::mailbox::STATUS>
            {move || {
                mail.settings
                    .with(|settings| match settings {
                        Remote::Ready(settings) => parts(mail, settings).into_any(),
                        Remote::Loading => view! { <span>{words::LOADING}</span> }.into_any(),
                        Remote::Failed(error) => {
                            view! { <span class="warn">{error.code.what()}</span> }.into_any()
                        }
                    })
            }}
        </footer>
    }
}

fn parts(mail: Mail, settings: &SettingsView) -> impl IntoView + use<> {
    let connection = settings.connection.clone();
    let policy = settings.policy.clone();
    let indexed = percent(connection.indexed, connection.total);
    view! {
        {connection_part(mail, &connection)}
        {provider_part(&connection)}
        {connection
            .tls
            .clone()
            .map(|tls| {
                view! {
                    <span class="wide-only" data-testid="status-tls">{words::mailbox::tls(&tls)}</span>
                }
            })}
        {sync_part(mail, connection.synced)}
        {(connection.total > 0)
            .then(|| {
                view! {
                    <span class="wide-only" data-testid="status-search">
                        {words::mailbox::search_covers(indexed)}
                    </span>
                }
            })}
        <span class="space"></span>
        <span
            data-testid="status-policy"
            class:stop=policy.trouble.is_some()
            title=policy.trouble.map(|code| code.to_string())
        >
            {policy
                .trouble
                .map_or_else(|| words::unlock::policy(&policy), |code| code.what().to_owned())}
        </span>
    }
}

fn connection_part(mail: Mail, connection: &ConnectionView) -> impl IntoView + use<> {
    let (online, trouble) = (connection.online, connection.trouble);
    // What was heard last is newer than what was asked last.
    let offline = move || match mail.sync.get() {
        Sync::Offline(code) => Some(code),
        Sync::Running { .. } | Sync::UpToDate => None,
        Sync::Unknown => trouble.filter(|_| !online),
    };
    view! {
        <span
            data-testid="status-connection"
            data-online=move || offline().is_none().to_string()
            class:ok=move || offline().is_none()
            class:warn=move || offline().is_some()
            title=move || offline().map(|code| code.to_string())
        >
            {move || match offline() {
                None if online || mail.sync.get() != Sync::Unknown => {
                    view! { <Icon name=Name::Cloud /> {words::mailbox::CONNECTED} }.into_any()
                }
                None => view! { <Icon name=Name::Cloud /> {words::mailbox::CONNECTING} }.into_any(),
                Some(code) => view! { <Icon name=Name::Offline /> {code.what()} }.into_any(),
            }}
        </span>
    }
}

fn provider_part(connection: &ConnectionView) -> impl IntoView + use<> {
    let until = connection
        .baa_until
        .as_deref()
        .map(|day| time::parse(day).map_or_else(|| day.to_owned(), time::day));
    let text = words::mailbox::provider(connection.provider.as_deref(), until.as_deref());
    let near = connection.baa_days_left;
    view! {
        <span data-testid="status-provider" class:warn=connection.provider.is_none() || near.is_some()>
            <Icon name=Name::Shield />
            {text}
            {near.map(words::mailbox::baa_days_left)}
        </span>
    }
}

fn sync_part(mail: Mail, synced: Option<i64>) -> impl IntoView + use<> {
    let text = move || match mail.sync.get() {
        Sync::Running { done, total } if total > 0 => words::mailbox::syncing(done, total),
        Sync::Running { .. } => words::mailbox::SYNCING.to_owned(),
        Sync::UpToDate | Sync::Unknown | Sync::Offline(_) => synced
            .map_or_else(String::new, |moment| words::mailbox::synced(&time::in_sentence(moment))),
    };
    view! {
        <span class="sync" data-testid="status-sync" aria-live="off">
            <button
                type="button"
                class="icon-button small"
                data-testid="sync-now"
                aria-label=words::mailbox::SYNC_NOW
                title=words::mailbox::SYNC_NOW
                on:click=move |_| mail.sync_now()
            >
                <Icon name=Name::Sync />
            </button>
            {text}
        </span>
    }
}
