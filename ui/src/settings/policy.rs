//! The policy in force: every bounded value, who set it and why.

use leptos::prelude::*;
use wardmail_api::session::PolicySummary;
use wardmail_api::settings::PolicyRow;

use crate::controls::ErrorNote;
use crate::icons::{Icon, Name};
use crate::page::Panel;
use crate::words;

#[component]
pub(super) fn PolicyPanel(summary: PolicySummary, rows: Vec<PolicyRow>) -> impl IntoView {
    let trouble = summary.trouble;
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <PolicyLine row /> }).collect();
    let set_by = view! { <span class="why">{words::unlock::policy(&summary)}</span> }.into_any();
    view! {
        <Panel title=words::pages::POLICY beside=set_by>
            {trouble.map(|code| view! { <ErrorNote error=code.into() /> })}
            <p class="why">{words::pages::POLICY_TEXT}</p>
            <div class="table-frame" tabindex="0" role="group" aria-label=words::pages::POLICY>
                <table class="policy">
                    <thead>
                        <tr>
                            <th scope="col">{words::pages::SETTING}</th>
                            <th scope="col">{words::pages::VALUE}</th>
                            <th scope="col">{words::pages::SET_BY}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Panel>
    }
}

#[component]
fn PolicyLine(row: PolicyRow) -> impl IntoView {
    let PolicyRow { key, value, set_by, reason, locked } = row;
    let shown = key.clone();
    let value = words::pages::policy_value(&key, &value);
    view! {
        <tr data-testid="policy-row" data-key=key data-locked=locked.to_string()>
            <th scope="row">{words::pages::policy_key(&shown).to_owned()} <code>{shown.clone()}</code></th>
            <td>
                {locked
                    .then(|| {
                        view! {
                            <span class="mark" title=words::pages::LOCKED>
                                <Icon name=Name::Lock />
                                <span class="unseen">{words::pages::LOCKED}</span>
                            </span>
                        }
                    })} {value}
            </td>
            <td>{set_by} {reason.map(|reason| view! { <p class="why">{reason}</p> })}</td>
        </tr>
    }
}
