//! Entries as FHIR R4 `AuditEvent` resources (<https://hl7.org/fhir/R4/auditevent.html>).
//!
//! Types are of the DICOM vocabulary that R4 names; what happened exactly is a subtype in this program's own code system.
//! Nobody is named: the agent is the owner of the log, by the log's random id.

use serde_json::{Value, json};

use crate::event::{EventKind, ObjectKind, OpaqueId, Outcome, Reason};
use crate::record::Record;
use crate::words::{name, utc};

/// The DICOM vocabulary (PS3.16, annex D).
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
/// This program's kinds of events: a UUID drawn once, because nobody answers for a web address.
const KINDS: &str = "urn:uuid:6f1d4c0e-53a2-4f0b-9b86-2f6d1f3f8a77";
const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem/";

/// One entry, without a line end.
pub(super) fn resource(record: &Record, log: &OpaqueId) -> String {
    let event = record.event();
    let (sort, subsort) = dicom(event.kind());
    let kind = name(&event.kind());
    let own = coding(KINDS, &kind, &kind.replace('_', " "));
    let subtypes: Vec<Value> = subsort
        .map(|(code, display)| coding(DICOM, code, display))
        .into_iter()
        .chain([own])
        .collect();
    let mut resource = json!({
        "resourceType": "AuditEvent",
        "id": format!("{log}-{}", record.seq()),
        "type": coding(DICOM, sort.0, sort.1),
        "subtype": subtypes,
        "action": action(event.kind()),
        "recorded": utc(record.stamp().utc_ms),
        "outcome": outcome(event.outcome()),
        "agent": [{ "who": { "identifier": { "value": log.to_string() } }, "requestor": requested(event.picked_reason()) }],
        "source": {
            "observer": { "display": "Wardmail" },
            "type": [coding(&format!("{TERMINOLOGY}security-source-type"), "1", "User Device")],
        },
        "entity": entities(record, log),
    });
    if let Some(fields) = resource.as_object_mut() {
        if let Some(code) = event.error_code() {
            fields.insert("outcomeDesc".to_owned(), code.into());
        }
        if let Some(reason) = event.picked_reason() {
            let text = name(&reason).replace('_', " ");
            fields.insert("purposeOfEvent".to_owned(), json!([{ "text": text }]));
        }
    }
    resource.to_string()
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": system, "code": code, "display": display })
}

type Term = (&'static str, &'static str);

const ACTIVITY: Term = ("110100", "Application Activity");
const LOG_USED: Term = ("110101", "Audit Log Used");
const EXPORT: Term = ("110106", "Export");
const IMPORT: Term = ("110107", "Import");
const QUERY: Term = ("110112", "Query");
const ALERT: Term = ("110113", "Security Alert");
const AUTHENTICATION: Term = ("110114", "User Authentication");

/// The type in the DICOM vocabulary that comes nearest, and a subtype where there is one.
const fn dicom(kind: EventKind) -> (Term, Option<Term>) {
    match kind {
        EventKind::Unlock | EventKind::UnlockFailed => (AUTHENTICATION, Some(("110122", "Login"))),
        EventKind::Lock => (AUTHENTICATION, Some(("110123", "Logout"))),
        EventKind::RecoveryUsed => (ALERT, Some(("110127", "Emergency Override Started"))),
        EventKind::AccessChange | EventKind::KeyChange | EventKind::CertChange => {
            (ALERT, Some(("110137", "User Security Attributes Changed")))
        }
        EventKind::PolicyChange | EventKind::ProviderAttested => {
            (ALERT, Some(("110131", "Software Configuration")))
        }
        EventKind::AccountChange => (ALERT, Some(("110128", "Network Configuration"))),
        EventKind::Override | EventKind::Gap | EventKind::DecryptFailed => (ALERT, None),
        EventKind::Search => (QUERY, None),
        EventKind::Export
        | EventKind::SaveAttachment
        | EventKind::Print
        | EventKind::Send
        | EventKind::Backup => (EXPORT, None),
        EventKind::Import | EventKind::SyncBatch => (IMPORT, None),
        EventKind::AuditNotice => (LOG_USED, None),
        EventKind::ProfileCreated
        | EventKind::View
        | EventKind::Decrypt
        | EventKind::SendDecision
        | EventKind::ConsentChange
        | EventKind::Delete
        | EventKind::KeepingChange
        | EventKind::SyncError => (ACTIVITY, None),
    }
}

/// Create, read, update, delete or execute (<http://hl7.org/fhir/audit-event-action>).
const fn action(kind: EventKind) -> &'static str {
    match kind {
        EventKind::ProfileCreated | EventKind::Import | EventKind::SyncBatch => "C",
        EventKind::View | EventKind::Decrypt | EventKind::DecryptFailed => "R",
        EventKind::AccessChange
        | EventKind::KeyChange
        | EventKind::CertChange
        | EventKind::PolicyChange
        | EventKind::AccountChange
        | EventKind::ProviderAttested
        | EventKind::ConsentChange
        | EventKind::KeepingChange => "U",
        EventKind::Delete => "D",
        EventKind::Unlock
        | EventKind::UnlockFailed
        | EventKind::Lock
        | EventKind::RecoveryUsed
        | EventKind::Search
        | EventKind::SendDecision
        | EventKind::Send
        | EventKind::Override
        | EventKind::Print
        | EventKind::SaveAttachment
        | EventKind::Export
        | EventKind::SyncError
        | EventKind::Backup
        | EventKind::AuditNotice
        | EventKind::Gap => "E",
    }
}

/// Success, minor or serious failure (<http://hl7.org/fhir/audit-event-outcome>).
const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "0",
        Outcome::Refused | Outcome::Uncertain => "4",
        Outcome::Failure => "8",
    }
}

/// Whether the owner asked for it, rather than the program by itself.
const fn requested(reason: Option<Reason>) -> bool {
    !matches!(reason, Some(Reason::Idle | Reason::SystemRequest | Reason::Policy))
}

/// What it happened to, and where it stands in the log.
fn entities(record: &Record, log: &OpaqueId) -> Value {
    let event = record.event();
    let place = [
        ("seq", record.seq().to_string()),
        ("boot", record.stamp().boot.to_string()),
        ("mono_ms", record.stamp().mono_ms.to_string()),
        ("prev", hex::encode(record.prev())),
        ("hash", hex::encode(record.hash())),
    ];
    let route = event.taken_route().map(|route| ("route".to_owned(), name(&route)));
    let counts = event.counts().iter().map(|(count, number)| (name(count), number.to_string()));
    let keys = event.used_keys().iter().map(|key| ("key".to_owned(), key.to_string()));
    let details: Vec<Value> = place
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .chain(route)
        .chain(counts)
        .chain(keys)
        .map(|(key, value)| json!({ "type": key, "valueString": value }))
        .collect();
    let mut entities = vec![json!({
        "what": { "identifier": { "value": format!("{log}-{}", record.seq()) } },
        "type": coding(&format!("{TERMINOLOGY}audit-entity-type"), "2", "System Object"),
        "role": coding(&format!("{TERMINOLOGY}object-role"), "13", "Security Resource"),
        "detail": details,
    })];
    if let Some((kind, id)) = event.object_id() {
        entities.push(json!({
            "what": { "identifier": { "value": id.to_string() } },
            "type": coding(&format!("{TERMINOLOGY}audit-entity-type"), "2", "System Object"),
            "role": object_role(kind),
            "description": name(&kind),
        }));
    }
    Value::Array(entities)
}

fn object_role(kind: ObjectKind) -> Value {
    let (code, display) = match kind {
        ObjectKind::Message | ObjectKind::Draft => ("3", "Report"),
        ObjectKind::Account | ObjectKind::Contact => ("11", "Security User Entity"),
        ObjectKind::Folder | ObjectKind::Archive => ("17", "Data Repository"),
        ObjectKind::Key => ("13", "Security Resource"),
    };
    coding(&format!("{TERMINOLOGY}object-role"), code, display)
}
