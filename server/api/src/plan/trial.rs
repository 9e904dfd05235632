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
use bellwether_lake::Lake;
use bellwether_plan::Schema;
use bellwether_store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
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
    let _one_at_a_time = state.readings.lock().await;
    let recent = events_to_try(&state.store, &state.lake, state.clock.now()).await?;
    let tried = tokio::task::spawn_blocking(move || trials(&recent, &[(key, schema)])).await;
    let tried = tried.map_err(|error| {
        tracing::error!(%error, "a trial of a schema broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    Ok(Json(tried?.remove(0)))
}

/// Events that are looked at for trials.
///
/// # Errors
/// When the Store cannot be read.
pub async fn events_to_try(
    store: &Store,
    lake: &Arc<Lake>,
    now: DateTime<Utc>,
) -> bellwether_store::Result<RecentEvents> {
    RecentEvents::since(store, lake, now - TimeDelta::days(DAYS), LOOKED_AT).await
}

/// For each schema, the last events of its name held against it, in one reading. Blocking.
///
/// # Errors
/// When a file of the Lake is missing or damaged.
pub fn trials(recent: &RecentEvents, entries: &[(PlanKey, Schema)]) -> bellwether_lake::Result<Vec<TrialResult>> {
    let mut trials: Vec<_> = entries.iter().map(|(key, schema)| OneTrial::new(key, schema)).collect();
    let mut by_event: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, (key, _)) in entries.iter().enumerate() {
        by_event.entry(&key.event).or_default().push(index);
    }
    recent.read(|events| {
        for event in events.iter().rev() {
            let of_event = by_event.get(&*event.name).into_iter().flatten();
            of_event.for_each(|index| trials[*index].look_at(event));
        }
        trials.iter().any(|trial| !trial.is_done())
    })?;
    Ok(trials.into_iter().map(OneTrial::finish).collect())
}

/// A schema, and what became of events so far.
struct OneTrial<'t> {
    key: &'t PlanKey,
    schema: &'t Schema,
    result: TrialResult,
    problems: BTreeMap<(String, String), u64>,
}

impl<'t> OneTrial<'t> {
    const fn new(key: &'t PlanKey, schema: &'t Schema) -> Self {
        let result = TrialResult { tried: 0, failed: 0, problems: Vec::new(), examples: Vec::new() };
        Self { key, schema, result, problems: BTreeMap::new() }
    }

    const fn is_done(&self) -> bool {
        self.result.tried as usize == TRIED
    }

    fn look_at(&mut self, event: &CleanEvent) {
        let is_of_source = self.key.source.as_deref().is_none_or(|source| *event.origin.source == *source);
        if self.is_done() || !is_of_source {
            return;
        }
        self.result.tried += 1;
        let found = self.schema.problems_of_text(document_of(event).as_deref().unwrap_or("{}"));
        if found.is_empty() {
            return;
        }
        self.result.failed += 1;
        for problem in &found {
            *self.problems.entry((any_element(&problem.path), problem.rule.clone())).or_default() += 1;
        }
        if self.result.examples.len() < EXAMPLES {
            self.result.examples.push(TrialExample {
                id: event.id.to_string(),
                time: event.time,
                source: event.origin.source.to_string(),
                properties: document_of(event).and_then(|text| serde_json::from_str(&text).ok()),
                problems: found.into_iter().map(PlanProblemRow::from).collect(),
            });
        }
    }

    fn finish(self) -> TrialResult {
        let row = |((path, rule), events)| TrialProblem { path, rule, events };
        let mut problems: Vec<_> = self.problems.into_iter().map(row).collect();
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.events));
        TrialResult { problems, ..self.result }
    }
}

/// The same place of every element.
fn any_element(path: &str) -> String {
    let step = |step: &str| if step.parse::<usize>().is_ok() { "*".to_owned() } else { step.to_owned() };
    path.split('/').map(step).collect::<Vec<_>>().join("/")
}
