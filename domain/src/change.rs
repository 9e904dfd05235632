//! What one step of the pipeline changes, committed as a whole or not at all.

use crate::{
    BranchActivity, FileId, ImportId, Item, NamedBranch, PlanActivity, PlanMark, PlanRefusal, Profile, ProfileId,
    Reject, SourceActivity, SubjectId, Suppression,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A place in the inbox: the number of a batch, counted from 1. Zero is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Offset(pub u64);

impl Offset {
    /// The next batch.
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// How many rows a cleaning rule touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// Which source.
    pub source: Arc<str>,
    /// Which rule, for example `exact_duplicate`.
    pub rule: String,
    /// How many rows.
    pub rows: u64,
}

/// All that the batches up to `applied` change in the Store. One transaction.
#[derive(Debug, Default)]
pub struct ChangeSet {
    /// The batch before the first that is contained: where the Store has to stand, otherwise it refuses. The pipeline always
    /// says it; without it the Store may stand anywhere before `applied`.
    pub after: Option<Offset>,
    /// The last batch that is contained. The Store refuses what it has already.
    pub applied: Offset,
    /// New subjects and whom they lead to.
    pub subjects: Vec<(SubjectId, ProfileId)>,
    /// Profiles as they are now, whole.
    pub profiles: Vec<Profile>,
    /// Profiles that are there, of whom nothing is new but when and how often they were active, and how they came: traits,
    /// orders and ids are as they stand. Most of what people do is of this kind, and to write it costs a fraction.
    pub active: Vec<Profile>,
    /// Catalogue items as they are now, whole.
    pub items: Vec<Item>,
    /// What failed a check.
    pub rejects: Vec<Reject>,
    /// What the tracking plan refused: a pipeline that reads a batch again refuses the same.
    pub plan_refused: Vec<PlanRefusal>,
    /// Added to the counts that stand.
    pub rule_counts: Vec<RuleCount>,
    /// Added to what sources brought so far.
    pub activity: Vec<SourceActivity>,
    /// Added to how events kept to the tracking plan so far.
    pub plan_activity: Vec<PlanActivity>,
    /// The marks of events that did not, and went on. The first one of an event stands.
    pub plan_marks: Vec<PlanMark>,
    /// Addresses that get nothing more, because of these events. The first reason stands.
    pub suppressions: Vec<Suppression>,
    /// Branches that events name. Those that are there stay as they are, but for a name that nobody has given yet.
    pub branches: Vec<NamedBranch>,
    /// Added to what happened at branches so far.
    pub branch_activity: Vec<BranchActivity>,
}

/// A Parquet file of the Lake's event table, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFile {
    /// Which.
    pub id: FileId,
    /// Relative to the Lake's root, with `/`.
    pub path: String,
    /// Events in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// Earliest event.
    pub min_time: DateTime<Utc>,
    /// Latest event.
    pub max_time: DateTime<Utc>,
}

/// A file of ids of events that were counted, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRun {
    /// Which.
    pub id: FileId,
    /// Relative to the folder of these files.
    pub path: String,
    /// Ids in it.
    pub ids: u64,
    /// Its size.
    pub bytes: u64,
    /// When the youngest of its events was received; `None` for events from files, whose ids are kept for ever.
    pub received: Option<DateTime<Utc>>,
}

/// What a roll changes in the files of ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenChange {
    /// Files that count from now on.
    pub added: Vec<SeenRun>,
    /// Files that do not count any more.
    pub removed: Vec<SeenRun>,
}

/// What follows behind the change sets: the events of some batches come into files. One transaction.
#[derive(Debug, Default)]
pub struct Roll {
    /// The last of the batches.
    pub rolled: Offset,
    /// Files of their events.
    pub files: Vec<EventFile>,
    /// Catalogue items as they are now, whole.
    pub items: Vec<Item>,
    /// Files of the events' ids.
    pub seen: SeenChange,
}

impl Roll {
    /// One that brings nothing but this file, or nothing.
    pub fn of(rolled: Offset, files: &[EventFile]) -> Self {
        Self { rolled, files: files.to_vec(), ..Self::default() }
    }
}

/// What is known of one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// Which: derived from source and file digest.
    pub id: ImportId,
    /// The source's name.
    pub source: String,
    /// The file's name, without its folder.
    pub file: String,
    /// Lines read so far, without the header.
    pub rows: u64,
    /// Events made of them.
    pub events: u64,
    /// Lines that could not be used.
    pub rejected: u64,
    /// Whether the end was reached.
    pub complete: bool,
}

/// What events that are not in the Lake any more had made of a person: where a rebuild begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The person as those events alone add up to.
    pub profile: Profile,
    /// The subjects of those events, in order, each once.
    pub subjects: Vec<SubjectId>,
}

/// Events leave the Lake for good. One transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Removal {
    /// The file that they were in.
    pub file: EventFile,
    /// A file of the others that were in it; `None` where there were no others.
    pub kept: Option<EventFile>,
    /// The baselines that they change, whole.
    pub baselines: Vec<Baseline>,
    /// What of the branches' activity was counted of them.
    pub branch_activity: Vec<BranchActivity>,
}
