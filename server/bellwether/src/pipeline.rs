//! The data's way, in order: inbox → clean → profile → Store, and the clean events → Lake.
//!
//! This is the only place that commits. A batch of the inbox becomes one change set, which moves the offset `applied`
//! in the same transaction; a crash leaves all of a batch or nothing. Files of the Lake follow behind, by `rolled`.

use crate::{catalogue::Catalogue, cleaners::Cleaners, roller::Roller};
use anyhow::{Result, bail, ensure};
use bellwether_clean::CleanBatch;
use bellwether_domain::{ChangeSet, CleanEvent, EventId, Offset, Reject, RejectReason};
use bellwether_inbox::Inbox;
use bellwether_lake::Lake;
use bellwether_store::Store;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Everything between the inbox and what is true.
pub struct Pipeline {
    store: Store,
    inbox: Arc<Inbox>,
    cleaners: Arc<Cleaners>,
    applied: Offset,
    roller: Roller,
    catalogue: Catalogue,
}

/// One batch after cleaning.
struct Prepared {
    offset: Offset,
    clean: CleanBatch,
}

impl Pipeline {
    /// Continues where the Store stands: sweeps files that never reached the manifest, and reads again what was applied
    /// but not yet rolled.
    pub async fn open(store: Store, inbox: Arc<Inbox>, lake: Arc<Lake>, cleaners: Cleaners) -> Result<Self> {
        let (applied, rolled) = (store.applied().await?, store.rolled().await?);
        let live = store.event_files().await?;
        let sweeper = Arc::clone(&lake);
        tokio::task::spawn_blocking(move || sweeper.sweep_orphans(&live)).await??;
        let roller = Roller::new(store.clone(), Arc::clone(&inbox), lake, rolled);
        let catalogue = Catalogue::new(store.all_items().await?);
        let mut pipeline = Self { store, inbox, cleaners: Arc::new(cleaners), applied, roller, catalogue };
        pipeline.replay_unrolled(rolled).await?;
        Ok(pipeline)
    }

    /// Processes all that the inbox holds. While one batch is committed the next is being cleaned.
    pub async fn catch_up(&mut self) -> Result<()> {
        let mut next = self.prepare_after(self.applied);
        while let Some(batch) = next.await?? {
            next = self.prepare_after(batch.offset);
            self.step(batch).await?;
        }
        Ok(())
    }

    /// Writes every event that is in no file yet.
    pub async fn flush(&mut self) -> Result<()> {
        self.roller.flush(&mut self.catalogue).await
    }

    /// One batch, from clean to committed.
    async fn step(&mut self, Prepared { offset, mut clean }: Prepared) -> Result<()> {
        let doubles = self.drop_doubles(&mut clean.events).await?;
        let changes = self.profile_changes(&clean.events).await?;
        let rejects: Vec<Reject> = clean.rejects.into_iter().chain(doubles).collect();
        self.store
            .commit(&ChangeSet {
                applied: offset,
                seen: clean.events.iter().map(|event| event.id).collect(),
                subjects: changes.subjects,
                profiles: changes.profiles,
                items: self.catalogue.merge(clean.items),
                rule_counts: clean.rule_counts,
                rejects,
            })
            .await?;
        self.applied = offset;
        self.roller.push(clean.events, offset, &mut self.catalogue).await
    }

    /// Keeps the first event of each id; the others go to quarantine.
    async fn drop_doubles(&self, events: &mut Vec<CleanEvent>) -> Result<Vec<Reject>> {
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        let mut known: FxHashSet<EventId> = self.store.seen(&ids).await?.into_iter().collect();
        Ok(split_off_doubles(events, |id| !known.insert(id)))
    }

    async fn profile_changes(&self, events: &[CleanEvent]) -> Result<bellwether_profile::ProfileChanges> {
        let mut subjects: Vec<_> = events.iter().filter_map(|event| event.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let owners = self.store.profile_of(&subjects).await?;
        let mut ids: Vec<_> = owners.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let known = self.store.profiles_by_id(&ids).await?;
        Ok(bellwether_profile::apply(events, &owners, known))
    }

    fn prepare_after(&self, offset: Offset) -> JoinHandle<Result<Option<Prepared>>> {
        let (inbox, cleaners) = (Arc::clone(&self.inbox), Arc::clone(&self.cleaners));
        tokio::task::spawn_blocking(move || {
            let Some(batch) = inbox.read_after(offset, 1)?.pop() else { return Ok(None) };
            ensure!(batch.offset == offset.next(), "{}", missing(offset));
            Ok(Some(Prepared { offset: batch.offset, clean: cleaners.clean(&batch) }))
        })
    }

    /// Batches that were applied before a crash, but whose events are in no file: their events go to the roller, what they
    /// showed of items to the catalogue; all else is in the Store.
    async fn replay_unrolled(&mut self, rolled: Offset) -> Result<()> {
        let mut offset = rolled;
        while offset < self.applied {
            let Some(mut batch) = self.prepare_after(offset).await?? else { bail!(missing(offset)) };
            offset = batch.offset;
            drop(self.catalogue.merge(std::mem::take(&mut batch.clean.items)));
            let ids: Vec<EventId> = batch.clean.events.iter().map(|event| event.id).collect();
            let first_seen = self.store.first_seen(&ids).await?;
            let mut here = FxHashSet::default();
            // An event counts in the batch that brought it first, exactly as it did then.
            split_off_doubles(&mut batch.clean.events, |id| first_seen.get(&id) != Some(&offset) || !here.insert(id));
            self.roller.push(batch.clean.events, offset, &mut self.catalogue).await?;
        }
        Ok(())
    }
}

fn missing(before: Offset) -> String {
    format!("batch {} of the inbox is missing; restore Store and data folder from one backup", before.next().0)
}

fn split_off_doubles(events: &mut Vec<CleanEvent>, mut is_double: impl FnMut(EventId) -> bool) -> Vec<Reject> {
    let mut doubles = Vec::new();
    events.retain(|event| {
        let double = is_double(event.id);
        if double {
            doubles.push(Reject {
                origin: event.origin.clone(),
                field: None,
                reason: RejectReason::DuplicateEvent,
                detail: format!("event {} arrived before; it was counted once", event.id),
                content: event.name.to_string(),
            });
        }
        !double
    });
    doubles
}
