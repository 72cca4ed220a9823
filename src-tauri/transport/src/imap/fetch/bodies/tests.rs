//! Judges the plan: every message once, in order, within the bounds.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_plan_holds_every_message_once_in_order_and_within_bounds(
        sizes in proptest::collection::vec(0_u32..3 * SLICE, 0..300),
    ) {
        let wanted: Vec<Wanted> = (1..).zip(&sizes)
            .map(|(uid, size)| Wanted { uid: Uid::new(uid).unwrap(), size: *size })
            .collect();
        let mut planned = Vec::new();
        for job in plan(&wanted) {
            match job {
                Job::Batch(batch) => {
                    let bytes: u64 = batch.iter().map(|wanted| u64::from(wanted.size)).sum();
                    prop_assert!(batch.len() <= BATCH && (bytes <= BATCH_BYTES || batch.len() == 1));
                    planned.extend(batch.iter().map(|wanted| wanted.uid));
                }
                Job::Rest(uid, have) => {
                    prop_assert!(have.is_empty());
                    planned.push(uid);
                }
            }
        }
        prop_assert_eq!(planned, wanted.iter().map(|wanted| wanted.uid).collect::<Vec<_>>());
    }
}
