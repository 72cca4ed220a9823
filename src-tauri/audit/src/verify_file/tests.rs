//! Exports, and what can be done to a file.

use std::io::{BufReader, Read as _};

use proptest::prelude::*;

use super::*;
use crate::checkpoint::Signer;
use crate::event::{Event, EventKind, Outcome};
use crate::export::Export;
use crate::record::{Chain, Record, Stamp};

fn log() -> OpaqueId {
    OpaqueId::from_random([1; 16])
}

/// A log of `sessions` unlocks with `each` entries, a checkpoint at the end of each, signed or not.
struct Sample {
    records: Vec<Record>,
    checkpoints: Vec<Checkpoint>,
    signer: Signer,
    fingerprint: Fingerprint,
}

fn sample(sessions: u64, each: u64) -> Sample {
    let mut signer = Signer::generate().unwrap();
    let fingerprint = signer.public_key().fingerprint();
    let mut head = Head::genesis(&log());
    let (mut records, mut checkpoints) = (Vec::new(), Vec::new());
    for session in 0..sessions {
        for mono_ms in 0..each {
            let boot = OpaqueId::from_random([u8::try_from(session).unwrap(); 16]);
            let stamp = Stamp { boot, utc_ms: 1_795_291_200_000, mono_ms };
            let record =
                Chain::append(&head, Event::new(EventKind::View, Outcome::Success), &stamp);
            head = record.head();
            records.push(record);
        }
        let (checkpoint, next) = signer.checkpoint(&log(), head, 1_795_291_200_000).unwrap();
        checkpoints.push(checkpoint);
        signer = next;
    }
    Sample { records, checkpoints, signer, fingerprint }
}

impl Sample {
    fn export(&self, from: usize, signed: bool) -> Vec<u8> {
        let mut export = Export::new(Vec::new(), log());
        let first = self.records.get(from).map_or(u64::MAX, Record::seq);
        let (early, late): (Vec<_>, Vec<_>) =
            self.checkpoints.iter().partition(|c| c.head().seq < first);
        if signed {
            for checkpoint in early {
                export.checkpoint(checkpoint).unwrap();
            }
        }
        for record in &self.records[from..] {
            export.record(record).unwrap();
            if signed {
                for checkpoint in late.iter().filter(|c| c.head().seq == record.seq()) {
                    export.checkpoint(checkpoint).unwrap();
                }
            }
        }
        export.finish(1_795_291_200_000, signed.then_some(&self.signer)).unwrap()
    }
}

fn check(file: &[u8], pin: Option<Fingerprint>) -> LogReport {
    verify_file(file, Expected::default(), pin).unwrap()
}

fn lines(file: &[u8]) -> Vec<String> {
    std::str::from_utf8(file).unwrap().lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    text.into_bytes()
}

fn found(file: &[u8], pin: Option<Fingerprint>) -> Tampering {
    check(file, pin).report.finding.unwrap().tampering
}

#[test]
fn a_whole_signed_export_is_clean() {
    let sample = sample(3, 5);
    let report = check(&sample.export(0, true), Some(sample.fingerprint));
    assert_eq!(report.report.finding, None);
    assert_eq!((report.report.good, report.signed_to), (15, Some(15)));
    assert_eq!((report.signature, report.key), (SignatureState::Signed, Some(sample.fingerprint)));
    assert_eq!(report.log, Some(log()));
}

#[test]
fn a_hash_in_other_letters_is_not_the_entry_that_was_written() {
    let sample = sample(2, 3);
    let file = lines(&sample.export(0, true));
    let digits = file[1].rfind("\"hash\":\"").unwrap() + "\"hash\":\"".len();
    let letters = file[1].match_indices(|letter| ('a'..='f').contains(&letter));
    let mut tried = 0;
    for (at, letter) in letters.filter(|(at, _)| *at >= digits) {
        let mut changed = file.clone();
        changed[1].replace_range(at..=at, &letter.to_uppercase());
        assert_eq!(found(&joined(&changed), None), Tampering::Edited, "{at}");
        tried += 1;
    }
    assert!(tried > 0);
}

#[test]
fn a_part_of_a_log_is_clean_and_says_where_it_begins() {
    let sample = sample(3, 5);
    let report = check(&sample.export(7, true), Some(sample.fingerprint));
    assert_eq!(
        (report.report.finding, report.report.first, report.report.good),
        (None, Some(8), 8)
    );
    assert_eq!(report.signature, SignatureState::Signed);
}

#[test]
fn an_unsigned_export_says_so() {
    let sample = sample(2, 3);
    let report = check(&sample.export(0, false), None);
    assert_eq!(
        (report.report.finding, report.signature, report.key),
        (None, SignatureState::Unsigned, None)
    );
    assert_eq!(found(&sample.export(0, false), Some(sample.fingerprint)), Tampering::BadSignature);
    assert_eq!(
        check(&Export::new(Vec::new(), log()).finish(0, None).unwrap(), None).report.finding,
        None
    );
}

#[test]
fn anothers_signature_is_told_apart() {
    let (ours, theirs) = (sample(2, 3), sample(2, 3));
    assert_eq!(found(&theirs.export(0, true), Some(ours.fingerprint)), Tampering::ForeignKey);
}

#[test]
fn what_is_missing_is_named() {
    let sample = sample(2, 4);
    let pin = Some(sample.fingerprint);
    let whole = lines(&sample.export(0, true));
    // 4 entries, checkpoint, 4 entries, checkpoint, trailer.
    assert_eq!(whole.len(), 11);
    let without = |range: std::ops::Range<usize>| {
        let mut lines = whole.clone();
        lines.drain(range);
        found(&joined(&lines), pin)
    };
    assert_eq!(without(10..11), Tampering::NoTrailer);
    assert_eq!(without(0..2), Tampering::Cut { missing: 2 });
    assert_eq!(without(1..3), Tampering::Cut { missing: 2 });
    assert_eq!(without(7..9), Tampering::Shortened { missing: 2 });
    assert_eq!(without(4..5), Tampering::BadCheckpoint);
    assert_eq!(without(9..10), Tampering::TrailerMismatch);
    let twice = [whole.clone(), whole.clone()].concat();
    assert_eq!(found(&joined(&twice), pin), Tampering::AfterTrailer);
}

#[test]
fn entries_of_another_log_under_this_trailer_are_found() {
    let mut theirs = Export::new(Vec::new(), OpaqueId::from_random([9; 16]));
    for record in &sample(1, 3).records {
        theirs.record(record).unwrap();
    }
    assert_eq!(found(&theirs.finish(0, None).unwrap(), None), Tampering::ForeignLog);
}

/// Who takes the key of the third session can't rewrite the first, whose key is gone.
#[test]
fn a_later_key_does_not_rewrite_the_past() {
    let genuine = sample(3, 4);
    let pin = Some(genuine.fingerprint);
    let stamp = Stamp { boot: OpaqueId::from_random([0; 16]), utc_ms: 0, mono_ms: 0 };
    let mut forged = sample(1, 4);
    forged.records[2] = Chain::append(
        &forged.records[1].head(),
        Event::new(EventKind::Lock, Outcome::Success),
        &stamp,
    );
    let mut head = forged.records[2].head();
    forged.records.truncate(3);
    for _ in 0..9 {
        let record = Chain::append(&head, Event::new(EventKind::View, Outcome::Success), &stamp);
        head = record.head();
        forged.records.push(record);
    }
    forged.signer = Signer::restore(3, &genuine.signer.secret().unwrap()).unwrap();
    // With the genuine checkpoints the forged entries don't fit them.
    forged.checkpoints.clone_from(&genuine.checkpoints);
    assert_eq!(found(&forged.export(0, true), pin), Tampering::Rewritten);
    // Without them the key isn't the one that was written down.
    forged.checkpoints.clear();
    assert_eq!(found(&forged.export(0, true), pin), Tampering::ForeignKey);
}

#[test]
fn the_log_of_an_export_is_told_before_it_is_verified() {
    let sample = sample(2, 3);
    for file in [sample.export(0, true), sample.export(4, true), sample.export(0, false)] {
        assert_eq!(log_of(&*file).unwrap(), Some(log()));
    }
    let cut = lines(&sample.export(0, false));
    assert_eq!(log_of(&*joined(&cut[..cut.len() - 1])).unwrap(), None);
    assert_eq!(log_of(&b"anything\n{\"trailer\":{}}"[..]).unwrap(), None);
}

#[test]
fn an_endless_line_costs_a_bounded_buffer() {
    let endless = io::repeat(b'a').take(50_000_000);
    let report = verify_file(BufReader::new(endless), Expected::default(), None).unwrap();
    assert_eq!(report.report.finding.unwrap().tampering, Tampering::Edited);
    let mut line = Vec::new();
    let mut reader = BufReader::new(io::repeat(b'a').take(5_000_000));
    assert!(read_line(&mut reader, &mut line).unwrap());
    assert!(line.len() == MAX_LINE_BYTES + 1 && line.capacity() < 64 * 1024);
    assert!(!read_line(&mut reader, &mut line).unwrap());
}

#[test]
fn a_file_that_is_something_else_is_answered() {
    for file in [&b""[..], b"\n\n\n", b"\xff\xfe", b"{}", b"{\"trailer\":{}}", b"PK\x03\x04"] {
        assert!(!check(file, None).report.is_clean());
    }
}

/// What a profile keeps, line by line: entries, and each signature after the entry that it signs.
fn kept(sample: &Sample) -> Vec<String> {
    let mut lines = Vec::new();
    for record in &sample.records {
        lines.push(record.to_line());
        let signed = sample.checkpoints.iter().filter(|c| c.head().seq == record.seq());
        lines.extend(signed.map(Checkpoint::to_line));
    }
    lines
}

fn profile(sample: &Sample, lines: &[String], pin: Option<Fingerprint>) -> LogReport {
    let mut log = LogVerifier::new(Expected { log: Some(log()), ..Expected::default() });
    for line in lines {
        log.line(line.as_bytes());
    }
    log.finish_profile(sample.records.last().unwrap().head(), Some(sample.signer.public_key()), pin)
}

#[test]
fn a_profiles_own_log_is_verified_with_its_signatures() {
    let sample = sample(3, 4);
    let lines = kept(&sample);
    assert_eq!(Checkpoint::from_line(&lines[4]).as_ref(), sample.checkpoints.first());
    let report = profile(&sample, &lines, Some(sample.fingerprint));
    assert_eq!((report.report.finding, report.report.good), (None, 12));
    assert_eq!((report.signature, report.signed_to), (SignatureState::Signed, Some(12)));
    assert_eq!(report.key, Some(sample.fingerprint));

    let found = |lines: &[String]| {
        let report = profile(&sample, lines, None);
        assert_eq!(report.signature, SignatureState::Broken);
        report.report.finding.unwrap().tampering
    };
    assert_eq!(found(&lines[..13]), Tampering::Shortened { missing: 1 });
    let without = |index: usize| [&lines[..index], &lines[index + 1..]].concat();
    assert_eq!(found(&without(4)), Tampering::BadCheckpoint);
    assert_eq!(found(&without(14)), Tampering::BadSignature);
    assert_eq!(found(&without(6)), Tampering::Cut { missing: 1 });
    let another = self::sample(3, 4);
    let report = profile(&another, &kept(&another), Some(sample.fingerprint));
    assert_eq!(report.report.finding.unwrap().tampering, Tampering::ForeignKey);
}

type Act<'a> = &'a dyn Fn(&mut Vec<String>);

/// What somebody can do to a log, each on a profile's own and on an export.
#[test]
fn each_kind_of_tampering_is_named_and_placed_in_a_profile_and_in_a_file() {
    let sample = sample(3, 4);
    let (own, file) = (kept(&sample), lines(&sample.export(0, true)));
    // Four entries and a signature a session: entry 6 is line 7, the last two are lines 13 and 14.
    assert_eq!(own[..], file[..15]);
    let stamp = sample.records[5].stamp();
    let event = Event::new(EventKind::Lock, Outcome::Success);
    let extra = Chain::append(&sample.records[5].head(), event, &stamp).to_line();
    let acts: [(Act<'_>, u64, Tampering); 5] = [
        (&|l| l[6] = l[6].replacen("\"view\"", "\"lock\"", 1), 6, Tampering::Edited),
        (&|l| l.insert(7, extra.clone()), 7, Tampering::Inserted),
        (&|l| drop(l.drain(5..7)), 5, Tampering::Cut { missing: 2 }),
        (&|l| l.swap(6, 7), 6, Tampering::Reordered),
        (&|l| drop(l.drain(12..14)), 11, Tampering::Shortened { missing: 2 }),
    ];
    for (act, seq, tampering) in acts {
        let (mut own, mut file) = (own.clone(), file.clone());
        act(&mut own);
        act(&mut file);
        let found = |report: LogReport| {
            assert_eq!(report.signature, SignatureState::Broken, "{tampering:?}");
            report.report.finding.map(|finding| (finding.seq, finding.tampering))
        };
        assert_eq!(found(profile(&sample, &own, None)), Some((seq, tampering)));
        assert_eq!(found(check(&joined(&file), None)), Some((seq, tampering)));
    }
    // An older copy that was put back is whole in itself: only somebody outside knows of more.
    let later = Head { seq: 15, hash: [9; 32] };
    let expected = || Expected { log: Some(log()), anchors: vec![later] };
    let mut put_back = LogVerifier::new(expected());
    for line in &own {
        put_back.line(line.as_bytes());
    }
    let next = Some(sample.signer.public_key());
    let own = put_back.finish_profile(sample.records[11].head(), next, None);
    let file = verify_file(&*joined(&file), expected(), None).unwrap();
    for report in [own, file] {
        let finding = report.report.finding.unwrap();
        assert_eq!((finding.seq, finding.tampering), (13, Tampering::Shortened { missing: 3 }));
    }
}

#[test]
fn a_key_that_was_lost_and_replaced_is_named_where_it_begins() {
    let mut sample = sample(2, 3);
    let lost = Signer::replace_lost(2).unwrap();
    let head = sample.records[5].head();
    let (checkpoint, next) = lost.checkpoint(&log(), head, 0).unwrap();
    sample.checkpoints.push(checkpoint);
    sample.signer = next;
    let finding = profile(&sample, &kept(&sample), None).report.finding.unwrap();
    assert_eq!((finding.tampering, finding.seq), (Tampering::BadCheckpoint, 7));
}

#[test]
fn somebody_outside_vouches_up_to_what_they_were_told() {
    let sample = sample(3, 4);
    let anchors = vec![sample.records[1].head(), sample.records[6].head()];
    let expected = Expected { log: None, anchors };
    let report = verify_file(&sample.export(0, true)[..], expected, None).unwrap();
    assert_eq!((report.report.finding, report.report.vouched), (None, Some(7)));
    // A log that was rolled back, signed and all, is shorter than what was told.
    let expected = Expected { log: None, anchors: vec![Head { seq: 20, hash: [1; 32] }] };
    let report = verify_file(&sample.export(0, true)[..], expected, None).unwrap();
    assert_eq!(report.report.finding.unwrap().tampering, Tampering::Shortened { missing: 8 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_changed_byte_stays_unnoticed(at: prop::sample::Index, to: u8, signed: bool) {
        let sample = sample(2, 3);
        let mut file = sample.export(0, signed);
        let index = at.index(file.len());
        prop_assume!(file[index] != to);
        file[index] = to;
        // A file that lost its last line end is whole.
        prop_assume!(index + 1 < file.len());
        let report = check(&file, signed.then_some(sample.fingerprint));
        if signed {
            prop_assert!(!report.report.is_clean());
        } else if report.report.is_clean() {
            // Without a signature only the trailer's own date is free.
            prop_assert_eq!(report.signature, SignatureState::Unsigned);
            prop_assert_eq!(report.report.good, 6);
        }
    }

    #[test]
    fn no_shortened_copy_is_clean(keep: prop::sample::Index, signed: bool) {
        let sample = sample(2, 3);
        let file = sample.export(0, signed);
        let keep = keep.index(file.len() - 1);
        let report = check(&file[..keep], None);
        prop_assert!(!report.report.is_clean());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!check(&bytes, None).report.is_clean());
    }
}
