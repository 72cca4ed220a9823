//! People and keys: the own key, the certificates of others, how far each was checked, and who people are.

mod certificates;
mod compare;
mod import;
mod marks;
mod own;
mod roles;

use leptos::prelude::*;
use wardmail_api::Command;
use wardmail_api::keys::{CertificateView, ListCertificates, ListKeys, OwnKeyView};
use wardmail_api::phi::{ListKnownPeople, RoleView};

use crate::controls::Remote;
use crate::dialog::rescue_focus;
use crate::mailbox::{Mail, mail};
use crate::page::Page;
use crate::scope::Scope;
use crate::{backend, time, words};

/// How long what was taken back can be had again, in milliseconds.
const UNDO: i64 = 10_000;

/// What the page shows.
#[derive(Clone, Copy)]
struct People {
    mail: Mail,
    scope: Scope,
    own: RwSignal<Remote<Vec<OwnKeyView>>>,
    certificates: RwSignal<Remote<Vec<CertificateView>>>,
    /// Who has a role.
    roles: RwSignal<Remote<Vec<RoleView>>>,
    /// Names that are marked as not a patient's.
    marks: RwSignal<Remote<Vec<String>>>,
    /// Of whom it is being asked who it is.
    asked: RwSignal<Option<roles::Somebody>>,
}

impl People {
    fn load(self) {
        self.scope.spawn(async move {
            self.own.set(backend::call(ListKeys {}).await.into());
        });
        self.scope.spawn(async move {
            self.certificates.set(backend::call(ListCertificates {}).await.into());
        });
        self.load_known();
    }

    fn load_known(self) {
        self.scope.spawn(async move {
            let (roles, marks) = match backend::call(ListKnownPeople {}).await {
                Ok(known) => (Ok(known.roles), Ok(known.not_patients)),
                Err(error) => (Err(error), Err(error)),
            };
            self.roles.set(roles.into());
            self.marks.set(marks.into());
            // The row with the button that was pressed may be gone.
            request_animation_frame(rescue_focus);
        });
    }

    /// A key has come in, or is trusted otherwise than before; or somebody is another than was known.
    fn changed(self) {
        self.load();
        self.mail.replan();
    }

    /// Says something of somebody.
    fn tell<C: Command<Output = ()> + 'static>(self, request: C) {
        self.mail.scope.spawn(async move {
            match backend::call(request).await {
                Ok(()) => self.changed(),
                Err(error) => self.mail.app.toasts.error(error),
            }
        });
    }

    /// Takes something back, and offers for a while to say it again.
    fn undoably<C: Command<Output = ()> + 'static>(
        self,
        request: C,
        said: String,
        again: impl Fn() + Send + Sync + 'static,
    ) {
        let mail = self.mail;
        mail.scope.spawn(async move {
            match backend::call(request).await {
                Ok(()) => {
                    self.changed();
                    let until = time::now_unix().saturating_add(UNDO);
                    mail.app.toasts.undoable(said, until, again);
                }
                Err(error) => mail.app.toasts.error(error),
            }
        });
    }
}

#[component]
pub(crate) fn PeoplePlace() -> impl IntoView {
    let people = People {
        mail: mail(),
        scope: Scope::here(),
        own: RwSignal::new(Remote::Loading),
        certificates: RwSignal::new(Remote::Loading),
        roles: RwSignal::new(Remote::Loading),
        marks: RwSignal::new(Remote::Loading),
        asked: RwSignal::new(None),
    };
    people.load();
    // A name may be marked in the composer, which lies over this page.
    let marked = move || people.mail.editor.get().and_then(|editor| editor.marked.get());
    Effect::watch(marked, move |_, _, _| people.load_known(), false);
    view! {
        <Page title=words::people::TITLE lead=words::people::LEAD testid="people">
            <own::OwnKeys people />
            <certificates::Certificates people />
            <roles::Roles people />
            <marks::Marks people />
        </Page>
    }
}
