//! Each kind of tampering on a real chain, named and placed.

use proptest::prelude::*;

use super::*;
use crate::event::{Count, Event, EventKind, Outcome};
use crate::record::{Chain, Stamp};

fn log() -> OpaqueId {
    OpaqueId::from_random([1; 16])
}

fn event(number: u64) -> Event {
    Event::new(EventKind::View, Outcome::Success).count(Count::Messages, number)
}

fn append(head: &Head, number: u64) -> Record {
    let stamp =
        Stamp { boot: OpaqueId::from_random([2; 16]), utc_ms: 1_795_291_200_000, mono_ms: number };
    Chain::append(head, event(number), &stamp)
}

fn chain(length: u64) -> Vec<Record> {
    let mut head = Head::genesis(&log());
    (0..length)
        .map(|number| {
            let record = append(&head, number);
            head = record.head();
            record
        })
        .collect()
}

/// Changes the content of an entry and leaves its hash.
fn edited(record: &Record) -> Record {
    let line = record.to_line().replacen("\"view\"", "\"lock\"", 1);
    Record::from_line(&line).unwrap()
}

/// Changes the content of an entry and computes its hash anew.
fn forged(records: &[Record], index: usize) -> Record {
    let head =
        index.checked_sub(1).map_or_else(|| Head::genesis(&log()), |before| records[before].head());
    append(&head, 999)
}

fn expected() -> Expected {
    Expected { log: Some(log()), anchors: Vec::new() }
}

fn finding(records: Vec<Record>, expected: Expected) -> Finding {
    verify(records, expected).finding.unwrap()
}

#[test]
fn a_sound_chain_is_clean() {
    let records = chain(50);
    let last = records[49].head();
    let anchors = vec![records[9].head(), last];
    let report = verify(records, Expected { log: Some(log()), anchors });
    assert_eq!(
        report,
        Report { good: 50, first: Some(1), head: Some(last), finding: None, vouched: Some(50) }
    );
    assert!(verify(Vec::new(), expected()).is_clean());
}

#[test]
fn a_part_of_a_chain_is_clean_by_itself() {
    let report = verify(chain(50).into_iter().skip(20), expected());
    assert_eq!((report.first, report.good, report.is_clean()), (Some(21), 30, true));
}

#[test]
fn another_log_is_told_apart() {
    let expected = Expected { log: Some(OpaqueId::from_random([9; 16])), anchors: Vec::new() };
    assert_eq!(finding(chain(5), expected).tampering, Tampering::ForeignLog);
}

#[test]
fn a_chain_written_anew_is_found_by_an_anchor() {
    let genuine = chain(20);
    let mut records = genuine[..10].to_vec();
    let mut head = records[9].head();
    for number in 100..110 {
        let record = append(&head, number);
        head = record.head();
        records.push(record);
    }
    assert!(verify(records.clone(), expected()).is_clean());
    let anchors = vec![genuine[4].head(), genuine[14].head()];
    let report = verify(records, Expected { log: Some(log()), anchors });
    assert_eq!(
        report.finding,
        Some(Finding { position: 15, seq: 15, tampering: Tampering::Rewritten })
    );
    assert_eq!(report.vouched, Some(5));
}

#[test]
fn the_look_ahead_is_bounded() {
    let mut verifier = Verifier::new(expected());
    let records = chain(2);
    let mut taken = 0;
    while verifier.push(Ok(Link::from(&records[1]))) {
        taken += 1;
    }
    for _ in 0..10 {
        assert!(!verifier.push(Ok(Link::from(&records[1]))));
    }
    assert_eq!(taken, LOOK_AHEAD + 1);
    assert!(verifier.suspects.len() <= LOOK_AHEAD + 1);
}

proptest! {
    /// A clock that was set ahead, back, or counts anew after a boot: the order is that of the numbers.
    #[test]
    fn no_clock_changes_the_order(clocks in prop::collection::vec((any::<i64>(), any::<u64>(), any::<[u8; 16]>()), 1..20)) {
        let mut head = Head::genesis(&log());
        let records: Vec<Record> = clocks
            .iter()
            .map(|(utc_ms, mono_ms, boot)| {
                let stamp = Stamp { boot: OpaqueId::from_random(*boot), utc_ms: *utc_ms, mono_ms: *mono_ms };
                let record = Chain::append(&head, event(1), &stamp);
                head = record.head();
                record
            })
            .collect();
        let report = verify(records.clone(), expected());
        prop_assert_eq!((report.good, report.finding), (records.len() as u64, None));
        let numbers: Vec<u64> = records.iter().map(Record::seq).collect();
        prop_assert_eq!(numbers, (1..=records.len() as u64).collect::<Vec<_>>());
    }

    #[test]
    fn an_edit_is_found(length in 1_usize..40, at: prop::sample::Index) {
        let mut records = chain(length as u64);
        let index = at.index(length);
        records[index] = edited(&records[index]);
        let place = index as u64 + 1;
        prop_assert_eq!(
            finding(records, expected()),
            Finding { position: place, seq: place, tampering: Tampering::Edited }
        );
    }

    #[test]
    fn an_edit_with_a_new_hash_is_found(length in 2_usize..40, at: prop::sample::Index) {
        let mut records = chain(length as u64);
        let anchor = records[length - 1].head();
        let index = at.index(length - 1);
        records[index] = forged(&records, index);
        let place = index as u64 + 1;
        let report = verify(records, Expected { log: Some(log()), anchors: vec![anchor] });
        prop_assert_eq!(report.finding, Some(Finding { position: place, seq: place, tampering: Tampering::Edited }));
    }

    #[test]
    fn an_edit_of_the_last_entry_is_found_by_an_anchor(length in 1_usize..40) {
        let mut records = chain(length as u64);
        let anchor = records[length - 1].head();
        records[length - 1] = forged(&records, length - 1);
        let report = verify(records, Expected { log: Some(log()), anchors: vec![anchor] });
        prop_assert_eq!(report.finding.unwrap().tampering, Tampering::Rewritten);
    }

    #[test]
    fn an_inserted_entry_is_found(length in 2_usize..40, at: prop::sample::Index, sound: bool) {
        let mut records = chain(length as u64);
        let index = at.index(length - 1) + 1;
        let mut extra = append(&records[index - 1].head(), 999);
        if !sound {
            extra = edited(&extra);
        }
        let place = index as u64 + 1;
        let mut short = records.clone();
        short.truncate(index);
        records.insert(index, extra);
        prop_assume!(index < length);
        prop_assert_eq!(
            finding(records, expected()),
            Finding { position: place, seq: place, tampering: Tampering::Inserted }
        );
    }

    #[test]
    fn a_repeated_entry_is_found(length in 2_usize..40, from: prop::sample::Index, to: prop::sample::Index) {
        let mut records = chain(length as u64);
        let (from, to) = (from.index(length), to.index(length));
        prop_assume!(from < to);
        let copy = records[from].clone();
        records.insert(to + 1, copy);
        let found = finding(records, expected());
        prop_assert_eq!(found.tampering, Tampering::Inserted);
        prop_assert_eq!(found.position, to as u64 + 2);
    }

    #[test]
    fn a_cut_is_found_and_counted(length in 3_usize..40, at: prop::sample::Index, count in 1_usize..10) {
        let mut records = chain(length as u64);
        let start = at.index(length - 2) + 1;
        let end = (start + count).min(length - 1);
        records.drain(start..end);
        let missing = (end - start) as u64;
        let place = start as u64 + 1;
        prop_assert_eq!(
            finding(records, expected()),
            Finding { position: place, seq: place, tampering: Tampering::Cut { missing } }
        );
    }

    #[test]
    fn a_changed_order_is_found(length in 3_usize..40, a: prop::sample::Index, b: prop::sample::Index) {
        let mut records = chain(length as u64);
        let (a, b) = (a.index(length - 1) + 1, b.index(length - 1) + 1);
        prop_assume!(a != b);
        records.swap(a, b);
        let place = a.min(b) as u64 + 1;
        prop_assert_eq!(
            finding(records, expected()),
            Finding { position: place, seq: place, tampering: Tampering::Reordered }
        );
    }

    #[test]
    fn a_missing_end_is_found_by_an_anchor(length in 2_usize..40, keep: prop::sample::Index) {
        let mut records = chain(length as u64);
        let anchor = records[length - 1].head();
        let keep = keep.index(length - 1) + 1;
        records.truncate(keep);
        let missing = (length - keep) as u64;
        let place = keep as u64 + 1;
        let report = verify(records, Expected { log: Some(log()), anchors: vec![anchor] });
        prop_assert_eq!(
            report.finding,
            Some(Finding { position: place, seq: place, tampering: Tampering::Shortened { missing } })
        );
    }
}
