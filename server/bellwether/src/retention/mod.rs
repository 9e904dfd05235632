//! Events that are past their time leave the Lake, and what they had made of people and branches stays.
//!
//! 1. A file whose events are all young enough is not looked into; of another one, names and times are read first.
//! 2. What is past its time is folded into the baselines of the people and branches that it is about, the rest is written as a new file.
//! 3. The manifest exchanges the files, and the baselines are stored, in one transaction.
//!
//! A process that dies before 3 has changed nothing but for a file that the next start sweeps. Readers that have the old list read
//! the old file for a while. A rebuild begins with the baselines, so that profiles are still what the events say.

mod baselines;
mod rules;

pub use rules::Rules;

use crate::{acquisition, commands::timezone, compactor, context::Context};
use anyhow::Result;
use bellwether_domain::{CleanEvent, EventFile, FileId, Removal};
use bellwether_lake::Lake;
use bellwether_pipeline::faults::{self, Fault};
use bellwether_profile::AcquisitionRules;
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use tokio::task::spawn_blocking;

/// How many events of each name.
pub type Counts = BTreeMap<Arc<str>, u64>;

/// Keeps the Lake to its rules.
pub struct Keeper {
    store: Store,
    lake: Arc<Lake>,
    rules: Arc<Rules>,
    acquisition: AcquisitionRules,
    /// Whose days branches are counted by.
    calendar: Tz,
    /// Whether nobody else has the data folder open, and may be reading old files.
    is_alone: bool,
    /// When the first event of a file is past its time. Files never change, so each is looked into once.
    due: HashMap<FileId, Option<DateTime<Utc>>>,
}

/// What is in a file.
struct Look {
    /// Events that are past their time.
    past: Counts,
    /// When the first of the others is.
    next: Option<DateTime<Utc>>,
}

impl Keeper {
    /// One that keeps to the configuration.
    pub fn of(context: &Context) -> Result<Self> {
        Ok(Self {
            store: context.store.clone(),
            lake: Arc::clone(&context.lake),
            rules: Arc::new(Rules::of(&context.config.retention)),
            acquisition: acquisition::rules(&context.config)?.0,
            calendar: timezone(&context.config)?,
            is_alone: false,
            due: HashMap::new(),
        })
    }

    /// For a process in which nobody reads beside it: old files go at once.
    pub fn alone(self) -> Self {
        Self { is_alone: true, ..self }
    }

    /// What it keeps to.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How many events are past their time. `report` is told of every file that was looked into.
    pub async fn count(&mut self, now: DateTime<Utc>, mut report: impl FnMut()) -> Result<Counts> {
        let mut all = Counts::new();
        for file in self.old_files(now).await? {
            add(&mut all, self.look(&file, now).await?);
            report();
        }
        Ok(all)
    }

    /// Removes what is past its time; says how much it was. Afterwards nothing that was removed can be had again.
    pub async fn enforce(&mut self, now: DateTime<Utc>, mut report: impl FnMut()) -> Result<Counts> {
        let mut all = Counts::new();
        for file in self.old_files(now).await? {
            let past = self.look(&file, now).await?;
            if !past.is_empty() {
                self.remove_from(file, now).await?;
                add(&mut all, past);
            }
            report();
        }
        Ok(all)
    }

    /// Files that may hold something that is past its time.
    pub async fn old_files(&mut self, now: DateTime<Utc>) -> Result<Vec<EventFile>> {
        let Some(oldest) = self.rules.oldest_kept(now) else { return Ok(Vec::new()) };
        let mut files = self.store.event_files().await?;
        let listed: HashSet<FileId> = files.iter().map(|file| file.id).collect();
        self.due.retain(|id, _| listed.contains(id));
        let may_be_due = |file: &EventFile| match self.due.get(&file.id) {
            Some(due) => due.is_some_and(|due| due <= now),
            None => file.min_time < oldest,
        };
        files.retain(may_be_due);
        Ok(files)
    }

    async fn look(&mut self, file: &EventFile, now: DateTime<Utc>) -> Result<Counts> {
        let (lake, rules, files) = (Arc::clone(&self.lake), Arc::clone(&self.rules), [file.clone()]);
        let look = spawn_blocking(move || look_into(&lake, &files, &rules, now)).await??;
        if look.past.is_empty() {
            self.due.insert(file.id, look.next);
        }
        Ok(look.past)
    }

    async fn remove_from(&self, file: EventFile, now: DateTime<Utc>) -> Result<()> {
        let (lake, rules, source) = (Arc::clone(&self.lake), Arc::clone(&self.rules), file.clone());
        let (kept, past) = spawn_blocking(move || divide(&lake, &source, &rules, now)).await??;
        let (baselines, branch_activity) = match faults::is_on(Fault::ForgetBaselines) {
            true => Default::default(),
            false => {
                let baselines = baselines::with(&self.store, &past, &self.acquisition).await?;
                (baselines, baselines::of_branches(&self.store, &past, self.calendar).await?)
            }
        };
        let old = [file.clone()];
        // Before the manifest lets it go: a sweep in between would take it away from those who read.
        self.lake.retire(&old);
        self.store.commit_removal(&Removal { file, kept, baselines, branch_activity }).await?;
        match self.is_alone {
            true => self.lake.remove_retired(&old)?,
            false => compactor::let_go(&self.lake, old.into()),
        }
        Ok(())
    }
}

fn add(all: &mut Counts, some: Counts) {
    for (name, events) in some {
        *all.entry(name).or_default() += events;
    }
}

fn look_into(lake: &Lake, files: &[EventFile], rules: &Rules, now: DateTime<Utc>) -> Result<Look> {
    let mut look = Look { past: Counts::new(), next: None };
    lake.for_each_name(files, |name, time| match rules.due(name, time) {
        Some(due) if due <= now => match look.past.get_mut(name) {
            Some(events) => *events += 1,
            None => drop(look.past.insert(Arc::clone(name), 1)),
        },
        Some(due) => look.next = Some(look.next.map_or(due, |next| next.min(due))),
        None => {}
    })?;
    Ok(look)
}

/// The events that are past their time, and a new file of the others, if there are any.
fn divide(
    lake: &Lake,
    file: &EventFile,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<(Option<EventFile>, Vec<CleanEvent>)> {
    let (mut kept, mut past) = (Vec::new(), Vec::new());
    lake.for_each_event(std::slice::from_ref(file), |event| {
        let is_past = rules.due(&event.name, event.time).is_some_and(|due| due <= now);
        if is_past { past.push(event) } else { kept.push(event) }
    })?;
    // The same for the same file, so that a second attempt replaces what the first has left.
    let id = FileId::derive(&[b"kept", file.id.as_uuid().as_bytes()]);
    let kept = if kept.is_empty() { None } else { Some(lake.write_events(id, &kept)?) };
    Ok((kept, past))
}
