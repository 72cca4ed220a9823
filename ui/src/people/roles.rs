//! Who people are to the practice, as the owner says: the check of what is written goes by it.

use leptos::prelude::*;
use wardmail_api::phi::{PersonRole, RoleView, SetPersonRole};

use super::People;
use crate::controls::{Button, Field, Form, FormError, Look, Submit};
use crate::dialog::Dialog;
use crate::icons::Name;
use crate::page::{Nothing, Panel, cards};
use crate::{backend, words};

/// What somebody can be, and the test id of each choice.
const ROLES: [(PersonRole, &str); 4] = [
    (PersonRole::Staff, "role-staff"),
    (PersonRole::Provider, "role-provider"),
    (PersonRole::Business, "role-business"),
    (PersonRole::Patient, "role-patient"),
];

/// Of whom it is being said.
#[derive(Clone, Debug, Default)]
pub(super) struct Somebody {
    address: String,
    name: String,
    role: Option<PersonRole>,
}

impl People {
    /// Asks who somebody is, by what is known already.
    pub(super) fn ask_who(self, address: String, name: String) {
        let known = self.roles.with_untracked(|roles| {
            let all = roles.ready()?;
            all.iter().find(|one| one.address.eq_ignore_ascii_case(address.trim())).cloned()
        });
        self.asked.set(Some(match known {
            Some(RoleView { address, name, role }) => Somebody { address, name, role: Some(role) },
            None => Somebody { address, name, role: None },
        }));
    }

    fn take_role_back(self, one: RoleView) {
        let RoleView { address, name, role } = one;
        let say = move |role| SetPersonRole { address: address.clone(), name: name.clone(), role };
        let said = words::people::role_gone(who(&say(None).name, &say(None).address));
        let (gone, again) = (say(None), say(Some(role)));
        self.undoably(gone, said, move || self.tell(again.clone()));
    }
}

/// The name, or the address where there is none.
fn who<'a>(name: &'a str, address: &'a str) -> &'a str {
    if name.trim().is_empty() { address } else { name }
}

#[component]
pub(super) fn Roles(people: People) -> impl IntoView {
    let add = view! {
        <span class="space"></span>
        <Button
            testid="role-add"
            label=words::people::ADD_ROLE
            on_press=move |()| people.asked.set(Some(Somebody::default()))
        />
    }
    .into_any();
    let nothing = Nothing {
        icon: Name::People,
        title: words::people::NO_ROLES,
        text: words::people::NO_ROLES_TEXT,
        testid: "roles-empty",
    };
    let on_retry = Callback::new(move |()| people.load());
    view! {
        <Panel title=words::people::ROLES testid="roles" beside=add>
            <p class="why">{words::people::ROLES_TEXT}</p>
            {cards(people.roles, on_retry, nothing, move |one| view! { <RoleLine people one /> })}
        </Panel>
        {move || people.asked.get().map(|one| view! { <RoleDialog people one /> })}
    }
}

#[component]
fn RoleLine(people: People, one: RoleView) -> impl IntoView {
    let shown = who(&one.name, &one.address).to_owned();
    let (role, row) = (one.role, one.clone());
    let RoleView { address, name, .. } = one;
    let (in_row, on_screen) = (address.clone(), address.clone());
    view! {
        <li
            class="card-row"
            data-testid="role-row"
            data-address=in_row
            data-role=format!("{role:?}").to_lowercase()
        >
            <div class="card-main">
                <b>{shown.clone()}</b>
                <span class="tag" data-tone="info">{words::people::role(role)}</span>
                <span class="address">{on_screen}</span>
            </div>
            <div class="card-choices">
                <Button
                    testid="role-change"
                    label=words::people::CHANGE_ROLE
                    spoken=words::people::change_role_of(&shown)
                    on_press=move |()| people.ask_who(address.clone(), name.clone())
                />
                <Button
                    testid="role-remove"
                    label=words::people::TAKE_BACK
                    spoken=words::people::take_back_role_of(&shown)
                    look=Look::Quiet
                    on_press=move |()| people.take_role_back(row.clone())
                />
            </div>
        </li>
    }
}

#[component]
fn RoleDialog(people: People, one: Somebody) -> impl IntoView {
    let form = Form::within(people.mail.scope);
    let is_new = one.address.is_empty();
    let (name, address) = (RwSignal::new(one.name), RwSignal::new(one.address));
    let chosen = RwSignal::new(one.role);
    let stuck = Signal::derive(move || {
        chosen.with(Option::is_none) || !address.with(|address| address.contains('@'))
    });
    let close = Callback::new(move |()| people.asked.set(None));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = SetPersonRole {
            address: address.get_untracked(),
            name: name.get_untracked().trim().to_owned(),
            role: chosen.get_untracked(),
        };
        form.send(backend::call(request), move |()| {
            people.changed();
            close.run(());
        });
    };
    let choices = ROLES.map(|(role, testid)| {
        view! {
            <label class="check">
                <input
                    type="radio"
                    name="role"
                    data-testid=testid
                    prop:checked=move || chosen.get() == Some(role)
                    on:change=move |_| chosen.set(Some(role))
                />
                <span>{words::people::role(role)}</span>
            </label>
        }
    });
    let fixed = address.get_untracked();
    view! {
        <Dialog title=words::people::ROLE_TITLE testid="role-dialog" on_close=close>
            <form on:submit=submit>
                {if is_new {
                    view! {
                        <Field
                            label=words::people::ROLE_ADDRESS
                            testid="role-address"
                            kind="email"
                            value=address
                            autofocus=true
                        />
                    }
                    .into_any()
                } else {
                    view! { <p class="address">{fixed}</p> }.into_any()
                }}
                <Field
                    label=words::people::ROLE_NAME
                    testid="role-name"
                    value=name
                    hint=words::people::ROLE_NAME_WHY
                />
                <fieldset class="choices">
                    <legend>{words::people::ROLE_IS}</legend>
                    {choices.collect_view()}
                </fieldset>
                <FormError error=form.error />
                <div class="form-end">
                    <Button testid="role-cancel" label=words::CANCEL on_press=close />
                    <Submit
                        testid="role-submit"
                        busy=form.busy
                        label=words::people::ROLE_SAVE
                        busy_label=words::LOADING
                        disabled=stuck
                    />
                </div>
            </form>
        </Dialog>
    }
}
