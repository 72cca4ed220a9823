//! One entry of the audit log for a round's changes. A round takes several transactions: each counts what it changes in
//! itself, and the entry takes the count's place in one more. A round that is cut off is recorded by the next one.

use serde::{Deserialize, Serialize};
use wardmail_audit::{Count, Event, EventKind, Outcome};
use wardmail_store::WriteDao;

use super::Gained;
use crate::{error::Error, session::Session};

/// Where the count is kept.
const UNRECORDED: &str = "sync.unrecorded";

/// What no entry of the log has told yet, in messages.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Unrecorded {
    added: u64,
    removed: u64,
}

/// Counts what a transaction changes, within it.
pub(super) fn count(dao: &mut WriteDao<'_>, gained: Gained) -> Result<(), Error> {
    if gained.added + gained.removed == 0 {
        return Ok(());
    }
    let mut unrecorded = read(dao.setting(UNRECORDED)?).unwrap_or_default();
    unrecorded.added = unrecorded.added.saturating_add(gained.added);
    unrecorded.removed = unrecorded.removed.saturating_add(gained.removed);
    let json = serde_json::to_string(&unrecorded).map_err(|_| Error::Internal("sync batch"))?;
    Ok(dao.set_setting(UNRECORDED, &json)?)
}

/// Records what was counted since the last entry, if anything was.
pub(super) async fn record(session: &Session) -> Result<(), Error> {
    let counted = session.read(|dao| Ok(dao.setting(UNRECORDED)?)).await?;
    let Some(Unrecorded { added, removed }) = read(counted) else { return Ok(()) };
    // Only a round counts, and this is the end of one: nothing is added in between.
    let event = Event::new(EventKind::SyncBatch, Outcome::Success)
        .count(Count::Added, added)
        .count(Count::Removed, removed);
    session.write_noted(event, |dao| Ok(dao.remove_setting(UNRECORDED)?)).await;
    Ok(())
}

fn read(setting: Option<String>) -> Option<Unrecorded> {
    serde_json::from_str(&setting?).ok()
}

#[cfg(all(test, feature = "failpoints"))]
mod tests {
    use super::*;
    use crate::testing::Desk;

    const THREE: Gained = Gained { added: 2, removed: 1 };

    #[tokio::test]
    async fn a_round_that_was_cut_off_is_recorded_by_the_next() {
        let desk = Desk::new().await;
        let session = desk.session().await;
        session.write(|dao| count(dao, THREE)).await.unwrap();
        let undone = session.write(|dao| {
            count(dao, THREE)?;
            Err::<(), _>(Error::Internal("undone"))
        });
        undone.await.unwrap_err();
        session.write(|dao| count(dao, THREE)).await.unwrap();
        let (done, recorded) = desk.recorded(record(&session)).await;
        done.unwrap();
        assert_eq!(recorded, [(EventKind::SyncBatch, Outcome::Success)]);
        let entry = desk.log().await.pop().unwrap();
        assert!(entry.to_line().contains(r#""counts":{"added":4,"removed":2}"#), "{entry:?}");
        let (done, recorded) = desk.recorded(record(&session)).await;
        done.unwrap();
        assert_eq!(recorded, []);
        desk.done();
    }

    #[tokio::test]
    async fn what_could_not_be_recorded_is_told_with_the_next_entry() {
        let desk = Desk::new().await;
        let session = desk.session().await;
        session.write(|dao| count(dao, THREE)).await.unwrap();
        desk.unrecorded(record(&session)).await.unwrap();
        let (done, recorded) = desk.recorded(record(&session)).await;
        done.unwrap();
        let batch = (EventKind::SyncBatch, Outcome::Success);
        assert_eq!(recorded, [(EventKind::Gap, Outcome::Failure), batch]);
        desk.done();
    }
}
