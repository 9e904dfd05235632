//! Shapes that the answers about the plan share.

use crate::words::JsonObject;
use bellwether_domain::{PlanChange, PlanMode, PlanProblem};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens to an event that does not keep to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanModeName {
    /// It is counted.
    Watch,
    /// It goes on with a mark.
    Flag,
    /// It goes to quarantine.
    Reject,
}

impl From<PlanMode> for PlanModeName {
    fn from(mode: PlanMode) -> Self {
        match mode {
            PlanMode::Watch => Self::Watch,
            PlanMode::Flag => Self::Flag,
            PlanMode::Reject => Self::Reject,
        }
    }
}

impl From<PlanModeName> for PlanMode {
    fn from(mode: PlanModeName) -> Self {
        match mode {
            PlanModeName::Watch => Self::Watch,
            PlanModeName::Flag => Self::Flag,
            PlanModeName::Reject => Self::Reject,
        }
    }
}

/// One thing that is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanProblemRow {
    /// Where, as a JSON pointer into the properties (the traits of `identify` and `group`); empty for all of them.
    pub path: String,
    /// The keyword of the schema that it breaks, such as `required`; `unplanned` where the plan does not name the event.
    pub rule: String,
    /// A sentence, in English.
    pub message: String,
}

impl From<PlanProblem> for PlanProblemRow {
    fn from(problem: PlanProblem) -> Self {
        Self { path: problem.path, rule: problem.rule, message: problem.message }
    }
}

/// A change of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanChangeRow {
    /// Its number; what it made is known by it.
    pub version: u64,
    /// The event; absent for the policy on events that the plan does not name.
    pub event: Option<String>,
    /// Only those of this source.
    pub source: Option<String>,
    /// What happens since then; absent where the entry was taken out of the plan.
    pub mode: Option<PlanModeName>,
    /// The schema since then.
    pub schema: Option<JsonObject>,
    /// Who made it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A schema as it is stored; `true`, which allows everything, as the object that does so too.
pub(super) fn schema_object(text: &str) -> JsonObject {
    serde_json::from_str(text).unwrap_or_default()
}

impl From<PlanChange> for PlanChangeRow {
    fn from(change: PlanChange) -> Self {
        let (event, source) = change.key.map_or((None, None), |key| (Some(key.event), key.source));
        let content = change.content.as_ref();
        Self {
            version: change.version.0,
            event,
            source,
            mode: content.map(|content| content.mode.into()),
            schema: content.and_then(|content| content.schema.as_deref()).map(schema_object),
            author: change.author,
            note: change.note,
            at: change.at,
        }
    }
}
