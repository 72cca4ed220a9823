//! Which entries of the log are shown.

use leptos::prelude::*;
use wardmail_api::audit::{AuditAbout, AuditFilter};

use crate::controls::{Field, value_of};
use crate::dialog::unique;
use crate::{time, words};

const ABOUT: [AuditAbout; 8] = [
    AuditAbout::All,
    AuditAbout::Access,
    AuditAbout::Reading,
    AuditAbout::Sending,
    AuditAbout::TakenOut,
    AuditAbout::Settings,
    AuditAbout::Fetching,
    AuditAbout::Trouble,
];

/// What was chosen.
#[derive(Clone, Copy, Default)]
pub(super) struct Chosen {
    about: RwSignal<AuditAbout>,
    day: RwSignal<String>,
    text: RwSignal<String>,
}

impl Chosen {
    /// As the engine takes it. A day is one of this computer's calendar.
    pub(super) fn filter(self) -> AuditFilter {
        let day = self.day.get_untracked();
        let at = |hour: &str| time::parse(&format!("{day}T{hour}"));
        let (from, until) = if day.is_empty() {
            (None, None)
        } else {
            (at("00:00:00.000"), at("23:59:59.999").map(|last| last + 1))
        };
        AuditFilter {
            about: self.about.get_untracked(),
            from,
            until,
            text: self.text.get_untracked(),
        }
    }
}

#[component]
pub(super) fn Filters(chosen: Chosen, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let id = unique("about");
    let options: Vec<_> = ABOUT
        .into_iter()
        .enumerate()
        .map(|(index, about)| {
            view! { <option value=index.to_string()>{words::audit::about(about)}</option> }
        })
        .collect();
    let choose = move |event: web_sys::Event| {
        let index: usize = value_of(&event).parse().unwrap_or(0);
        chosen.about.set(ABOUT.get(index).copied().unwrap_or_default());
        on_change.run(());
    };
    view! {
        <div class="audit-filters" role="search" aria-label=words::audit::FILTERS>
            <div class="field">
                <label for=id.clone()>{words::audit::ABOUT}</label>
                <select id=id data-testid="audit-about" on:change=choose>
                    {options}
                </select>
            </div>
            <Field
                label=words::audit::DAY
                testid="audit-day"
                kind="date"
                value=chosen.day
                on_typed=on_change
            />
            <Field
                label=words::audit::WORDS
                testid="audit-text"
                value=chosen.text
                on_typed=on_change
            />
        </div>
    }
}
