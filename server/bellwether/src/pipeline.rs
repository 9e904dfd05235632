//! The data's way, in order: inbox → clean → profile → Store, and the clean events → Lake.
//!
//! This is the only place that commits. Whatever batches wait in the inbox become one change set, which moves the offset
//! `applied` in the same transaction; a crash leaves all of them or nothing. Files of the Lake follow behind, by `rolled`.

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

/// No further batch joins a change set that holds so many events. Whoever buys often is written once for all batches of a
/// change set, so that the further behind the pipeline is, the less each event costs; memory sets the limit.
const EVENTS_PER_COMMIT: usize = 7_500;

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

    /// Processes all that the inbox holds. While batches are committed the next ones are being cleaned.
    pub async fn catch_up(&mut self) -> Result<()> {
        let mut next = self.prepare_after(self.applied, EVENTS_PER_COMMIT);
        loop {
            let batches = next.await??;
            let Some(last) = batches.last() else { return Ok(()) };
            next = self.prepare_after(last.offset, EVENTS_PER_COMMIT);
            self.step(batches).await?;
        }
    }

    /// Writes every event that is in no file yet.
    pub async fn flush(&mut self) -> Result<()> {
        self.roller.flush(&mut self.catalogue).await
    }

    /// Some batches, from clean to committed.
    async fn step(&mut self, batches: Vec<Prepared>) -> Result<()> {
        let mut known = self.seen(&batches).await?;
        let mut change = ChangeSet::default();
        let mut passed = Vec::with_capacity(batches.len());
        for Prepared { offset, mut clean } in batches {
            let doubles = split_off_doubles(&mut clean.events, |id| !known.insert(id));
            change.applied = offset;
            change.seen.extend(clean.events.iter().map(|event| (event.id, offset)));
            change.items.extend(self.catalogue.merge(clean.items));
            change.rule_counts.extend(clean.rule_counts);
            change.rejects.extend(clean.rejects.into_iter().chain(doubles));
            passed.push((offset, clean.events));
        }
        let profiles = self.profile_changes(passed.iter().flat_map(|(_, events)| events)).await?;
        (change.profiles, change.subjects) = (profiles.profiles, profiles.subjects);
        self.store.commit(&change).await?;
        self.applied = change.applied;
        for (offset, events) in passed {
            self.roller.push(events, offset, &mut self.catalogue).await?;
        }
        Ok(())
    }

    /// Which of the events were processed before. Of those that come twice now the first one counts.
    async fn seen(&self, batches: &[Prepared]) -> Result<FxHashSet<EventId>> {
        let ids: Vec<EventId> = batches.iter().flat_map(|batch| &batch.clean.events).map(|event| event.id).collect();
        Ok(self.store.seen(&ids).await?.into_iter().collect())
    }

    async fn profile_changes(
        &self,
        events: impl Iterator<Item = &CleanEvent> + Clone,
    ) -> Result<bellwether_profile::ProfileChanges> {
        let mut subjects: Vec<_> = events.clone().filter_map(|event| event.subject).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let owners = self.store.profile_of(&subjects).await?;
        let mut ids: Vec<_> = owners.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let known = self.store.profiles_by_id(&ids).await?;
        Ok(bellwether_profile::apply(events, &owners, known))
    }

    /// The batches behind an offset, cleaned, until they hold `events`; none at the end of the inbox.
    fn prepare_after(&self, mut offset: Offset, events: usize) -> JoinHandle<Result<Vec<Prepared>>> {
        let (inbox, cleaners) = (Arc::clone(&self.inbox), Arc::clone(&self.cleaners));
        tokio::task::spawn_blocking(move || {
            let (mut prepared, mut held) = (Vec::new(), 0);
            while held < events {
                let Some(batch) = inbox.read_after(offset, 1)?.pop() else { break };
                ensure!(batch.offset == offset.next(), "{}", missing(offset));
                offset = batch.offset;
                let clean = cleaners.clean(&batch);
                held += clean.events.len();
                prepared.push(Prepared { offset, clean });
            }
            Ok(prepared)
        })
    }

    /// Batches that were applied before a crash, but whose events are in no file: their events go to the roller, what they
    /// showed of items to the catalogue; all else is in the Store.
    async fn replay_unrolled(&mut self, rolled: Offset) -> Result<()> {
        let mut offset = rolled;
        while offset < self.applied {
            let Some(mut batch) = self.prepare_after(offset, 1).await??.pop() else { bail!(missing(offset)) };
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
