//! What came of sending first what still waits, when somebody locks or closes.

use wardmail_api::OutboxId;
use wardmail_api::compose::{OutboxRow, OutboxState};

/// How far the messages are that are sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// At least one is on its way and may still get there.
    UnderWay,
    /// The provider took all of them.
    AllTaken,
    /// None is on its way any more, and not all were taken.
    SomeLeft,
}

/// Gives the messages that will go out without anybody's doing: now, or when they can't be undone any more.
pub fn under_way(outbox: &[OutboxRow]) -> Vec<OutboxId> {
    outbox.iter().filter(|row| is_under_way(row)).map(|row| row.id).collect()
}

/// Tells how far these messages are. One that the outbox no longer lists was taken back or cleared away.
pub fn sending(outbox: &[OutboxRow], these: &[OutboxId]) -> Sending {
    let rows = || outbox.iter().filter(|row| these.contains(&row.id));
    if rows().any(is_under_way) {
        Sending::UnderWay
    } else if rows().all(|row| row.state == OutboxState::Sent) {
        Sending::AllTaken
    } else {
        Sending::SomeLeft
    }
}

/// A message that was tried and is queued again waits for its next try, which may be far.
fn is_under_way(row: &OutboxRow) -> bool {
    match row.state {
        OutboxState::Queued => row.next_attempt.is_none(),
        OutboxState::Sending => true,
        OutboxState::Held | OutboxState::Sent | OutboxState::Uncertain | OutboxState::Failed => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, state: OutboxState) -> OutboxRow {
        OutboxRow {
            id: OutboxId(id),
            who: String::new(),
            subject: String::new(),
            state,
            reason: None,
            undo_until: 1_000,
            attempts: 0,
            next_attempt: None,
            created: 0,
            in_sent: false,
        }
    }

    #[test]
    fn sends_first_what_goes_out_anyway() {
        let outbox = [
            row(1, OutboxState::Queued),
            row(2, OutboxState::Held),
            row(3, OutboxState::Sending),
            OutboxRow { attempts: 1, next_attempt: Some(9), ..row(4, OutboxState::Queued) },
            row(5, OutboxState::Sent),
        ];
        assert_eq!(under_way(&outbox), [OutboxId(1), OutboxId(3)]);
    }

    #[test]
    fn waits_for_every_message_that_moves() {
        let these = [OutboxId(1), OutboxId(2)];
        let outbox = [row(1, OutboxState::Sent), row(2, OutboxState::Queued)];
        assert_eq!(sending(&outbox, &these), Sending::UnderWay);
        let outbox = [row(1, OutboxState::Failed), row(2, OutboxState::Sending)];
        assert_eq!(sending(&outbox, &these), Sending::UnderWay);
        let outbox = [row(1, OutboxState::Sent), row(3, OutboxState::Queued)];
        assert_eq!(sending(&outbox, &these), Sending::AllTaken, "others are none of its business");
    }

    #[test]
    fn does_not_wait_for_a_next_try() {
        let later =
            OutboxRow { attempts: 1, next_attempt: Some(60_000), ..row(1, OutboxState::Queued) };
        assert_eq!(sending(&[later], &[OutboxId(1)]), Sending::SomeLeft);
        for state in [OutboxState::Held, OutboxState::Uncertain, OutboxState::Failed] {
            assert_eq!(sending(&[row(1, state)], &[OutboxId(1)]), Sending::SomeLeft);
        }
    }
}
