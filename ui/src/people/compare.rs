//! The comparison: both sides read the same code to each other, by a way that isn't mail.

use leptos::prelude::*;
use wardmail_api::keys::{CertificateView, SetTrust, Trust};

use super::People;
use crate::controls::{Button, Form, FormError, Look, Note};
use crate::dialog::Dialog;
use crate::icons::Name;
use crate::{backend, words};

#[component]
pub(super) fn CompareDialog(
    people: People,
    certificate: CertificateView,
    open: RwSignal<Option<CertificateView>>,
) -> impl IntoView {
    let form = Form::within(people.scope);
    let close = Callback::new(move |()| open.set(None));
    let fingerprint = certificate.fingerprint.clone();
    let set = move |trust: Trust| {
        let request = SetTrust { fingerprint: fingerprint.clone(), trust };
        form.send(backend::call(request), move |()| {
            people.changed();
            close.run(());
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
            <FormError error=form.error />
            <div class="form-end">
                <Button
                    testid="compare-differ"
                    label=words::people::DIFFER
                    look=Look::Danger
                    on_press=move |()| differ(Trust::Rejected)
                />
                <span class="space"></span>
                <Button
                    testid="compare-match"
                    label=words::people::MATCH
                    look=Look::Primary
                    disabled=!has_code
                    on_press=move |()| set(Trust::Verified)
                />
            </div>
        </Dialog>
    }
}
