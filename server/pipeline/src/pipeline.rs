//! The data's way, in order: inbox → clean → not seen before → profile → Store, and the clean events → Lake.
//!
//! This is the only place that commits. Batches of the inbox, one or the few that wait, become one change set, which moves the
//! offset `applied` in the same transaction; a crash leaves all of them or nothing. Files of the Lake follow behind, by `rolled`.

use crate::{
    branches::Branches,
    brought::{self, Brought, Doubles},
    catalogue::Catalogue,
    cleaners::{Cleaned, Cleaners},
    faults::{self, Fault},
    people::People,
    plan::{Finding, PlanGate, PlanReport, RefusedBefore, UnplannedNames, Violation},
    roller::Roller,
};
use anyhow::{Context as _, Result, ensure};
use bellwether_clean::{CleanBatch, Open};
use bellwether_domain::{ChangeSet, EventId, Offset, PlanMark, PlanRefusal, Suppression};
use bellwether_inbox::{Inbox, StoredBatch};
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
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinHandle,
    time::{Duration, timeout},
};

/// How many events wait for a commit at the most, while another batch is being cleaned. They are then committed together:
/// whoever buys often is written once for all of them, so that the further behind the pipeline is, the less each event costs.
/// Memory sets the limit.
const EVENTS_AHEAD: u32 = 18_000;
/// An order may have thousands of lines: so many weigh as much as an event.
const LINES_OF_AN_EVENT: usize = 16;
/// What an event takes in memory, about, by which rejects are measured.
const BYTES_OF_AN_EVENT: usize = 1_024;
/// What is said of a reject beside what it is: where, which field, and why.
const BYTES_OF_A_REJECT: usize = 512;
/// Batches that wait, however few events they hold.
const BATCHES_AHEAD: usize = 256;

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
}

/// Some batches that are true from now on.
pub struct Committed {
    /// The last of them.
    pub applied: Offset,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The events of each, without doubles.
    pub events: Vec<(Offset, BatchEvents)>,
    /// What each source brought.
    pub brought: Brought,
    /// The marks of events that do not keep to the tracking plan.
    pub marks: Vec<PlanMark>,
    /// Events that do not keep to the tracking plan, marked or not.
    pub violations: Vec<Violation>,
}

/// What comes out of the cleaning, in order: what somebody said when batches arrived, and the next batch.
struct Ahead<A> {
    announced: Option<A>,
    cleaned: Option<Prepared>,
    /// The room that its events take.
    room: Option<OwnedSemaphorePermit>,
}

/// One batch after cleaning.
struct Prepared {
    offset: Offset,
    received_at: DateTime<Utc>,
    clean: CleanBatch,
    /// What the tracking plan says of its events.
    findings: Vec<Finding>,
    /// What it refused: which event, and which of its copies in the batch.
    refused: Vec<(EventId, u32)>,
    /// Addresses that get nothing more because of an event, if that counts.
    suppressions: Vec<(EventId, Suppression)>,
}

impl Pipeline {
    /// Continues where the Store stands, and sweeps files that never reached the manifest. What was applied and is in no file
    /// yet is read again by whatever is called first.
    pub async fn open(Road { store, inbox, lake, seen, window }: Road, cleaners: Cleaners) -> Result<Self> {
        let (applied, rolled) = (store.applied().await?, store.rolled().await?);
        let live = store.event_files().await?;
        let sweeper = Arc::clone(&lake);
        tokio::task::spawn_blocking(move || sweeper.sweep_orphans(&live)).await??;
        let runs = store.seen_runs().await?;
        let seen = tokio::task::spawn_blocking(move || Seen::open(&seen, &runs, window)).await??;
        let roller = Roller::new(store.clone(), Arc::clone(&inbox), Arc::clone(&lake), rolled);
        let catalogue = Catalogue::new(store.all_items().await?);
        let cleaners = Arc::new(cleaners);
        let (people, acquisition) = (People::default(), AcquisitionRules::shipped());
        let branches = store.branches().await?.into_iter().map(|branch| (branch.code, !branch.name.is_empty()));
        let branches = Branches::known(branches);
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
        self.take_up_unrolled().await?;
        let (mut ahead, cleaning) = self.clean_ahead(announced);
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
        self.take_up_unrolled().await?;
        self.roller.flush(&mut self.seen, &mut self.catalogue).await
    }

    /// Some batches, from clean to committed. Their file is written at the same time, where it is time for one.
    async fn step(&mut self, batches: Vec<Prepared>, nothing_more_comes: bool) -> Result<()> {
        let mut change = ChangeSet { after: Some(self.applied), ..ChangeSet::default() };
        let mut events = Vec::with_capacity(batches.len());
        let (mut brought, mut arrived) = (Brought::default(), DateTime::UNIX_EPOCH);
        let mut report = PlanReport::default();
        for Prepared { offset, received_at, mut clean, findings, refused, suppressions } in batches {
            let known = self.known(&clean, received_at)?;
            let refusal = |(event, copy)| PlanRefusal { batch: offset, event, copy };
            change.plan_refused.extend(refused.into_iter().map(refusal));
            report.add(findings, &mut clean, received_at, &known, &mut self.unplanned);
            let doubles = self.split_off_doubles(&mut clean, known);
            change.suppressions.extend(of_those(suppressions, &clean));
            (change.applied, arrived) = (offset, received_at);
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
        self.tell(Committed { applied: change.applied, received_at: arrived, events, brought, marks, violations });
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

    /// Takes out the events that were counted before. Of those that come twice now the first one counts.
    fn split_off_doubles(&mut self, clean: &mut CleanBatch, mut known: FxHashSet<EventId>) -> Doubles {
        let is_double = |id| !known.insert(id) && !faults::is_on(Fault::CountTwice);
        let doubles = brought::split_off_doubles(&mut clean.events, is_double);
        clean.events.iter().for_each(|event| self.seen.insert(event.id, event.received_at));
        doubles
    }

    /// Cleans what arrives behind the offset `applied`, as far ahead of the commits as memory allows. A batch takes one
    /// announcement along, so that whoever announces cannot be much further ahead than the cleaning.
    fn clean_ahead<A: Send + 'static>(
        &self,
        mut announced: mpsc::Receiver<A>,
    ) -> (mpsc::Receiver<Ahead<A>>, JoinHandle<Result<()>>) {
        let (ahead, receiver) = mpsc::channel(BATCHES_AHEAD);
        let room = Arc::new(Semaphore::new(EVENTS_AHEAD as usize));
        let runtime = Handle::current();
        let (inbox, cleaners, mut offset) = (Arc::clone(&self.inbox), Arc::clone(&self.cleaners), self.applied);
        let plan = Arc::clone(&self.plan);
        let cleaning = tokio::task::spawn_blocking(move || {
            while let Some(first) = announced.blocking_recv() {
                let mut announcement = Some(first);
                loop {
                    let cleaned = prepare_after(&inbox, &cleaners, &plan, offset)?;
                    let at_end = cleaned.is_none();
                    offset = cleaned.as_ref().map_or(offset, |batch| batch.offset);
                    let room = runtime.block_on(Arc::clone(&room).acquire_many_owned(taken(&cleaned))).ok();
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

    /// Batches that were applied before a crash, but whose events are in no file: their events go to the roller, what they
    /// showed of items to the catalogue; all else is in the Store.
    async fn take_up_unrolled(&mut self) -> Result<()> {
        let mut offset = self.roller.through();
        while offset < self.applied {
            let mut batch = self.prepare_again(offset).await?;
            offset = batch.offset;
            drop(self.catalogue.merge(std::mem::take(&mut batch.clean.items)));
            // All batches before it are known as they were then: the same events are doubles.
            let known = self.known(&batch.clean, batch.received_at)?;
            drop(self.split_off_doubles(&mut batch.clean, known));
            let events = Arc::new(batch.clean.events);
            if self.watcher.is_some() {
                self.lake.tail().push(offset, Arc::clone(&events));
            }
            self.roller.push(events, offset)?;
            self.roller.start_file_if_due(false, &mut self.seen, &mut self.catalogue).await?;
        }
        Ok(())
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

/// The room that a batch takes; the largest takes all. What is set aside is kept whole, and counts by its size.
fn taken(cleaned: &Option<Prepared>) -> u32 {
    let taken = cleaned.as_ref().map_or(0, |batch| {
        let lines: usize =
            batch.clean.events.iter().filter_map(|event| event.order.as_ref()).map(|o| o.lines.len()).sum();
        let refused = batch.clean.refused.iter().map(|(_, reject)| reject);
        let rejects = batch.clean.rejects.iter().chain(refused);
        let bytes: usize = rejects.map(|reject| reject.content.len() + BYTES_OF_A_REJECT).sum();
        batch.clean.events.len() + lines / LINES_OF_AN_EVENT + bytes / BYTES_OF_AN_EVENT
    });
    u32::try_from(taken).unwrap_or(EVENTS_AHEAD).min(EVENTS_AHEAD)
}

/// The batch behind an offset, cleaned and held against the plan that is in force now; none at the end of the inbox.
fn prepare_after(inbox: &Inbox, cleaners: &Cleaners, plan: &CurrentPlan, offset: Offset) -> Result<Option<Prepared>> {
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
fn prepare(
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
#[path = "pipeline_tests.rs"]
mod tests;
