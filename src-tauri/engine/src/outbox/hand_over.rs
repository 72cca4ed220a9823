//! Hands one delivery group to the provider and keeps the answer. Must not decide whether it may go.

use std::sync::Arc;

use wardmail_api::ErrorCode;
use wardmail_audit::Event;
use wardmail_store::{self as store, DeliveryState};
use wardmail_transport::{Beside, NotSent, Phase, Submission, SubmitOutcome, submit_beside};

use crate::{
    accounts, clock,
    error::Error,
    network::{self, Route},
    session::Session,
};

/// What came of handing over one group.
pub(super) enum Handed {
    Sent,
    Later(ErrorCode),
    Refused(ErrorCode),
    Uncertain,
}

/// Hands one group over, and records `begun` with its mark. It is marked right before the first byte of the message leaves: a program that
/// dies later finds it marked and asks instead of sending twice, and one that dies earlier sends it.
pub(super) async fn hand_over(
    session: &Arc<Session>,
    route: &Route,
    group: &store::DeliveryGroup,
    begun: Option<Event>,
) -> Result<Handed, Error> {
    let id = group.id;
    let bytes = session.read(move |dao| Ok(dao.group_bytes(id)?)).await?;
    let mut unmarked = None;
    let before_content = async {
        let marked = mark_begun(session, id, begun).await;
        unmarked = marked.err();
        unmarked.is_none()
    };
    let submission =
        Submission { from: &group.envelope_from, recipients: &group.recipients, bytes: &bytes };
    // A lock that can't wait gives up before the final dot with a known outcome, after it with none.
    let stop = session.locking_now.cancelled();
    let outcome = submit_beside(
        &route.smtp,
        &route.login,
        &route.trust,
        &route.deadlines,
        &submission,
        Beside { stop, before_content },
    )
    .await;
    if let Some(error) = unmarked {
        return Err(error);
    }
    let (handed, state, reply) = match outcome {
        SubmitOutcome::Accepted { code, reply, tls } => {
            session.note_connection(|c| c.tls = Some(accounts::tls_name(&tls)));
            (Handed::Sent, DeliveryState::Sent, format!("{code} {reply}"))
        }
        SubmitOutcome::Rejected { code, permanent: true } => {
            (Handed::Refused(ErrorCode::MessageRefused), DeliveryState::Failed, code.to_string())
        }
        SubmitOutcome::Rejected { code, permanent: false } => {
            (Handed::Later(ErrorCode::ServerRefused), DeliveryState::Waiting, code.to_string())
        }
        SubmitOutcome::NotSent(not_sent) => {
            let code = network::submit_code(&not_sent);
            let reply = not_sent.code.map(|c| c.to_string()).unwrap_or_default();
            if is_about_message(&not_sent) {
                (Handed::Refused(code), DeliveryState::Failed, reply)
            } else {
                (Handed::Later(code), DeliveryState::Waiting, reply)
            }
        }
        _ => (Handed::Uncertain, DeliveryState::Uncertain, String::new()),
    };
    mark(session, id, state, reply).await?;
    Ok(handed)
}

/// Whether the server doesn't want this message, now or later. What it says before it heard of any
/// message (its greeting, the login) is not the message's fault: that waits until it is put right.
fn is_about_message(not_sent: &NotSent) -> bool {
    let heard = !matches!(not_sent.phase, Phase::Connect | Phase::Greeting | Phase::Login);
    not_sent.permanent && not_sent.cause.is_none() && heard
}

/// Marks a group as on its way, and records that, as one.
async fn mark_begun(
    session: &Session,
    id: store::GroupId,
    begun: Option<Event>,
) -> Result<(), Error> {
    let evidence = session.evidence;
    session
        .write(move |dao| {
            dao.set_group(id, DeliveryState::Sending, "", clock::now_ms())?;
            begun.map_or(Ok(()), |begun| evidence.record(dao, begun))
        })
        .await
}

async fn mark(
    session: &Session,
    id: store::GroupId,
    state: DeliveryState,
    reply: String,
) -> Result<(), Error> {
    session.write(move |dao| Ok(dao.set_group(id, state, &reply, clock::now_ms())?)).await
}
