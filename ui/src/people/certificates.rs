//! The certificates of others.

use leptos::prelude::*;
use wardmail_api::keys::{CertificateView, Trust};

use super::People;
use super::compare::CompareDialog;
use super::import::ImportDialog;
use crate::controls::{Button, Empty, Field, Look};
use crate::icons::Name;
use crate::page::{Panel, remote};
use crate::{time, words};

#[component]
pub(super) fn Certificates(people: People) -> impl IntoView {
    let importing = RwSignal::new(false);
    let comparing = RwSignal::new(None::<CertificateView>);
    let filter = RwSignal::new(String::new());
    let on_retry = Callback::new(move |()| people.load());
    let shown = remote(people.certificates, on_retry, move |all: &Vec<CertificateView>| {
        if all.is_empty() {
            return view! {
                <Empty
                    icon=Name::People
                    title=words::people::NOBODY
                    text=words::people::NOBODY_TEXT
                    testid="certificates-empty"
                />
            }
            .into_any();
        }
        let rows: Vec<_> = filter.with(|filter| {
            all.iter()
                .filter(|one| matches(one, filter))
                .cloned()
                .map(|certificate| view! { <CertificateLine people certificate comparing /> })
                .collect()
        });
        view! { <ul class="cards">{rows}</ul> }.into_any()
    });
    let import = view! {
        <span class="space"></span>
        <Button
            testid="certificate-import-open"
            label=words::people::IMPORT
            on_press=move |()| importing.set(true)
        />
    }
    .into_any();
    view! {
        <Panel title=words::people::OTHERS beside=import>
            <Field label=words::people::FILTER testid="people-filter" value=filter />
            {shown}
        </Panel>
        {move || importing.get().then(|| view! { <ImportDialog people open=importing /> })}
        {move || {
            comparing
                .get()
                .map(|certificate| {
                    view! { <CompareDialog people certificate open=comparing /> }
                })
        }}
    }
}

fn matches(certificate: &CertificateView, filter: &str) -> bool {
    let filter = filter.trim().to_lowercase();
    filter.is_empty()
        || certificate.name.to_lowercase().contains(&filter)
        || certificate.addresses.iter().any(|address| address.to_lowercase().contains(&filter))
}

fn trust_name(trust: Trust) -> (&'static str, &'static str) {
    match trust {
        Trust::Seen => ("seen", "info"),
        Trust::Verified => ("verified", "safe"),
        Trust::Rejected => ("rejected", "stop"),
    }
}

#[component]
fn CertificateLine(
    people: People,
    certificate: CertificateView,
    comparing: RwSignal<Option<CertificateView>>,
) -> impl IntoView {
    let (trust, tone) = trust_name(certificate.trust);
    let until = certificate.expires.map(time::day);
    let for_dialog = certificate.clone();
    let who = words::lists::who(&certificate.name);
    let (address, name) = (certificate.addresses.first().cloned(), certificate.name.clone());
    let ask_who = address.map(|address| {
        view! {
            <Button
                testid="certificate-who"
                label=words::people::WHO
                spoken=words::people::say_who(&who)
                look=Look::Quiet
                on_press=move |()| people.ask_who(address.clone(), name.clone())
            />
        }
    });
    view! {
        <li
            class="card-row"
            data-testid="certificate-row"
            data-fingerprint=certificate.fingerprint.clone()
            data-trust=trust
            data-usable=certificate.usable.to_string()
        >
            <div class="card-main">
                <b>{who.clone()}</b>
                <span class="tag" data-tone=tone>{words::people::trust(certificate.trust)}</span>
                {(!certificate.usable)
                    .then(|| {
                        view! { <span class="tag" data-tone="warn">{words::people::UNUSABLE}</span> }
                    })}
                <span class="address">{certificate.addresses.join(", ")}</span>
                <p class="why">
                    {words::people::valid(&time::day(certificate.created), until.as_deref())}
                </p>
            </div>
            <div class="card-choices">
                {ask_who}
                <Button
                    testid="certificate-compare"
                    label=words::people::COMPARE
                    spoken=words::people::compare_title(&who)
                    on_press=move |()| comparing.set(Some(for_dialog.clone()))
                />
            </div>
        </li>
    }
}
