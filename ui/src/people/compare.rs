//! The comparison: both sides read the same code to each other, by a way that isn't mail.

use leptos::prelude::*;
use wardmail_api::ApiError;
use wardmail_api::keys::{CertificateView, SetTrust, Trust};

use super::People;
use crate::controls::{FormError, Note};
use crate::dialog::Dialog;
use crate::icons::Name;
use crate::{backend, words};

#[component]
pub(super) fn CompareDialog(
    people: People,
    certificate: CertificateView,
    open: RwSignal<Option<CertificateView>>,
) -> impl IntoView {
    let error = RwSignal::new(None::<ApiError>);
    let close = Callback::new(move |()| open.set(None));
    let fingerprint = certificate.fingerprint.clone();
    let set = move |trust: Trust| {
        let fingerprint = fingerprint.clone();
        people.scope.spawn(async move {
            match backend::call(SetTrust { fingerprint, trust }).await {
                Ok(()) => {
                    people.changed();
                    close.run(());
                }
                Err(failed) => error.set(Some(failed)),
            }
        });
    };
    let differ = set.clone();
    let name = words::lists::who(&certificate.name);
    let has_code = certificate.short_code.is_some();
    view! {
        <Dialog title=words::people::compare_title(&name) testid="compare-dialog" on_close=close>
            <p>{words::people::compare_text(&name)}</p>
            {match certificate.short_code {
                Some(code) => {
                    view! { <p class="code" data-testid="compare-code">{code}</p> }.into_any()
                }
                None => {
                    view! {
                        <Note tone="warn" icon=Name::Key>{words::people::NO_CODE}</Note>
                    }
                        .into_any()
                }
            }}
            <p class="fingerprint">{certificate.fingerprint}</p>
            <FormError error />
            <div class="form-end">
                <button
                    type="button"
                    class="button danger"
                    data-testid="compare-differ"
                    on:click=move |_| differ(Trust::Rejected)
                >
                    {words::people::DIFFER}
                </button>
                <span class="space"></span>
                <button
                    type="button"
                    class="button primary"
                    data-testid="compare-match"
                    disabled=!has_code
                    on:click=move |_| set(Trust::Verified)
                >
                    {words::people::MATCH}
                </button>
            </div>
        </Dialog>
    }
}
