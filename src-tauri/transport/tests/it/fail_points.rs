//! Judges the named points: that each exists, and stops a submission where it says.

#![cfg(feature = "failpoints")]

use wardmail_transport::{NotSent, Phase, Submission, SubmitOutcome, submit};

use crate::script::{Scripted, credentials, patient};

#[tokio::test]
async fn an_armed_point_stops_a_submission_before_anything_is_said() {
    let scenario = fail::FailScenario::setup();
    fail::cfg("smtp::connect", "return").unwrap();
    let scripted = Scripted::play(vec![]).await;
    let recipients = ["bob@far.example".to_owned()];
    let submission =
        Submission { from: "ann@clinic.example", recipients: &recipients, bytes: b"x\r\n" };
    let outcome =
        submit(&scripted.server, &credentials(), &scripted.trust, &patient(), &submission).await;
    assert!(
        matches!(outcome, SubmitOutcome::NotSent(NotSent { phase: Phase::Connect, .. })),
        "{outcome:?}"
    );
    scenario.teardown();
}
