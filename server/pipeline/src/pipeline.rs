//! The data's way, in order: inbox → clean → not seen before → profile → Store, and the clean events → Lake.
//!
//! This is the only place that commits. Batches of the inbox, one or the few that wait, become one change set, which moves the
//! offset `applied` in the same transaction; a crash leaves all of them or nothing. Files of the Lake follow behind, by `rolled`.

use crate::{
    ahead::{Ahead, BATCHES_AHEAD, Cleaning, Prepared, missing, prepare, prepare_after},
    branches::Branches,
    brought::{self, Brought, Doubles},
    catalogue::Catalogue,
    cleaners::Cleaners,
    faults::{self, Fault},
    people::People,
    plan::{PlanReport, RefusedBefore, UnplannedNames, Violation},
    roller::Roller,
};
use anyhow::{Context as _, Result};
use bellwether_clean::CleanBatch;
use bellwether_domain::{ChangeSet, EventId, Offset, PlanMark, PlanRefusal, Suppression};
use bellwether_inbox::Inbox;
use bellwether_lake::{BatchEvents, Lake};
use bellwether_plan::CurrentPlan;
use bellwether_profile::AcquisitionRules;
use bellwether_seen::Seen;
use bellwether_store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rustc_hash::FxHashSet;
use std::{path::PathBuf, sync::Arc};
use tokio::{
    sync::mpsc,
    time::{Duration, timeout},
};

/// Where a pipeline reads and writes.
pub struct Road {
    /// What is true.
    pub store: Store,
    /// What has arrived.
    pub inbox: Arc<Inbox>,
    /// What has happened.
    pub lake: Arc<Lake>,
    /// The folder of the ids of counted events.
    pub seen: PathBuf,
    /// For how long an event that comes again over HTTP is known.
    pub window: TimeDelta,
}

/// Everything between the inbox and what is true.
pub struct Pipeline {
    store: Store,
    inbox: Arc<Inbox>,
    cleaners: Arc<Cleaners>,
    applied: Offset,
    lake: Arc<Lake>,
    roller: Roller,
    seen: Seen,
    catalogue: Catalogue,
    people: People,
    branches: Branches,
    acquisition: AcquisitionRules,
    /// Whose calendar days are counted by.
    time_zone: Tz,
    watcher: Option<Arc<dyn Watcher>>,
    /// What events are held against.
    plan: Arc<CurrentPlan>,
    unplanned: UnplannedNames,
}

/// Whoever wants to know at once what has become true.
pub trait Watcher: Send + Sync {
    /// These batches are committed. Must be quick: the next ones wait.
    fn committed(&self, step: &Committed);

    /// Whether there are senders who wait for more than a moment: the pipeline lets them go first. Must be quick.
    fn senders_wait(&self) -> bool {
        false
    }
}

/// Some batches that are true from now on.
pub struct Committed {
    /// The last of them.
    pub applied: Offset,
    /// The events of each, without doubles.
    pub events: Vec<(Offset, BatchEvents)>,
    /// What each source brought.
    pub brought: Brought,
    /// The marks of events that do not keep to the tracking plan.
    pub marks: Vec<PlanMark>,
    /// Events that do not keep to the tracking plan, marked or not.
    pub violations: Vec<Violation>,
}

impl Pipeline {
    /// Continues where the Store stands, and sweeps files that never reached the manifest. What was applied and is in no file
    /// yet is read again by whatever is called first.
    pub async fn open(Road { store, inbox, lake, seen, window }: Road, cleaners: Cleaners) -> Result<Self> {
        let (applied, rolled) = (store.applied().await?, store.rolled().await?);
        // An earlier pipeline may have ended just behind the moment at which a file came into the manifest.
        lake.tail().drop_through(rolled);
        let live = store.event_files().await?;
        let sweeper = Arc::clone(&lake);
        tokio::task::spawn_blocking(move || sweeper.sweep_orphans(&live)).await??;
        let runs = store.seen_runs().await?;
        let seen = tokio::task::spawn_blocking(move || Seen::open(&seen, &runs, window)).await??;
        let roller = Roller::new(store.clone(), Arc::clone(&inbox), Arc::clone(&lake), rolled);
        let catalogue = Catalogue::new(store.all_items().await?);
        let cleaners = Arc::new(cleaners);
        let (people, acquisition) = (People::default(), AcquisitionRules::shipped());
        let branches = Branches::of(&store).await?;
        Ok(Self {
            store,
            inbox,
            cleaners,
            applied,
            lake,
            roller,
            seen,
            catalogue,
            people,
            branches,
            acquisition,
            time_zone: Tz::UTC,
            watcher: None,
            plan: Arc::default(),
            unplanned: UnplannedNames::default(),
        })
    }

    /// Counts days by this calendar; otherwise by UTC.
    pub fn with_calendar(self, time_zone: Tz) -> Self {
        Self { time_zone, ..self }
    }

    /// Gives events a file when they have waited for so long, however few they are.
    pub fn with_waiting_time(self, waiting_time: Duration) -> Self {
        Self { roller: self.roller.with_waiting_time(waiting_time), ..self }
    }

    /// Tells somebody what has become true, and shows events that are in no file yet at the Lake's tail. An import needs
    /// neither, and would hold its events in memory for longer.
    pub fn watched_by(self, watcher: Arc<dyn Watcher>) -> Self {
        Self { watcher: Some(watcher), ..self }
    }

    /// The same with other rules for how people came than those that are shipped.
    pub fn with_acquisition(self, acquisition: AcquisitionRules) -> Self {
        Self { acquisition, ..self }
    }

    /// Holds events against this plan, as it is at the moment; otherwise against none.
    pub fn with_plan(self, plan: Arc<CurrentPlan>) -> Self {
        Self { plan, ..self }
    }

    /// Reads again what was applied and is in no file yet, and shows it at the Lake's tail: only then can everybody see all that
    /// is true. Whatever else is called does this first.
    pub async fn take_up(&mut self) -> Result<()> {
        while self.roller.through() < self.applied {
            self.take_up_next().await?;
        }
        Ok(())
    }

    /// Processes all that the inbox holds.
    pub async fn catch_up(&mut self) -> Result<()> {
        let (announce, announced) = mpsc::channel(1);
        announce.send(()).await?;
        drop(announce);
        self.follow(announced, |()| Ok(())).await
    }

    /// Processes what the inbox holds whenever it is announced that something arrived, until nobody can announce any more;
    /// hands every announcement on. Batches are cleaned while others are committed.
    pub async fn follow<A: Send + 'static>(
        &mut self,
        announced: mpsc::Receiver<A>,
        mut hand_on: impl FnMut(A) -> Result<()>,
    ) -> Result<()> {
        self.take_up().await?;
        let cleaning = Cleaning {
            inbox: Arc::clone(&self.inbox),
            cleaners: Arc::clone(&self.cleaners),
            plan: Arc::clone(&self.plan),
            watcher: self.watcher.clone(),
        };
        let (mut ahead, cleaning) = cleaning.start(self.applied, announced);
        let mut waiting = Vec::new();
        loop {
            match timeout(self.roller.patience(), ahead.recv_many(&mut waiting, BATCHES_AHEAD)).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(_nothing_came) => {
                    self.roller.advance(&mut self.seen, &mut self.catalogue).await?;
                    continue;
                }
            }
            let mut batches = Vec::with_capacity(waiting.len());
            for Ahead { announced, cleaned, room } in waiting.drain(..) {
                announced.map(&mut hand_on).transpose()?;
                batches.extend(cleaned);
                drop(room);
            }
            if !batches.is_empty() {
                self.step(batches, ahead.is_closed() && ahead.is_empty()).await?;
            }
        }
        // It has come to its end, or to one that it tells now.
        cleaning.await?
    }

    /// The last batch whose changes are in the Store.
    pub const fn applied(&self) -> Offset {
        self.applied
    }

    /// Writes every event that is in no file yet.
    pub async fn flush(&mut self) -> Result<()> {
        self.take_up().await?;
        self.roller.flush(&mut self.seen, &mut self.catalogue).await
    }

    /// Some batches, from clean to committed. Their file is written at the same time, where it is time for one.
    async fn step(&mut self, batches: Vec<Prepared>, nothing_more_comes: bool) -> Result<()> {
        let mut change = ChangeSet { after: Some(self.applied), ..ChangeSet::default() };
        let mut events = Vec::with_capacity(batches.len());
        let mut brought = Brought::default();
        let mut report = PlanReport::default();
        for Prepared { offset, received_at, mut clean, findings, refused, suppressions } in batches {
            let known = self.known(&clean, received_at)?;
            let refusal = |(event, copy)| PlanRefusal { batch: offset, event, copy };
            change.plan_refused.extend(refused.into_iter().map(refusal));
            report.add(findings, &mut clean, received_at, &known, &mut self.unplanned);
            let doubles = self.split_off_doubles(&mut clean, known, received_at);
            change.suppressions.extend(of_those(suppressions, &clean));
            change.applied = offset;
            brought.add(&clean, &doubles, received_at, self.time_zone);
            change.items.extend(self.catalogue.merge(clean.items));
            change.rule_counts.extend(clean.rule_counts.into_iter().chain(doubles.counts));
            change.rejects.extend(clean.rejects.into_iter().chain(doubles.rejects));
            events.push((offset, Arc::new(clean.events)));
        }
        change.activity = brought.activity();
        let counted = events.iter().flat_map(|(_, events)| events.iter());
        self.branches.count(counted, self.time_zone, &mut change);
        (change.plan_activity, change.plan_marks) = (report.activity(), report.marks.clone());
        let all = events.iter().flat_map(|(_, events)| events.iter());
        let people = self.people.apply(&self.store, all, &self.acquisition).await?;
        (change.profiles, change.active, change.subjects) = (people.profiles, people.active, people.subjects);
        events.iter().try_for_each(|(offset, events)| self.roller.push(Arc::clone(events), *offset))?;
        self.roller.start_file_if_due(nothing_more_comes, &mut self.seen, &mut self.catalogue).await?;
        self.store.commit(&change).await?;
        self.people.keep(change.profiles.into_iter().chain(change.active));
        self.applied = change.applied;
        let PlanReport { marks, violations, .. } = report;
        self.tell(Committed { applied: change.applied, events, brought, marks, violations });
        Ok(())
    }

    fn tell(&self, step: Committed) {
        let Some(watcher) = &self.watcher else { return };
        for (offset, events) in &step.events {
            self.lake.tail().push(*offset, Arc::clone(events));
        }
        watcher.committed(&step);
    }

    /// Which of the events were counted before, those that are refused now included.
    fn known(&self, clean: &CleanBatch, received_at: DateTime<Utc>) -> Result<FxHashSet<EventId>> {
        let refused = clean.refused.iter().map(|(id, _)| *id);
        Ok(self.seen.known(clean.events.iter().map(|event| event.id).chain(refused), received_at)?)
    }

    /// Takes out the events that were counted before. Of those that come twice now the first one counts. An event that waited in
    /// quarantine is known by when its batch arrived, not by when it first did: that may be so long ago that nobody asks any more.
    fn split_off_doubles(
        &mut self,
        clean: &mut CleanBatch,
        mut known: FxHashSet<EventId>,
        received_at: DateTime<Utc>,
    ) -> Doubles {
        let is_double = |id| !known.insert(id) && !faults::is_on(Fault::CountTwice);
        let doubles = brought::split_off_doubles(&mut clean.events, is_double);
        for event in &clean.events {
            self.seen.insert(event.id, event.received_at.map(|_| received_at));
        }
        doubles
    }

    /// A batch that was applied before a crash, but whose events are in no file: its events go to the roller, what it showed of
    /// items to the catalogue; all else is in the Store.
    async fn take_up_next(&mut self) -> Result<()> {
        let mut batch = self.prepare_again(self.roller.through()).await?;
        drop(self.catalogue.merge(std::mem::take(&mut batch.clean.items)));
        // All batches before it are known as they were then: the same events are doubles.
        let known = self.known(&batch.clean, batch.received_at)?;
        drop(self.split_off_doubles(&mut batch.clean, known, batch.received_at));
        let events = Arc::new(batch.clean.events);
        if self.watcher.is_some() {
            self.lake.tail().push(batch.offset, Arc::clone(&events));
        }
        self.roller.push(events, batch.offset)?;
        self.roller.start_file_if_due(false, &mut self.seen, &mut self.catalogue).await
    }
}

impl Pipeline {
    /// A batch that was applied before, cleaned once more. The tracking plan has spoken about it then, and may say something
    /// else now: what was refused then is refused again, and nothing else.
    async fn prepare_again(&self, offset: Offset) -> Result<Prepared> {
        let refused = self.store.plan_refused(offset.next()).await?;
        let (inbox, cleaners) = (Arc::clone(&self.inbox), Arc::clone(&self.cleaners));
        let plan = Arc::clone(&self.plan);
        let again = move || match faults::is_on(Fault::JudgeAgain) {
            true => prepare_after(&inbox, &cleaners, &plan, offset),
            false => prepare(&inbox, offset, |batch| cleaners.clean(batch, &mut RefusedBefore::new(&refused))),
        };
        let prepared = tokio::task::spawn_blocking(again).await??;
        prepared.with_context(|| missing(offset))
    }
}

/// What follows from events that count now. An event that comes again changes nothing: somebody may have allowed the address since.
fn of_those(suppressions: Vec<(EventId, Suppression)>, clean: &CleanBatch) -> Vec<Suppression> {
    if suppressions.is_empty() {
        return Vec::new();
    }
    let counted: FxHashSet<EventId> = clean.events.iter().map(|event| event.id).collect();
    suppressions.into_iter().filter(|(event, _)| counted.contains(event)).map(|(_, suppression)| suppression).collect()
}

#[cfg(test)]
#[path = "pipeline_tests.rs"]
mod tests;
