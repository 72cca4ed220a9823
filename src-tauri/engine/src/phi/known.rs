//! What is known of people: staff, roles, marks, the organisation's own domains and rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wardmail_api::phi::{
    KnownPeople, ListKnownPeople, MarkNotPatient, PersonRole, RoleView, SetPersonRole,
};
use wardmail_audit::{Code, Event, EventKind, Outcome};
use wardmail_phi::{Knowledge, KnownRole, RULESET_VERSION, Recipient};
use wardmail_policy::{Domain, PersonName};
use wardmail_store::{ReadDao, WriteDao};

use crate::{
    accounts,
    door::InSession,
    error::Error,
    policy_source::PolicyState,
    session::{Keys, Session},
};

/// The setting that holds what is known of people.
const PEOPLE: &str = "phi.people";
/// The most people with a role, and the most marks.
const MOST: usize = 10_000;
/// The longest name or address, in bytes.
const LONGEST: usize = 320;

/// What the owner said of people.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct People {
    roles: BTreeMap<String, (String, PersonRole)>,
    not_patients: BTreeSet<String>,
}

fn people(dao: &ReadDao<'_>) -> Result<People, Error> {
    match dao.setting(PEOPLE)? {
        None => Ok(People::default()),
        Some(json) => serde_json::from_str(&json).map_err(|_| Error::Internal("people")),
    }
}

/// What is known, made ready for a scan.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) knowledge: Knowledge,
    /// The same without recipients: what a file says doesn't depend on who gets it.
    pub(crate) for_files: Knowledge,
    pub(crate) policy: PolicyState,
    /// The domains that are the owner's own.
    own_domains: Vec<String>,
    /// Names the rules and the knowledge: what was found under others is stale.
    pub(crate) stamp: String,
    /// The version of all rules together, under which messages that came in are marked.
    pub(super) ruleset: u32,
}

impl Known {
    /// Puts together what is known, for mail to these addresses.
    pub(crate) async fn load(session: &Session, recipients: &[String]) -> Result<Self, Error> {
        let policy = session.policy().await?;
        let keys = session.keys().await;
        let people = session.read(people).await?;
        let own = accounts::first(session).await.ok().map(|account| account.settings.address);
        let site = session.site_rules.of(&policy);
        let mut known = Self::assemble(policy, &keys, &people, own.as_deref());
        known.ruleset = site.ruleset;
        known.for_files = known.for_files.site(site.rules);
        known.knowledge = known
            .for_files
            .clone()
            .recipients(recipients.iter().map(|address| known.recipient(address, &people)));
        Ok(known)
    }

    fn assemble(policy: PolicyState, keys: &Keys, people: &People, own: Option<&str>) -> Self {
        let settings = &policy.effective().settings;
        let internal = &settings.internal_domains.value;
        let colleagues = keys.book.others().filter(|known| {
            known.addresses.iter().any(|a| internal.iter().any(|domain| domain.holds(a)))
        });
        let mut staff: BTreeSet<&str> = colleagues.map(|known| known.name.as_str()).collect();
        staff.extend(settings.phi_staff.value.iter().map(PersonName::as_str));
        let mut own_domains: Vec<String> =
            internal.iter().map(|domain| domain.as_str().to_owned()).collect();
        own_domains.extend(own.and_then(domain));
        let mut knowledge = Knowledge::new()
            .staff(staff.iter().copied())
            .not_patients(people.not_patients.iter().map(String::as_str))
            .own_domains(internal.iter().map(Domain::as_str));
        for (name, role) in people.roles.values() {
            knowledge = knowledge.person(name, known_role(*role));
        }
        let stamp = stamp(&policy, &staff, people);
        let ruleset = RULESET_VERSION;
        Self {
            knowledge: knowledge.clone(),
            for_files: knowledge,
            policy,
            own_domains,
            stamp,
            ruleset,
        }
    }

    fn recipient(&self, address: &str, people: &People) -> Recipient {
        let role = people.roles.get(&normal(address)).map(|(_, role)| *role);
        Recipient { outside: !self.is_own(address), patient: role == Some(PersonRole::Patient) }
    }

    /// Whether an address is the organisation's own.
    pub(super) fn is_own(&self, address: &str) -> bool {
        domain(address).is_some_and(|domain| self.own_domains.contains(&domain))
    }
}

/// The domain of an address, in lower case.
pub(super) fn domain(address: &str) -> Option<String> {
    address.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase())
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

const fn known_role(role: PersonRole) -> KnownRole {
    match role {
        PersonRole::Staff => KnownRole::Staff,
        PersonRole::Provider => KnownRole::Provider,
        PersonRole::Business => KnownRole::Business,
        PersonRole::Patient => KnownRole::Patient,
    }
}

fn stamp(policy: &PolicyState, staff: &BTreeSet<&str>, people: &People) -> String {
    let effective = policy.effective();
    let domains: Vec<&str> =
        effective.settings.internal_domains.value.iter().map(Domain::as_str).collect();
    let everything =
        serde_json::json!([RULESET_VERSION, effective.site_rules(), domains, staff, people]);
    crate::tools::hex(&Sha256::digest(everything.to_string().as_bytes()))
}

/// Changes what is known, and records that it was, without whom it is about.
async fn change(
    session: &Session,
    code: &'static str,
    change: impl FnOnce(&mut People) + Send + 'static,
) -> Result<(), Error> {
    let event = Event::new(EventKind::PolicyChange, Outcome::Success).code(Code::new(code));
    let job = move |dao: &mut WriteDao<'_>| {
        let mut known = people(dao)?;
        change(&mut known);
        if known.roles.len() > MOST || known.not_patients.len() > MOST {
            return Err(Error::TooLarge);
        }
        let json = serde_json::to_string(&known).map_err(|_| Error::Internal("people"))?;
        Ok(dao.set_setting(PEOPLE, &json)?)
    };
    session.write_recorded(event, job).await
}

impl InSession for SetPersonRole {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        if !self.address.contains('@') || self.address.len().max(self.name.len()) > LONGEST {
            return Err(Error::InvalidRequest);
        }
        change(session, "person_role", move |people| {
            let address = normal(&self.address);
            match self.role {
                Some(role) => drop(people.roles.insert(address, (self.name, role))),
                None => drop(people.roles.remove(&address)),
            }
        })
        .await
    }
}

impl InSession for MarkNotPatient {
    async fn answer_in(self, session: &Arc<Session>) -> Result<(), Error> {
        let name = self.name.trim().to_owned();
        if name.len() > LONGEST || !name.chars().any(char::is_alphabetic) {
            return Err(Error::InvalidRequest);
        }
        change(session, "phi_mark", move |people| {
            if self.marked {
                people.not_patients.insert(name);
            } else {
                people.not_patients.remove(&name);
            }
        })
        .await
    }
}

impl InSession for ListKnownPeople {
    async fn answer_in(self, session: &Arc<Session>) -> Result<KnownPeople, Error> {
        let people = session.read(people).await?;
        let view = |(address, (name, role)): (String, (String, PersonRole))| RoleView {
            address,
            name,
            role,
        };
        Ok(KnownPeople {
            roles: people.roles.into_iter().map(view).collect(),
            not_patients: people.not_patients.into_iter().collect(),
        })
    }
}
