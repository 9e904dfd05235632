//! Batches of the inbox, cleaned while earlier ones are committed: as far ahead as memory allows, and giving way to senders who
//! wait.

use crate::{
    cleaners::{Cleaned, Cleaners},
    pipeline::Watcher,
    plan::{Finding, PlanGate},
};
use anyhow::{Result, ensure};
use bellwether_clean::{CleanBatch, Open};
use bellwether_domain::{CleanEvent, EventId, Offset, Suppression};
use bellwether_inbox::{Inbox, StoredBatch};
use bellwether_plan::CurrentPlan;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
    time::{Duration, Instant},
};

/// How many events wait for a commit at the most, while another batch is being cleaned. They are then committed together:
/// whoever buys often is written once for all of them, so that the further behind the pipeline is, the less each event costs.
/// Memory sets the limit of an import, whose people come again and again.
const EVENTS_AHEAD: u32 = 18_000;
/// The same in a server, where a storm brings people by the hundred thousand of whom nothing is known. Each of them changes a page of
/// every index; the more of them are written at once, the more share it. Of a clickstream of new people 28,000 events a second became
/// true instead of 20,000, and half as much was written to the disk, for 80 MB.
const EVENTS_AHEAD_OF_A_SERVER: u32 = 65_536;
/// Documents of so many bytes weigh as much as an event: most events have less, but those of a stranger may have much more.
const DOCUMENTS_OF_AN_EVENT: usize = 1_024;
/// An order may have thousands of lines: so many weigh as much as an event.
const LINES_OF_AN_EVENT: usize = 16;
/// What an event takes in memory, about, by which rejects are measured.
const BYTES_OF_AN_EVENT: usize = 1_024;
/// What is said of a reject beside what it is: where, which field, and why.
const BYTES_OF_A_REJECT: usize = 512;
/// Batches that wait, however few events they hold.
pub const BATCHES_AHEAD: usize = 256;

/// For how many times as long as it works cleaning lets senders go first, at the most: a quarter of a processor is its own.
/// Without this a storm of batches was taken a fifth more slowly, and the more so the less the system heeds priorities.
const WAITING_SHARE: u32 = 3;
/// How often it looks whether they still wait.
const GLANCE: Duration = Duration::from_millis(1);

/// What comes out of the cleaning, in order: what somebody said when batches arrived, and the next batch.
pub struct Ahead<A> {
    /// Who is told that it is done.
    pub announced: Option<A>,
    /// Nothing at the end of the inbox.
    pub cleaned: Option<Prepared>,
    /// The room that its events take.
    pub room: Option<OwnedSemaphorePermit>,
}

/// One batch after cleaning.
pub struct Prepared {
    pub offset: Offset,
    pub received_at: DateTime<Utc>,
    pub clean: CleanBatch,
    /// What the tracking plan says of its events.
    pub findings: Vec<Finding>,
    /// What it refused: which event, and which of its copies in the batch.
    pub refused: Vec<(EventId, u32)>,
    /// Addresses that get nothing more because of an event, if that counts.
    pub suppressions: Vec<(EventId, Suppression)>,
}

/// What cleaning needs.
pub struct Cleaning {
    pub inbox: Arc<Inbox>,
    pub cleaners: Arc<Cleaners>,
    /// What events are held against.
    pub plan: Arc<CurrentPlan>,
    pub watcher: Option<Arc<dyn Watcher>>,
}

impl Cleaning {
    /// Cleans what arrives behind an offset, as far ahead of the commits as memory allows. A batch takes one announcement along,
    /// so that whoever announces cannot be much further ahead than the cleaning.
    pub fn start<A: Send + 'static>(
        self,
        behind: Offset,
        mut announced: mpsc::Receiver<A>,
    ) -> (mpsc::Receiver<Ahead<A>>, JoinHandle<Result<()>>) {
        let (ahead, receiver) = mpsc::channel(BATCHES_AHEAD);
        let most = if self.watcher.is_some() { EVENTS_AHEAD_OF_A_SERVER } else { EVENTS_AHEAD };
        let room = Arc::new(Semaphore::new(most as usize));
        let runtime = Handle::current();
        let mut offset = behind;
        let cleaning = tokio::task::spawn_blocking(move || {
            while let Some(first) = announced.blocking_recv() {
                let mut announcement = Some(first);
                loop {
                    let began = Instant::now();
                    let cleaned = prepare_after(&self.inbox, &self.cleaners, &self.plan, offset)?;
                    give_way(self.watcher.as_deref(), began.elapsed());
                    let at_end = cleaned.is_none();
                    offset = cleaned.as_ref().map_or(offset, |batch| batch.offset);
                    let room = runtime.block_on(Arc::clone(&room).acquire_many_owned(taken(&cleaned, most))).ok();
                    let next = Ahead { announced: announcement.take(), cleaned, room };
                    // The other side is gone only when it failed, and then it says why.
                    if ahead.blocking_send(next).is_err() {
                        return Ok(());
                    }
                    if at_end {
                        break;
                    }
                    announcement = announced.try_recv().ok();
                }
            }
            Ok(())
        });
        (receiver, cleaning)
    }
}

/// The room that a batch takes, of so much; the largest takes all. What is set aside is kept whole, and counts by its size.
fn taken(cleaned: &Option<Prepared>, most: u32) -> u32 {
    let taken = cleaned.as_ref().map_or(0, |batch| {
        let lines: usize =
            batch.clean.events.iter().filter_map(|event| event.order.as_ref()).map(|o| o.lines.len()).sum();
        let refused = batch.clean.refused.iter().map(|(_, reject)| reject);
        let rejects = batch.clean.rejects.iter().chain(refused);
        let bytes: usize = rejects.map(|reject| reject.content.len() + BYTES_OF_A_REJECT).sum();
        let documents: usize = batch.clean.events.iter().map(CleanEvent::document_bytes).sum();
        let events = batch.clean.events.len().max(documents / DOCUMENTS_OF_AN_EVENT);
        events + lines / LINES_OF_AN_EVENT + bytes / BYTES_OF_AN_EVENT
    });
    u32::try_from(taken).unwrap_or(most).min(most)
}

/// Lets senders who wait go first, at the most for a few times as long as the last batch took: a storm must not end processing.
fn give_way(watcher: Option<&dyn Watcher>, worked: Duration) {
    let Some(watcher) = watcher else { return };
    let end = Instant::now() + worked * WAITING_SHARE;
    while watcher.senders_wait() && Instant::now() < end {
        std::thread::sleep(GLANCE);
    }
}

/// The batch behind an offset, cleaned and held against the plan that is in force now; none at the end of the inbox.
pub fn prepare_after(
    inbox: &Inbox,
    cleaners: &Cleaners,
    plan: &CurrentPlan,
    offset: Offset,
) -> Result<Option<Prepared>> {
    let plan = plan.get();
    if plan.is_silent() {
        return prepare(inbox, offset, |batch| cleaners.clean(batch, &mut Open));
    }
    let mut gate = PlanGate::new(plan);
    let prepared = prepare(inbox, offset, |batch| cleaners.clean(batch, &mut gate))?;
    let (findings, refused) = gate.findings();
    Ok(prepared.map(|prepared| Prepared { findings, refused, ..prepared }))
}

/// The batch behind an offset, cleaned; none at the end of the inbox.
pub fn prepare(
    inbox: &Inbox,
    offset: Offset,
    clean: impl FnOnce(&StoredBatch) -> Result<Cleaned>,
) -> Result<Option<Prepared>> {
    let Some(batch) = inbox.next_after(offset)? else { return Ok(None) };
    ensure!(batch.offset == offset.next(), "{}", missing(offset));
    let (offset, received_at) = (batch.offset, batch.received_at);
    let Cleaned { clean, suppressions } = clean(&batch)?;
    inbox.recycle(batch);
    Ok(Some(Prepared { offset, received_at, clean, findings: Vec::new(), refused: Vec::new(), suppressions }))
}

/// What is wrong when the batch behind this one cannot be found.
pub fn missing(before: Offset) -> String {
    format!("batch {} of the inbox is missing; restore Store and data folder from one backup", before.next().0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Committed;
    use bellwether_domain::{Origin, Reject, RejectReason};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Says that senders wait, so many times.
    struct Waiting(AtomicUsize);

    impl Watcher for Waiting {
        fn committed(&self, _step: &Committed) {}

        fn senders_wait(&self) -> bool {
            self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        }
    }

    #[test]
    fn senders_go_first_but_not_for_ever() {
        let began = Instant::now();
        let waiting = Waiting(3.into());
        give_way(Some(&waiting), Duration::from_secs(60));
        assert_eq!(waiting.0.load(Ordering::Relaxed), 0, "it went on while they waited");
        give_way(Some(&Waiting(usize::MAX.into())), Duration::from_millis(5));
        give_way(None, Duration::from_secs(60));
        assert!(began.elapsed() >= Duration::from_millis(15));
    }

    fn batch(refused: usize, rejects: usize, bytes: usize) -> Option<Prepared> {
        let reject = || Reject {
            origin: Origin { source: "shop".into(), line: None },
            field: None,
            reason: RejectReason::Malformed,
            detail: String::new(),
            content: "x".repeat(bytes),
            received_at: None,
        };
        let id = EventId::derive(&[b"1"]);
        let clean = CleanBatch {
            refused: (0..refused).map(|_| (id, reject())).collect(),
            rejects: (0..rejects).map(|_| reject()).collect(),
            ..CleanBatch::default()
        };
        let (findings, refused, suppressions) = (Vec::new(), Vec::new(), Vec::new());
        let received_at = DateTime::UNIX_EPOCH;
        Some(Prepared { offset: Offset(1), received_at, clean, findings, refused, suppressions })
    }

    #[test]
    fn what_is_set_aside_takes_room_by_its_size() {
        let taken = |batch| taken(&batch, EVENTS_AHEAD);
        assert_eq!(taken(None), 0);
        assert_eq!(taken(batch(0, 2, 512)), 2);
        assert_eq!(taken(batch(2, 0, 512)), 2, "what the plan refused is kept whole, too");
        assert_eq!(taken(batch(1, 1, 1 << 20)), 2_049);
        assert_eq!(taken(batch(40, 0, 1 << 20)), EVENTS_AHEAD, "the largest takes all, and not more than there is");
    }
}
