//! The names that the owner marked as no patient's: each can be taken back.

use leptos::prelude::*;
use wardmail_api::phi::MarkNotPatient;

use super::People;
use crate::controls::{Button, Look};
use crate::icons::Name;
use crate::page::{Nothing, Panel, cards};
use crate::words;

impl People {
    fn unmark(self, name: String) {
        let said = words::people::mark_gone(&name);
        let again = MarkNotPatient { name: name.clone(), marked: true };
        let gone = MarkNotPatient { name, marked: false };
        // The composer may still offer to take it back.
        if let Some(editor) = self.mail.editor.get_untracked() {
            editor.marked.set(None);
        }
        self.undoably(gone, said, move || self.tell(again.clone()));
    }
}

#[component]
pub(super) fn Marks(people: People) -> impl IntoView {
    let nothing = Nothing {
        icon: Name::Check,
        title: words::people::NO_MARKS,
        text: words::people::NO_MARKS_TEXT,
        testid: "marks-empty",
    };
    let on_retry = Callback::new(move |()| people.load());
    view! {
        <Panel title=words::people::MARKS testid="marks">
            <p class="why">{words::people::MARKS_TEXT}</p>
            {cards(people.marks, on_retry, nothing, move |name| view! { <MarkLine people name /> })}
        </Panel>
    }
}

#[component]
fn MarkLine(people: People, name: String) -> impl IntoView {
    let of_mark = name.clone();
    view! {
        <li class="card-row" data-testid="mark-row" data-name=name.clone()>
            <div class="card-main">
                <b>{name.clone()}</b>
            </div>
            <div class="card-choices">
                <Button
                    testid="mark-remove"
                    label=words::people::TAKE_BACK
                    spoken=words::people::take_back_mark_of(&name)
                    look=Look::Quiet
                    on_press=move |()| people.unmark(of_mark.clone())
                />
            </div>
        </li>
    }
}
