//! What follows from events, rebuilt from the Lake: profiles, which subject leads to which of them, and what happened at branches.
//!
//! What the pipeline made of events as they came must be what comes of them now. It begins with what events had made of people and
//! branches that are past their time and not in the Lake any more (`retention`). The Lake is read part by part, each part being
//! the people of one residue of their ids, so that memory is bounded however many people there are; branches go with the first.

mod branches;

use crate::{acquisition, context::Context};
use anyhow::Result;
use bellwether_domain::{BranchCode, CleanEvent, EventFile, Profile, ProfileId, SubjectId};
use bellwether_lake::Lake;
use bellwether_profile::AcquisitionRules;
use bellwether_store::Store;
use branches::Recount;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::task::spawn_blocking;

/// Events of a part, about.
const EVENTS_PER_PART: u64 = 4_000_000;
/// Events that are applied at once.
const EVENTS_AT_ONCE: usize = 8_192;
/// Profiles that are compared at once.
const PROFILES_AT_ONCE: usize = 1_000;

/// What a comparison came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Events that were read.
    pub events: u64,
    /// Profiles that came of them.
    pub profiles: u64,
    /// Profiles that are missing in the Store or are not what the events say.
    pub differing: Vec<ProfileId>,
    /// Subjects that lead to somebody else.
    pub astray: Vec<SubjectId>,
    /// Profiles of the Store of which no event says anything.
    pub without_events: u64,
    /// Branches at which something else happened.
    pub branches: Vec<BranchCode>,
}

impl Comparison {
    /// Whether the Store is what the events say.
    pub fn is_equal(&self) -> bool {
        self.differing.is_empty() && self.astray.is_empty() && self.without_events == 0 && self.branches.is_empty()
    }

    /// What is not as the events say, in words.
    pub fn wrong(&self) -> String {
        let people = format!("{} profiles and subjects", self.differing.len() + self.astray.len());
        match (self.differing.is_empty() && self.astray.is_empty(), self.branches.len()) {
            (_, 0) => people,
            (true, stores) => format!("{stores} stores"),
            (false, stores) => format!("{people} and {stores} stores"),
        }
    }
}

/// People and their subjects, as the events of a part say.
#[derive(Default)]
struct Rebuilt {
    events: u64,
    profiles: HashMap<ProfileId, Profile>,
    owners: HashMap<SubjectId, ProfileId>,
    branches: Option<Recount>,
}

/// Rebuilds everybody and compares; with `mend` puts what was rebuilt in the place of what differs. All of the inbox must
/// be in the Lake. Tells how many events were read so far.
pub async fn run(context: &Context, mend: bool, tell: impl Fn(u64)) -> Result<Comparison> {
    let files = context.store.event_files().await?;
    let events: u64 = files.iter().map(|file| file.rows).sum();
    let rules = Arc::new(acquisition::rules(&context.config)?.0);
    let parts = events.div_ceil(EVENTS_PER_PART).max(1);
    let mut comparison = Comparison::default();
    for part in 0..parts {
        let (lake, files) = (Arc::clone(&context.lake), files.clone());
        let rules = Arc::clone(&rules);
        let wanted = move |subject| residue(subject, parts) == part;
        let mut begun = Rebuilt::begin(&context.store, wanted).await?;
        if part == 0 {
            begun.branches = Some(Recount::begin(context).await?);
        }
        let rebuilt = spawn_blocking(move || rebuild(begun, &lake, &files, &rules, wanted)).await??;
        compare(context, rebuilt, mend, &mut comparison).await?;
        tell(comparison.events);
    }
    comparison.without_events = context.store.profile_count().await?.saturating_sub(comparison.profiles);
    Ok(comparison)
}

/// Compares a sample of about one in so many people, and all branches, which costs one look at the Lake.
pub async fn sample(context: &Context, one_in: u64) -> Result<Comparison> {
    let (lake, files) = (Arc::clone(&context.lake), context.store.event_files().await?);
    let rules = acquisition::rules(&context.config)?.0;
    let wanted = move |subject| residue(subject, one_in) == 0;
    let mut begun = Rebuilt::begin(&context.store, wanted).await?;
    begun.branches = Some(Recount::begin(context).await?);
    let rebuilt = spawn_blocking(move || rebuild(begun, &lake, &files, &rules, wanted)).await??;
    let mut comparison = Comparison::default();
    compare(context, rebuilt, false, &mut comparison).await?;
    Ok(comparison)
}

/// Ids are digests, so that their last bytes divide people evenly.
fn residue(subject: SubjectId, parts: u64) -> u64 {
    subject.as_uuid().as_u64_pair().1 % parts
}

fn rebuild(
    mut rebuilt: Rebuilt,
    lake: &Lake,
    files: &[EventFile],
    rules: &AcquisitionRules,
    wanted: impl Fn(SubjectId) -> bool,
) -> Result<Rebuilt> {
    let mut waiting = Vec::with_capacity(EVENTS_AT_ONCE);
    let mut branches = rebuilt.branches.take();
    lake.for_each_event(files, |event| {
        if let Some(branches) = &mut branches {
            branches.count(&event);
        }
        if event.subject.is_some_and(&wanted) {
            waiting.push(event);
        }
        if waiting.len() == EVENTS_AT_ONCE {
            rebuilt.apply(&waiting, rules);
            waiting.clear();
        }
    })?;
    rebuilt.apply(&waiting, rules);
    Ok(Rebuilt { branches, ..rebuilt })
}

impl Rebuilt {
    /// What is known of a part's people from events that are not in the Lake any more.
    async fn begin(store: &Store, wanted: impl Fn(SubjectId) -> bool) -> Result<Self> {
        let mut begun = Self::default();
        let mut after = None;
        loop {
            let baselines = store.baselines_after(after, PROFILES_AT_ONCE as u64).await?;
            let Some(last) = baselines.last() else { return Ok(begun) };
            after = Some(last.profile.id);
            for baseline in baselines.into_iter().filter(|one| one.subjects.iter().any(|subject| wanted(*subject))) {
                let id = baseline.profile.id;
                begun.owners.extend(baseline.subjects.iter().map(|subject| (*subject, id)));
                begun.profiles.insert(id, baseline.profile);
            }
        }
    }

    fn apply(&mut self, events: &[CleanEvent], rules: &AcquisitionRules) {
        self.events += events.len() as u64;
        let touched: HashSet<ProfileId> =
            events.iter().filter_map(|event| self.owners.get(&event.subject?)).copied().collect();
        let known: Vec<Profile> = touched.iter().filter_map(|id| self.profiles.remove(id)).collect();
        let changes = bellwether_profile::apply(events, &self.owners, known, rules);
        self.profiles.extend(changes.profiles.into_iter().chain(changes.active).map(|profile| (profile.id, profile)));
        self.owners.extend(changes.subjects);
    }
}

async fn compare(context: &Context, mut rebuilt: Rebuilt, mend: bool, comparison: &mut Comparison) -> Result<()> {
    let branches = rebuilt.branches.take();
    compare_people(context, rebuilt, mend, comparison).await?;
    match branches {
        Some(branches) => branches.compare(&context.store, mend, comparison).await,
        None => Ok(()),
    }
}

async fn compare_people(context: &Context, rebuilt: Rebuilt, mend: bool, comparison: &mut Comparison) -> Result<()> {
    comparison.events += rebuilt.events;
    comparison.profiles += rebuilt.profiles.len() as u64;
    let profiles: Vec<Profile> = rebuilt.profiles.into_values().collect();
    for some in profiles.chunks(PROFILES_AT_ONCE) {
        let differing = context.store.differing_profiles(some).await?;
        if mend && !differing.is_empty() {
            let set: HashSet<_> = differing.iter().collect();
            let changed: Vec<Profile> = some.iter().filter(|profile| set.contains(&profile.id)).cloned().collect();
            context.store.put_rebuilt(&changed, &[]).await?;
        }
        comparison.differing.extend(differing);
    }
    let owners: Vec<(SubjectId, ProfileId)> = rebuilt.owners.into_iter().collect();
    for some in owners.chunks(PROFILES_AT_ONCE) {
        let astray = context.store.differing_subjects(some).await?;
        if mend && !astray.is_empty() {
            let set: HashSet<_> = astray.iter().collect();
            let changed: Vec<_> = some.iter().filter(|(subject, _)| set.contains(subject)).copied().collect();
            context.store.put_rebuilt(&[], &changed).await?;
        }
        comparison.astray.extend(astray);
    }
    Ok(())
}
