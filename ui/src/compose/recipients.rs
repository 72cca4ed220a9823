//! The lines of recipients: pills with their plan, and a field that offers known people.

use leptos::html;
use leptos::prelude::*;
use wardmail_api::ErrorCode;
use wardmail_api::compose::{RecipientKind, RecipientPlan, RecipientSuggestion, SuggestRecipients};
use wardmail_logic::pills;
use web_sys::KeyboardEvent;

use super::editor::{Editor, Line};
use crate::controls::value_of;
use crate::dialog::{focus, unique};
use crate::icons::{Icon, Name};
use crate::scope::Scope;
use crate::{backend, words};

/// People that are offered at most.
const OFFERED: usize = 6;

#[component]
pub(super) fn Recipients(editor: Editor) -> impl IntoView {
    let filled = |line: Line| line.done.with_untracked(|done| !done.is_empty());
    let more = RwSignal::new(filled(editor.cc) || filled(editor.bcc));
    view! {
        <div class="line">
            <LineField editor line=editor.to label=words::compose::TO />
            {move || {
                (!more.get())
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button quiet small"
                                data-testid="composer-show-cc"
                                on:click=move |_| more.set(true)
                            >
                                {words::compose::SHOW_CC}
                            </button>
                        }
                    })
            }}
        </div>
        {move || {
            more.get()
                .then(|| {
                    view! {
                        <div class="line">
                            <LineField editor line=editor.cc label=words::compose::CC />
                        </div>
                        <div class="line">
                            <LineField editor line=editor.bcc label=words::compose::BCC />
                        </div>
                    }
                })
        }}
    }
}

/// What is offered while a recipient is typed.
#[derive(Clone, Copy)]
struct Offer {
    scope: Scope,
    people: RwSignal<Vec<RecipientSuggestion>>,
    active: RwSignal<Option<usize>>,
    asked: StoredValue<u32>,
}

impl Offer {
    fn ask(self, text: String) {
        let number = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(number);
        if text.trim().is_empty() {
            self.close();
            return;
        }
        self.scope.spawn(async move {
            let answer = backend::call(SuggestRecipients { text }).await;
            if self.asked.get_value() == number {
                let mut people = answer.unwrap_or_default();
                people.truncate(OFFERED);
                self.people.set(people);
                self.active.set(None);
            }
        });
    }

    fn close(self) {
        self.asked.update_value(|asked| *asked = asked.wrapping_add(1));
        self.people.set(Vec::new());
        self.active.set(None);
    }

    fn step(self, down: bool) {
        let count = self.people.with_untracked(Vec::len);
        if count > 0 {
            self.active.update(|active| {
                *active = Some(match (*active, down) {
                    (None, true) => 0,
                    (None, false) => count - 1,
                    (Some(at), true) => (at + 1) % count,
                    (Some(at), false) => (at + count - 1) % count,
                });
            });
        }
    }

    fn chosen(self) -> Option<RecipientSuggestion> {
        let at = self.active.get_untracked()?;
        self.people.with_untracked(|people| people.get(at).cloned())
    }
}

fn add(editor: Editor, line: Line, recipients: Vec<String>) {
    if !recipients.is_empty() {
        line.done.update(|done| {
            for recipient in recipients {
                if !done.contains(&recipient) {
                    done.push(recipient);
                }
            }
        });
        editor.changed();
    }
}

fn take(editor: Editor, line: Line, offer: Offer, person: &RecipientSuggestion) {
    line.typed.set(String::new());
    offer.close();
    add(editor, line, vec![pills::written(&person.name, &person.address)]);
}

/// What is being typed is complete.
fn commit(editor: Editor, line: Line, offer: Offer) {
    let typed = line.typed.with_untracked(|typed| pills::cut_all(typed));
    line.typed.set(String::new());
    offer.close();
    add(editor, line, typed);
}

fn typed(editor: Editor, line: Line, offer: Offer, text: &str) {
    let cut = pills::cut(text);
    line.typed.set(cut.rest.trim_start().to_owned());
    offer.ask(cut.rest);
    editor.touched();
    add(editor, line, cut.done);
}

fn keys(editor: Editor, line: Line, offer: Offer, event: &KeyboardEvent) {
    let offering = offer.people.with_untracked(|people| !people.is_empty());
    let empty = line.typed.with_untracked(|typed| typed.trim().is_empty());
    match event.key().as_str() {
        "ArrowDown" if offering => offer.step(true),
        "ArrowUp" if offering => offer.step(false),
        "Enter" if event.ctrl_key() || event.meta_key() => {
            commit(editor, line, offer);
            return;
        }
        "Enter" | "Tab" if offer.chosen().is_some() => {
            if let Some(person) = offer.chosen() {
                take(editor, line, offer, &person);
            }
        }
        "Enter" if !empty => commit(editor, line, offer),
        "Enter" => {}
        "Escape" if offering => offer.close(),
        "Backspace" if line.typed.with_untracked(String::is_empty) => {
            if line.done.try_update(Vec::pop).flatten().is_some() {
                editor.changed();
            }
        }
        _ => return,
    }
    event.prevent_default();
}

#[component]
fn LineField(editor: Editor, line: Line, label: &'static str) -> impl IntoView {
    let name = line_name(line.kind);
    let offer = Offer {
        scope: Scope::here(),
        people: RwSignal::new(Vec::new()),
        active: RwSignal::new(None),
        asked: StoredValue::new(0),
    };
    let field = NodeRef::<html::Input>::new();
    let (id, list_id) = (unique("line"), unique("people"));
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let active_id = option_id.clone();
    let to_field = move |_| {
        if let Some(field) = field.get_untracked() {
            focus(&field);
        }
    };
    view! {
        <label for=id.clone()>{label}</label>
        <div class="pills" on:click=to_field>
            <For each=move || line.done.get() key=Clone::clone let:recipient>
                <Pill editor line recipient />
            </For>
            <div class="pill-input">
                <input
                    node_ref=field
                    id=id
                    type="text"
                    role="combobox"
                    data-testid=format!("{name}-input")
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-autocomplete="list"
                    aria-controls=list_id.clone()
                    aria-expanded=move || {
                        offer.people.with(|people| !people.is_empty()).to_string()
                    }
                    aria-activedescendant=move || offer.active.get().map(&active_id)
                    prop:value=move || line.typed.get()
                    on:input=move |event| typed(editor, line, offer, &value_of(&event))
                    on:keydown=move |event| keys(editor, line, offer, &event)
                    on:blur=move |_| commit(editor, line, offer)
                />
                <Suggestions editor line offer list_id option_id=Callback::new(option_id) />
            </div>
        </div>
    }
}

#[component]
fn Suggestions(
    editor: Editor,
    line: Line,
    offer: Offer,
    list_id: String,
    option_id: Callback<usize, String>,
) -> impl IntoView {
    let options = move || {
        let people = offer.people.get();
        people
            .into_iter()
            .enumerate()
            .map(|(at, person)| {
                let chosen = person.clone();
                view! {
                    <li
                        id=option_id.run(at)
                        role="option"
                        data-testid="recipient-suggestion"
                        data-address=person.address.clone()
                        aria-selected=move || (offer.active.get() == Some(at)).to_string()
                        // The field keeps the focus: leaving it would take what is typed.
                        on:pointerdown=move |event| {
                            event.prevent_default();
                            take(editor, line, offer, &chosen);
                        }
                    >
                        <span class="suggestion-name">
                            {words::compose::person(&person.name, &person.address)}
                        </span>
                        <span class="address">{person.address.clone()}</span>
                        <span class="tag" data-tone=if person.can_seal { "safe" } else { "warn" }>
                            {words::compose::can_seal(person.can_seal)}
                        </span>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <ul
            id=list_id
            class="suggestions"
            class:hidden=move || offer.people.with(Vec::is_empty)
            role="listbox"
            aria-label=words::compose::KNOWN_PEOPLE
            data-testid="recipient-suggestions"
        >
            {options}
        </ul>
    }
}

/// How far the plan for a recipient is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outlook {
    Checking,
    Sealed,
    Stopped(ErrorCode),
}

impl Outlook {
    pub(super) fn of(plan: Option<&RecipientPlan>) -> Self {
        match plan {
            None => Self::Checking,
            Some(RecipientPlan { blocked: None, .. }) => Self::Sealed,
            Some(RecipientPlan { blocked: Some(code), .. }) => Self::Stopped(*code),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Sealed => "sealed",
            Self::Stopped(ErrorCode::RecipientKeyMissing) => "no-key",
            Self::Stopped(ErrorCode::RecipientInvalid) => "invalid",
            Self::Stopped(_) => "blocked",
        }
    }

    fn icon(self) -> Name {
        match self {
            Self::Checking => Name::Clock,
            Self::Sealed => Name::Seal,
            Self::Stopped(ErrorCode::RecipientKeyMissing) => Name::Key,
            Self::Stopped(_) => Name::Alert,
        }
    }
}

fn line_name(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::To => "to",
        RecipientKind::Cc => "cc",
        RecipientKind::Bcc => "bcc",
    }
}

#[component]
fn Pill(editor: Editor, line: Line, recipient: String) -> impl IntoView {
    let typed = recipient.clone();
    let outlook = Memo::new(move |_| {
        editor.plan.with(|plan| {
            Outlook::of(plan.as_ref().and_then(|plan| {
                plan.recipients.iter().find(|one| one.kind == line.kind && one.typed == typed)
            }))
        })
    });
    let label = pills::label(&recipient);
    let address = pills::address(&recipient).to_owned();
    let remove = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        line.done.update(|done| done.retain(|one| *one != recipient));
        editor.changed();
    };
    view! {
        <span
            class="pill"
            data-testid="recipient-pill"
            data-line=line_name(line.kind)
            data-address=address.clone()
            data-plan=move || outlook.get().name()
            title=move || words::compose::pill(&address, outlook.get())
        >
            {move || view! { <Icon name=outlook.get().icon() /> }}
            <span class="pill-name">{label.clone()}</span>
            <small>{move || words::compose::outlook(outlook.get())}</small>
            <button
                type="button"
                class="pill-remove"
                data-testid="recipient-remove"
                aria-label=words::compose::remove(&label)
                on:click=remove
            >
                <Icon name=Name::Close />
            </button>
        </span>
    }
}
