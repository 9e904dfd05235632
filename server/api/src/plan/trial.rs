//! `POST /plan/trial`: what a schema would have done to events that came, before it is in force.

use super::{
    entry::refused,
    key_of,
    recent::{RecentEvents, document_of},
    words::PlanProblemRow,
};
use crate::{
    extract::ApiJson,
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_domain::{CleanEvent, PlanKey};
use bellwether_plan::Schema;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Events of the name that are tried.
const TRIED: usize = 1_000;
/// Events of all names that are looked at for them.
const LOOKED_AT: u64 = 1_000_000;
/// Days back.
const DAYS: i64 = 90;
/// Events that are shown.
const EXAMPLES: usize = 20;

/// What is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The event's name.
    pub event: String,
    /// Only those of the source with this short name.
    pub source: Option<String>,
    /// A JSON Schema.
    pub schema: JsonObject,
}

/// What it would have done.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrialResult {
    /// Events of this name that were tried: the last 1,000, as far as they are from the last 90 days.
    pub tried: u64,
    /// Those of them that do not keep to the schema.
    pub failed: u64,
    /// What is wrong, the most frequent first.
    pub problems: Vec<TrialProblem>,
    /// Some of them, the newest first.
    pub examples: Vec<TrialExample>,
}

/// Something that is wrong with several events.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrialProblem {
    /// Where, as a JSON pointer; `*` stands for any element of a list.
    pub path: String,
    /// The keyword of the schema.
    pub rule: String,
    /// With how many events.
    pub events: u64,
}

/// An event that does not keep to it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrialExample {
    /// Which.
    pub id: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Where it came from.
    pub source: String,
    /// What it says.
    pub properties: Option<JsonObject>,
    /// What is wrong.
    pub problems: Vec<PlanProblemRow>,
}

/// Holds the last 1,000 events of a name against a schema. Nothing changes.
#[utoipa::path(post, path = "/plan/trial", tag = "plan", operation_id = "tryPlan", request_body = Trial, responses(
    (status = 200, body = TrialResult),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn try_plan(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<Trial>,
) -> Result<Json<TrialResult>, Problem> {
    let key = key_of(&body.event, body.source.as_deref())?;
    let text = serde_json::to_string(&body.schema).unwrap_or_default();
    let schema = Schema::parse(&text).map_err(|error| refused(&error))?;
    let since = state.clock.now() - TimeDelta::days(DAYS);
    let _one_at_a_time = state.readings.lock().await;
    let recent = RecentEvents::since(&state.store, &state.lake, since, LOOKED_AT).await?;
    let tried = tokio::task::spawn_blocking(move || trial(&recent, &key, &schema)).await;
    let tried = tried.map_err(|error| {
        tracing::error!(%error, "a trial of a schema broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    Ok(Json(tried?))
}

/// The last events of a name, held against a schema. Blocking.
///
/// # Errors
/// When a file of the Lake is missing or damaged.
pub fn trial(recent: &RecentEvents, key: &PlanKey, schema: &Schema) -> bellwether_lake::Result<TrialResult> {
    let mut result = TrialResult { tried: 0, failed: 0, problems: Vec::new(), examples: Vec::new() };
    let mut problems: BTreeMap<(String, String), u64> = BTreeMap::new();
    let is_of = |event: &CleanEvent| {
        *event.name == *key.event && key.source.as_deref().is_none_or(|source| *event.origin.source == *source)
    };
    recent.read(|events| {
        for event in events.iter().rev().filter(|event| is_of(event)) {
            if result.tried as usize == TRIED {
                return false;
            }
            try_one(event, schema, &mut result, &mut problems);
        }
        (result.tried as usize) < TRIED
    })?;
    let row = |((path, rule), events)| TrialProblem { path, rule, events };
    result.problems = problems.into_iter().map(row).collect();
    result.problems.sort_by_key(|problem| std::cmp::Reverse(problem.events));
    Ok(result)
}

fn try_one(
    event: &CleanEvent,
    schema: &Schema,
    result: &mut TrialResult,
    counts: &mut BTreeMap<(String, String), u64>,
) {
    result.tried += 1;
    let document = document_of(event).unwrap_or("{}");
    let found = schema.problems_of_text(document);
    if found.is_empty() {
        return;
    }
    result.failed += 1;
    for problem in &found {
        *counts.entry((any_element(&problem.path), problem.rule.clone())).or_default() += 1;
    }
    if result.examples.len() < EXAMPLES {
        result.examples.push(TrialExample {
            id: event.id.to_string(),
            time: event.time,
            source: event.origin.source.to_string(),
            properties: document_of(event).and_then(|text| serde_json::from_str(text).ok()),
            problems: found.into_iter().map(PlanProblemRow::from).collect(),
        });
    }
}

/// The same place of every element.
fn any_element(path: &str) -> String {
    let step = |step: &str| if step.parse::<usize>().is_ok() { "*".to_owned() } else { step.to_owned() };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}
