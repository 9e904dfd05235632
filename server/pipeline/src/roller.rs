//! From the inbox to the Lake: collects clean events and writes them as few, large files. What changed in the catalogue goes
//! along: as long as its batches can be read again, it need not be in the Store.
//!
//! The ids of its events are written at the same time: what no file of the Lake holds is what no file of ids holds.
//! A file is durable before the manifest names it, and the manifest moves in one transaction with the offset `rolled`.
//! A crash in between leaves an orphan, which the next start sweeps, and events that are still in the inbox.

use crate::{
    catalogue::Catalogue,
    faults::{self, Fault},
};
use anyhow::{Result, ensure};
use bellwether_domain::{CleanEvent, EventFile, FileId, Offset, Roll, SeenChange};
use bellwether_inbox::Inbox;
use bellwether_lake::{BatchEvents, Lake};
use bellwether_seen::Seen;
use bellwether_store::Store;
use std::sync::Arc;
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant},
};

/// Events of a file at the most.
const EVENTS_PER_FILE: usize = 131_072;
/// Order lines of a file at the most: a wholesaler's order has dozens, and all of them are held until the file is written.
const LINES_PER_FILE: usize = 140_000;
/// Bytes of documents in a file at the most: of the largest events a file would otherwise hold gigabytes, all of them in memory
/// until it is written.
const BYTES_PER_FILE: usize = 96 << 20;
/// How long nobody needs to look after this where nothing waits.
const IDLE: Duration = Duration::from_secs(3_600);
/// How often somebody looks whether a file is finished.
const WRITING_TIME: Duration = Duration::from_millis(200);

/// What is being written: a file, none where there were no events, and the ids of its events.
type Writing = JoinHandle<Result<(Option<EventFile>, SeenChange)>>;

/// Events that wait for the next file, and the file that is being written.
pub struct Roller {
    store: Store,
    inbox: Arc<Inbox>,
    lake: Arc<Lake>,
    waiting: Vec<BatchEvents>,
    waiting_events: usize,
    waiting_lines: usize,
    waiting_bytes: usize,
    /// The offset before the first and that of the last batch that waits.
    from: Offset,
    through: Offset,
    /// When the first batch that waits began to.
    since: Option<Instant>,
    writing: Option<(Offset, Writing)>,
    /// How long events wait for others before they get a file, where they come one by one.
    waiting_time: Duration,
}

impl Roller {
    /// Continues after `rolled`.
    pub fn new(store: Store, inbox: Arc<Inbox>, lake: Arc<Lake>, rolled: Offset) -> Self {
        Self {
            store,
            inbox,
            lake,
            waiting: Vec::new(),
            waiting_events: 0,
            waiting_lines: 0,
            waiting_bytes: 0,
            from: rolled,
            through: rolled,
            since: None,
            writing: None,
            waiting_time: IDLE,
        }
    }

    /// Gives events a file when they have waited for so long, however few they are.
    pub fn with_waiting_time(self, waiting_time: Duration) -> Self {
        Self { waiting_time, ..self }
    }

    /// Adds the events of the next batch.
    pub fn push(&mut self, events: BatchEvents, offset: Offset) -> Result<()> {
        // Where one was left out, its events would never come into a file.
        ensure!(offset == self.through.next(), "batch {} cannot be rolled behind batch {}", offset.0, self.through.0);
        self.waiting_lines +=
            events.iter().filter_map(|event| event.order.as_ref()).map(|o| o.lines.len()).sum::<usize>();
        self.waiting_bytes += events.iter().map(CleanEvent::document_bytes).sum::<usize>();
        self.waiting_events += events.len();
        self.waiting.push(events);
        self.through = offset;
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// The last batch that was added.
    pub const fn through(&self) -> Offset {
        self.through
    }

    /// How long nothing may come before [`Self::advance`] has something to do.
    pub fn patience(&self) -> Duration {
        match (&self.writing, self.since) {
            (Some(_), _) => WRITING_TIME,
            (None, Some(since)) => self.waiting_time.saturating_sub(since.elapsed()),
            (None, None) => IDLE,
        }
    }

    /// What is to be done while nothing comes: finishes a file that is written, and starts one for what has waited long enough.
    pub async fn advance(&mut self, seen: &mut Seen, catalogue: &mut Catalogue) -> Result<()> {
        self.start_file_if_due(false, seen, catalogue).await
    }

    fn has_waited(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= self.waiting_time)
    }

    /// Starts a file when there is enough for one, or, when nothing more will come, for whatever waits. It may be written
    /// before its batches are committed: they must be when anything else is called here, for then it may come into the manifest.
    pub async fn start_file_if_due(
        &mut self,
        nothing_more_comes: bool,
        seen: &mut Seen,
        catalogue: &mut Catalogue,
    ) -> Result<()> {
        if self.writing.as_ref().is_some_and(|(_, writing)| writing.is_finished()) {
            self.finish_file(seen, catalogue).await?;
        }
        let enough = self.waiting_events >= EVENTS_PER_FILE
            || self.waiting_lines >= LINES_PER_FILE
            || self.waiting_bytes >= BYTES_PER_FILE;
        if enough || self.has_waited() || (nothing_more_comes && self.through > self.from) {
            self.start_file(seen, catalogue).await?;
        }
        Ok(())
    }

    /// Writes whatever waits, and returns when all of it is in the manifest.
    pub async fn flush(&mut self, seen: &mut Seen, catalogue: &mut Catalogue) -> Result<()> {
        if self.through > self.from {
            self.start_file(seen, catalogue).await?;
        }
        self.finish_file(seen, catalogue).await
    }

    async fn start_file(&mut self, seen: &mut Seen, catalogue: &mut Catalogue) -> Result<()> {
        // One file at a time: the next waits for the last, which bounds memory.
        self.finish_file(seen, catalogue).await?;
        let batches = std::mem::take(&mut self.waiting);
        let empty = std::mem::take(&mut self.waiting_events) == 0;
        (self.waiting_lines, self.waiting_bytes) = (0, 0);
        self.since = None;
        let id = FileId::derive(&[b"events", &self.from.0.to_le_bytes(), &self.through.0.to_le_bytes()]);
        let lake = Arc::clone(&self.lake);
        let ids = seen.seal();
        let write = move || match empty {
            true => Ok((None, SeenChange::default())),
            false => {
                let file = lake.write_events(id, batches.iter().flat_map(|events| events.iter()))?;
                Ok((Some(file), ids.write(id)?))
            }
        };
        self.writing = Some((self.through, tokio::task::spawn_blocking(write)));
        self.from = self.through;
        Ok(())
    }

    async fn finish_file(&mut self, seen: &mut Seen, catalogue: &mut Catalogue) -> Result<()> {
        let Some((rolled, writing)) = self.writing.take() else { return Ok(()) };
        let (file, ids) = writing.await??;
        if faults::is_on(Fault::ForgetEarly) {
            self.inbox.drop_through(self.through)?;
        }
        let (files, items) = (file.into_iter().collect(), catalogue.take_changed());
        let roll = Roll { rolled, files, items, seen: ids };
        self.store.commit_roll(&roll).await?;
        seen.adopt(&roll.seen)?;
        // Only now: whoever looks for events looks here first, and at the manifest then.
        self.lake.tail().drop_through(rolled);
        let inbox = Arc::clone(&self.inbox);
        tokio::task::spawn_blocking(move || inbox.drop_through(rolled)).await??;
        Ok(())
    }
}
