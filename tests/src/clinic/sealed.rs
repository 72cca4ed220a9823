//! Mail that was encrypted: readable, with an attachment, from somebody unknown, to somebody else, and with a broken
//! signature.

use anyhow::Result;

use super::{COLLEAGUE, OWNER, OWNER_NAME, Sample};
use crate::correspondents::{Gpg, Letter, Sq, wrap};

/// Everything that is encrypted or signed, oldest first.
pub(super) fn samples(owner: &Gpg, colleague: &Gpg, stranger: &Sq) -> Result<Vec<Sample>> {
    let to_owner = |letter: &Letter<'_>| colleague.seal(letter, &[owner.fingerprint()]);
    let mut samples = vec![
        Sample::new(to_owner(&consult(
            "consult-1@hospital.example",
            "Tue, 17 Nov 2026 13:05:00 -0500",
            None,
            FIRST,
        ))?)
        .seen(),
        Sample::new(answer(owner, colleague)?).within("Sent"),
        Sample::new(to_owner(&consult(
            "consult-3@hospital.example",
            "Tue, 17 Nov 2026 16:48:00 -0500",
            Some("consult-2@clinic.example"),
            THIRD,
        ))?),
        Sample::new(with_attachment(owner, colleague)?),
        Sample::new(stranger.seal(&from_stranger(), &[&owner.certificate()?])?),
        Sample::new(to_somebody_else(colleague)?),
    ];
    samples.push(Sample::new(broken_signature(colleague)?));
    Ok(samples)
}

const FIRST: &str = "Dear Mei,\n\nyour patient was discharged this morning after an uneventful night. Blood pressure 128/76, rhythm regular, \
    no chest pain since Sunday. I have left the beta blocker as it was and halved the diuretic.\n\nCould you see him within \
    ten days, with a potassium and a creatinine?\n\nPriya\n";
const SECOND: &str = "Dear Priya,\n\nthank you. He has an appointment on the 25th; bloods the day before.\n\nShould he go on with the evening dose?\n\nMei\n";
const THIRD: &str = "Yes, please, unless he gets dizzy when he stands up. Then call me.\n\nPriya\n";

fn consult<'a>(id: &'a str, date: &'a str, answers: Option<&'a str>, body: &'a str) -> Letter<'a> {
    Letter {
        from: "Priya Raman <priya.raman@hospital.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject: if answers.is_some() {
            "Re: Discharge of your patient"
        } else {
            "Discharge of your patient"
        },
        body,
        date,
        message_id: id,
        in_reply_to: answers,
    }
}

fn answer(owner: &Gpg, colleague: &Gpg) -> Result<Vec<u8>> {
    let letter = Letter {
        from: "Mei Chen <mei.chen@clinic.example>",
        to: "Priya Raman <priya.raman@hospital.example>",
        subject: "Re: Discharge of your patient",
        body: SECOND,
        date: "Tue, 17 Nov 2026 15:20:00 -0500",
        message_id: "consult-2@clinic.example",
        in_reply_to: Some("consult-1@hospital.example"),
    };
    owner.seal(&letter, &[colleague.fingerprint(), owner.fingerprint()])
}

fn with_attachment(owner: &Gpg, colleague: &Gpg) -> Result<Vec<u8>> {
    let headers = format!(
        "From: Priya Raman <{COLLEAGUE}>\nTo: {OWNER_NAME} <{OWNER}>\nDate: Wed, 18 Nov 2026 10:12:00 -0500\n\
         Message-ID: <tracing-1@hospital.example>\nMIME-Version: 1.0\n"
    );
    let inside = format!(
        "{headers}Subject: Tracing of Tuesday\nHP-Outer: Subject: [...]\n\
         Content-Type: multipart/mixed; boundary=\"in\"; hp=\"cipher\"\n\n--in\nContent-Type: text/plain; charset=utf-8\n\n\
         Attached: the tracing, as numbers. Lead II is the one to look at.\n\nPriya\n\
         --in\nContent-Type: text/csv; name=\"tracing.csv\"\nContent-Disposition: attachment; filename=\"tracing.csv\"\n\n{}\n--in--\n",
        (0..200).fold(String::new(), |table, tick| format!(
            "{table}{},{}\n",
            tick * 4,
            (tick * 37 % 80) - 40
        ))
    );
    let armored = colleague
        .encrypt_and_sign(inside.replace('\n', "\r\n").as_bytes(), &[owner.fingerprint()])?;
    Ok(wrap(&format!("{headers}Subject: [...]\n"), &armored))
}

fn from_stranger() -> Letter<'static> {
    Letter {
        from: "Samuel Okafor <samuel.okafor@clinic.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject: "First encrypted message",
        body: "Hello Mei,\n\nI have set up encryption as well; my certificate is on the intranet. Does this reach you?\n\nSamuel\n",
        date: "Thu, 19 Nov 2026 12:30:00 -0500",
        message_id: "hello-1@clinic.example",
        in_reply_to: None,
    }
}

/// Encrypted to a key that the owner never had.
fn to_somebody_else(colleague: &Gpg) -> Result<Vec<u8>> {
    let lost = Sq::new(&format!("{OWNER_NAME} (old) <{OWNER}>"))?;
    colleague.import(&lost.certificate()?)?;
    let letter = Letter {
        from: "Priya Raman <priya.raman@hospital.example>",
        to: "Mei Chen <mei.chen@clinic.example>",
        subject: "For the conference",
        body: "My slides follow on Monday.\n",
        date: "Thu, 19 Nov 2026 17:03:00 -0500",
        message_id: "slides-1@hospital.example",
        in_reply_to: None,
    };
    colleague.seal(&letter, &[&lost.fingerprint()?])
}

/// Signed, and changed afterwards by whoever carried it.
fn broken_signature(colleague: &Gpg) -> Result<Vec<u8>> {
    let part = "Content-Type: text/plain; charset=utf-8\r\n\r\nThe case meeting is on Monday at 8:00, in room 2.\r\n";
    let signature = colleague.sign_detached(part.as_bytes())?;
    let changed = part.replace("8:00", "9:00");
    Ok(format!(
        "From: Priya Raman <{COLLEAGUE}>\nTo: {OWNER_NAME} <{OWNER}>\nSubject: Case meeting\nDate: Fri, 20 Nov 2026 08:00:00 -0500\n\
         Message-ID: <meeting-1@hospital.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=\"sig\"\n\n\
         --sig\n{changed}\n--sig\nContent-Type: application/pgp-signature; name=\"signature.asc\"\n\n{signature}\n--sig--\n"
    )
    .replace("\r\n", "\n")
    .replace('\n', "\r\n")
    .into_bytes())
}
