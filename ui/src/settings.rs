//! Settings: what can be changed here, and the policy in force with who set it and why.

mod backup;
mod erase;
mod one_time;
mod passphrase;
mod policy;
mod recovery_code;
mod security_key;

use leptos::prelude::*;
use wardmail_api::account::{AccountView, ListAccounts};
use wardmail_api::settings::{ConnectionView, SetIdleLock, SettingsView};

use crate::controls::{Form, FormError, Note, Remote, Retry, value_of};
use crate::dialog::unique;
use crate::icons::{Icon, Name};
use crate::mailbox::{Mail, mail, provider_line};
use crate::page::{Page, Panel, remote};
use crate::setup::ProviderForm;
use crate::{backend, words};

/// Seconds that are offered, as far as policy allows.
const IDLE_CHOICES: [u64; 7] = [60, 120, 300, 600, 900, 1_800, 3_600];

#[component]
pub(crate) fn SettingsPlace() -> impl IntoView {
    let mail = mail();
    // In parts: a form that is being filled in must not be drawn anew because mail came in.
    let idle = part(mail, |settings| (settings.idle_seconds, settings.idle_max_seconds));
    let provider = part(mail, |settings| {
        let unrelated = ConnectionView {
            synced: None,
            indexed: 0,
            total: 0,
            tls: None,
            ..settings.connection.clone()
        };
        (unrelated, settings.policy.managed)
    });
    let policy = part(mail, |settings| (settings.policy.clone(), settings.rows.clone()));
    let backup = part(mail, |settings| settings.last_backup);
    let erase = part(mail, |settings| settings.erase_allowed);
    let failed = move || {
        mail.settings.with(|settings| match settings {
            Remote::Failed(error) => {
                let on_retry = Callback::new(move |()| mail.load_settings());
                Some(view! { <Retry error=*error testid="page-retry" on_retry /> })
            }
            Remote::Loading | Remote::Ready(_) => None,
        })
    };
    let version = move || mail.app.status().map(|status| words::pages::version(&status.version));
    view! {
        <Page title=words::mailbox::SETTINGS testid="settings">
            <Account />
            {failed}
            {move || idle.get().map(|(idle, most)| view! { <Idle idle most /> })}
            {move || {
                provider
                    .get()
                    .map(|(connection, managed)| view! { <ProviderPanel connection managed /> })
            }}
            {move || {
                policy
                    .get()
                    .map(|(summary, rows)| view! { <policy::PolicyPanel summary rows /> })
            }}
            {move || backup.get().map(|last| view! { <backup::BackupPanel last /> })}
            <passphrase::PassphrasePanel />
            <recovery_code::RecoveryCodePanel />
            <one_time::OneTimePanel />
            <security_key::SecurityKeyPanel />
            {move || erase.get().unwrap_or(false).then(|| view! { <erase::ErasePanel /> })}
            <p class="why version">{version}</p>
        </Page>
    }
}

/// A part of the settings, which changes only when it does.
fn part<T>(mail: Mail, of: impl Fn(&SettingsView) -> T + Send + Sync + 'static) -> Memo<Option<T>>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| mail.settings.with(|settings| settings.ready().map(&of)))
}

#[component]
fn Account() -> impl IntoView {
    let mail = mail();
    let accounts = RwSignal::new(Remote::<Vec<AccountView>>::Loading);
    let load = move || {
        mail.scope.spawn(async move { accounts.set(backend::call(ListAccounts {}).await.into()) });
    };
    load();
    let shown = remote(accounts, Callback::new(move |()| load()), |all: &Vec<AccountView>| {
        all.iter()
            .cloned()
            .map(|account| {
                view! {
                    <div class="key-card">
                        <Icon name=Name::Unread />
                        <div>
                            <b>{account.display_name}</b>
                            " "
                            <span class="address">{account.address}</span>
                            <p class="why">
                                {words::pages::servers(&account.imap_host, &account.smtp_host)}
                            </p>
                            <span class="tag" data-tone=if account.covered { "safe" } else { "warn" }>
                                {words::pages::covered(account.covered)}
                            </span>
                        </div>
                    </div>
                }
            })
            .collect_view()
    });
    view! {
        <Panel title=words::pages::ACCOUNT testid="settings-account">
            {shown}
        </Panel>
    }
}

#[component]
fn Idle(idle: u64, most: u64) -> impl IntoView {
    let mail = mail();
    let form = Form::within(mail.scope);
    let id = unique("idle");
    let mut choices: Vec<u64> =
        IDLE_CHOICES.into_iter().filter(|seconds| *seconds <= most).chain([idle]).collect();
    choices.sort_unstable();
    choices.dedup();
    let options: Vec<_> = choices
        .into_iter()
        .map(|seconds| {
            view! {
                <option value=seconds selected=seconds == idle>
                    {words::pages::minutes(seconds)}
                </option>
            }
        })
        .collect();
    let change = move |event: web_sys::Event| {
        if let Ok(seconds) = value_of(&event).parse() {
            form.send(backend::call(SetIdleLock { seconds }), move |settings| {
                mail.settings.set(Remote::Ready(settings));
            });
        }
    };
    view! {
        <Panel title=words::pages::LOCK>
            <div class="field inline">
                <label for=id.clone()>{words::pages::IDLE}</label>
                <select id=id data-testid="settings-idle" on:change=change>
                    {options}
                </select>
                <span class="why">{words::pages::idle_most(most)}</span>
            </div>
            <FormError error=form.error />
        </Panel>
    }
}

#[component]
fn ProviderPanel(connection: ConnectionView, managed: bool) -> impl IntoView {
    let mail = mail();
    let covered = connection.provider.is_some();
    view! {
        <Panel title=words::pages::PROVIDER testid="settings-provider">
            <Note tone=if covered { "safe" } else { "warn" } icon=Name::Shield>
                <b>{provider_line(&connection)}</b>
                {connection.baa_days_left.map(words::pages::baa_days)}
                {connection.trouble.map(|code| view! { <span>{code.to_string()}</span> })}
            </Note>
            {(!managed)
                .then(|| {
                    view! {
                        <details class="alternative">
                            <summary data-testid="provider-open">
                                {words::pages::PROVIDER_CHANGE}
                            </summary>
                            <p class="why">{words::setup::PROVIDER_MEANS}</p>
                            <ProviderForm
                                on_done=Callback::new(move |()| mail.load_settings())
                                label=words::setup::PROVIDER_RECORD
                            />
                        </details>
                    }
                })}
        </Panel>
    }
}
