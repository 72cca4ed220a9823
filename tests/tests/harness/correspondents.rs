//! gpg and sq read each other: neither is tried against itself.

use wardmail_tests::{Gpg, Letter, Sq};

const LETTER: Letter<'_> = Letter {
    from: "Priya Raman <priya.raman@hospital.example>",
    to: "Mei Chen <mei.chen@clinic.example>",
    subject: "Consult",
    body: "Results are in.\nn\u{e4}chste Woche\n",
    date: "Sat, 21 Nov 2026 09:30:00 -0500",
    message_id: "consult-1@hospital.example",
    in_reply_to: None,
};

#[test]
fn sq_reads_what_gpg_wrote() {
    let gpg = Gpg::new("Priya Raman <priya.raman@hospital.example>").unwrap();
    let sq = Sq::new("Mei Chen <mei.chen@clinic.example>").unwrap();
    gpg.import(&sq.certificate().unwrap()).unwrap();
    let raw = gpg.seal(&LETTER, &["mei.chen@clinic.example"]).unwrap();
    assert!(!String::from_utf8_lossy(&raw).contains("Results"));
    let opened = sq.open(&raw, &gpg.certificate().unwrap()).unwrap();
    assert_eq!(opened.content, LETTER.inside());
    assert_eq!(opened.signer.as_deref(), Some(gpg.fingerprint()));
    let stranger = Sq::new("Somebody <somebody@elsewhere.example>").unwrap();
    assert!(stranger.open(&raw, &gpg.certificate().unwrap()).is_err());
    assert!(sq.open(&raw, &stranger.certificate().unwrap()).is_err());
}

#[test]
fn gpg_reads_what_sq_wrote() {
    let gpg = Gpg::new("Priya Raman <priya.raman@hospital.example>").unwrap();
    let sq = Sq::new("Mei Chen <mei.chen@clinic.example>").unwrap();
    let raw = sq.seal(&LETTER, &[&gpg.certificate().unwrap()]).unwrap();
    let unknown = gpg.open(&raw).unwrap();
    assert_eq!((unknown.content.as_slice(), unknown.signer), (LETTER.inside().as_slice(), None));
    gpg.import(&sq.certificate().unwrap()).unwrap();
    assert!(gpg.open(&raw).unwrap().signer.is_some());
    let stranger = Gpg::new("Somebody <somebody@elsewhere.example>").unwrap();
    assert!(stranger.open(&raw).is_err());
}
