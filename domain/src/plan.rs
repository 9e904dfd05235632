//! The tracking plan: which events there are, what each must look like, and what happens to those that do not.

use crate::{EventId, Offset};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// What happens to an event that does not keep to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    /// It is counted, and goes on as if nothing were wrong.
    Watch,
    /// It goes on, is counted, and carries a mark that says what is wrong.
    Flag,
    /// It goes to quarantine, with what is wrong.
    Reject,
}

impl PlanMode {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::Watch, Self::Flag, Self::Reject];

    /// Its word, as files and the API write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Flag => "flag",
            Self::Reject => "reject",
        }
    }
}

/// The number of a change of the plan, counted from 1. What a change made is known by this number from then on, so that one
/// number says which schema an event was held against. Zero stands for the plan before its first change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanVersion(pub u64);

impl fmt::Display for PlanVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which events an entry of the plan is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanKey {
    /// The event's name; that of the call for `identify`, `page`, `screen`, `group` and `alias`.
    pub event: String,
    /// Only those of this source. Without one, those of all sources that have no entry of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl fmt::Display for PlanKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{} (source {source})", self.event),
            None => f.write_str(&self.event),
        }
    }
}

/// What a part of the plan says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanContent {
    /// What happens to events that do not keep to it.
    pub mode: PlanMode,
    /// A JSON Schema, as text; `None` for the policy on events that the plan does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// A change that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlanChange {
    /// The entry; `None` for the policy on events that the plan does not name.
    pub key: Option<PlanKey>,
    /// What it says from now on; `None` takes it out of the plan.
    pub content: Option<PlanContent>,
    /// The version that whoever asks has seen last, zero for none. Where it is another one by now, the change is refused.
    pub based_on: Option<PlanVersion>,
}

/// A change as it was made. All of them are kept; the last one of each entry is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// Its number.
    pub version: PlanVersion,
    /// The entry; `None` for the policy on events that the plan does not name.
    pub key: Option<PlanKey>,
    /// What it says since then; `None` where it was taken out of the plan.
    pub content: Option<PlanContent>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One thing that is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanProblem {
    /// Where, as a JSON pointer into what was checked; empty for all of it.
    pub path: String,
    /// The keyword of the schema that it breaks, such as `required`; `unplanned` where the plan does not name the event.
    pub rule: String,
    /// A sentence.
    pub message: String,
}

impl PlanProblem {
    /// The rule that is broken by an event that the plan does not name.
    pub const UNPLANNED: &str = "unplanned";
}

/// The mark of an event that went on although something is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMark {
    /// Which event.
    pub event: EventId,
    /// The version of the plan that it was held against.
    pub version: PlanVersion,
    /// What is wrong; never empty.
    pub problems: Vec<PlanProblem>,
    /// When it was found.
    pub at: DateTime<Utc>,
}

/// How events of one name and source kept to the plan within an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanActivity {
    /// The event's name; [`Self::OTHERS`] for names that are too many to be counted one by one.
    pub event: Arc<str>,
    /// Where they came from.
    pub source: Arc<str>,
    /// The hour in which they arrived.
    pub hour: DateTime<Utc>,
    /// How many there were.
    pub checked: u64,
    /// How many of them were wrong.
    pub failed: u64,
    /// What was wrong with the last of those: a sentence.
    pub last_problem: Option<String>,
}

impl PlanActivity {
    /// Stands for the names that are too many.
    pub const OTHERS: &str = "";

    /// The beginning of an hour.
    pub fn hour_of(moment: DateTime<Utc>) -> DateTime<Utc> {
        moment.duration_trunc(TimeDelta::hours(1)).unwrap_or(moment)
    }

    /// Adds what came later within the same hour.
    pub fn add(&mut self, later: &Self) {
        self.checked += later.checked;
        self.failed += later.failed;
        if later.last_problem.is_some() {
            self.last_problem.clone_from(&later.last_problem);
        }
    }
}

/// An event that the tracking plan did not let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanRefusal {
    /// The batch of the inbox that it came in.
    pub batch: Offset,
    /// Which.
    pub event: EventId,
    /// The how manieth of the batch's events of this id, from 1: a batch may hold an event twice, once as it should be.
    pub copy: u32,
}
