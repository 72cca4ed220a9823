//! What the owner must be told about the access to the mailbox, until they say that they read it.

use leptos::prelude::*;
use wardmail_api::session::DismissNotices;

use crate::app::app;
use crate::controls::{Button, Form, FormError, Look};
use crate::icons::{Icon, Name};
use crate::{backend, words};

/// The notices, above everything else.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let (form, app) = (Form::here(), app());
    let on_read = Callback::new(move |()| {
        form.send(backend::call(DismissNotices {}), move |()| app.refresh());
    });
    move || {
        let notices = app.status().map(|status| status.notices).unwrap_or_default();
        (!notices.is_empty()).then(|| {
            let told = notices
                .into_iter()
                .map(|notice| {
                    view! {
                        <p>
                            <b>{notice.what()}</b>
                            " "
                            {notice.next()}
                        </p>
                    }
                })
                .collect_view();
            view! {
                <div class="banner" role="alert" data-testid="notices">
                    <Icon name=Name::Alert />
                    <div>{told} <FormError error=form.error /></div>
                    <Button
                        testid="notices-read"
                        label=words::mailbox::NOTICES_READ
                        look=Look::Plain
                        on_press=on_read
                    />
                </div>
            }
        })
    }
}
