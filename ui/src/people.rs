//! People and keys: the own key, the certificates of others, and how far each was checked.

mod certificates;
mod compare;
mod import;
mod own;

use leptos::prelude::*;
use wardmail_api::keys::{CertificateView, ListCertificates, ListKeys, OwnKeyView};

use crate::backend;
use crate::controls::Remote;
use crate::mailbox::{Mail, mail};
use crate::page::Page;
use crate::scope::Scope;
use crate::words;

/// What the page shows.
#[derive(Clone, Copy)]
struct People {
    mail: Mail,
    scope: Scope,
    own: RwSignal<Remote<Vec<OwnKeyView>>>,
    certificates: RwSignal<Remote<Vec<CertificateView>>>,
}

impl People {
    fn load(self) {
        self.scope.spawn(async move {
            self.own.set(backend::call(ListKeys {}).await.into());
        });
        self.scope.spawn(async move {
            self.certificates.set(backend::call(ListCertificates {}).await.into());
        });
    }

    /// A key has come in, or is trusted otherwise than before.
    fn changed(self) {
        self.load();
        self.mail.replan();
    }
}

#[component]
pub(crate) fn PeoplePlace() -> impl IntoView {
    let people = People {
        mail: mail(),
        scope: Scope::here(),
        own: RwSignal::new(Remote::Loading),
        certificates: RwSignal::new(Remote::Loading),
    };
    people.load();
    view! {
        <Page title=words::people::TITLE lead=words::people::LEAD testid="people">
            <own::OwnKeys people />
            <certificates::Certificates people />
        </Page>
    }
}
