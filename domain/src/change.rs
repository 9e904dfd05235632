//! What one step of the pipeline changes, committed as a whole or not at all.

use crate::{
    EventId, FileId, ImportId, Item, PlanActivity, PlanMark, Profile, ProfileId, Reject, SourceActivity, SubjectId,
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
    /// Events that count as seen from now on, and the batch that brought each.
    pub seen: Vec<(EventId, Offset)>,
    /// New subjects and whom they lead to.
    pub subjects: Vec<(SubjectId, ProfileId)>,
    /// Profiles as they are now, whole.
    pub profiles: Vec<Profile>,
    /// Catalogue items as they are now, whole.
    pub items: Vec<Item>,
    /// What failed a check.
    pub rejects: Vec<Reject>,
    /// Added to the counts that stand.
    pub rule_counts: Vec<RuleCount>,
    /// Added to what sources brought so far.
    pub activity: Vec<SourceActivity>,
    /// Added to how events kept to the tracking plan so far.
    pub plan_activity: Vec<PlanActivity>,
    /// The marks of events that did not, and went on. The first one of an event stands.
    pub plan_marks: Vec<PlanMark>,
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
