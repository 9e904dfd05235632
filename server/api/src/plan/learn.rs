//! `POST /plan/learn`: what the plan could say, from what arrived. A proposal; nothing changes.

use super::recent::{RecentEvents, document_of};
use crate::{
    extract::ApiJson,
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_plan::{LearnOptions, Learner, Proposal, Schema};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Days back when nothing is said, and the most.
const DAYS: (u32, u32) = (30, 365);
/// Events that are learned from, about.
const EVENTS: u64 = 200_000;

/// What to learn from.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Learn {
    /// From 1 to 365 days back; 30 when nothing is said.
    #[schema(minimum = 1, maximum = 365)]
    pub days: Option<u32>,
    /// Only events of this name.
    pub event: Option<String>,
    /// Only events of the source with this short name.
    pub source: Option<String>,
    /// What is there in at least this share of the events is required, from 0.5 to 1; 0.99 when nothing is said.
    #[schema(minimum = 0.5, maximum = 1.0)]
    pub required_share: Option<f64>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Learned {
    /// Events that were learned from: the newest, about 200,000 at the most.
    pub events: u64,
    /// Events that were left out, because there are more than 500 names.
    pub left_out: u64,
    /// Names whose events are too varied for a schema of the size that is taken.
    pub too_varied: Vec<String>,
    /// One for each other name.
    pub proposals: Vec<PlanProposal>,
}

/// What the plan could say of an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanProposal {
    /// The event's name.
    pub event: String,
    /// Events that it was learned from.
    pub events: u64,
    /// Those of them that would not keep to it.
    pub would_fail: u64,
    /// Whether the plan has an entry for it already.
    pub planned: bool,
    /// A JSON Schema.
    pub schema: JsonObject,
    /// What it was learned from, place by place.
    pub fields: Vec<ProposedField>,
}

/// One place of an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProposedField {
    /// Where, as a JSON pointer; `*` stands for all elements of a list.
    pub path: String,
    /// How often it was there.
    pub seen: u64,
    /// How often something was there that could have held it.
    pub of: u64,
    /// The types of its values, and how often each came.
    pub types: BTreeMap<String, u64>,
}

/// Proposes a schema for each event of the last days. Nothing changes.
#[utoipa::path(post, path = "/plan/learn", tag = "plan", operation_id = "learnPlan", request_body = Learn, responses(
    (status = 200, body = Learned),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn learn_plan(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<Learn>,
) -> Result<Json<Learned>, Problem> {
    let (days, share) = (body.days.unwrap_or(DAYS.0), body.required_share.unwrap_or(0.99));
    let wrong = |field: &str, why: String| {
        Err(Problem::new(ProblemCode::InvalidBody, format!("the body: `{field}` {why}")).at(field))
    };
    if !(1..=DAYS.1).contains(&days) {
        return wrong("days", format!("must be from 1 to {}", DAYS.1));
    }
    if !(0.5..=1.0).contains(&share) {
        return wrong("required_share", "must be from 0.5 to 1".to_owned());
    }
    let since = state.clock.now() - TimeDelta::days(days.into());
    let _one_at_a_time = state.readings.lock().await;
    let recent = RecentEvents::since(&state.store, &state.lake, since, EVENTS).await?;
    let planned = state.store.plan().await?;
    let options = LearnOptions { required_share: share };
    let work = move || learn(&recent, body.event.as_deref(), body.source.as_deref(), options);
    let learned = tokio::task::spawn_blocking(work).await;
    let mut learned = learned.map_err(|error| {
        tracing::error!(%error, "learning a plan broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })??;
    for proposal in &mut learned.proposals {
        proposal.planned = planned.iter().any(|change| {
            change.content.is_some() && change.key.as_ref().is_some_and(|key| key.event == proposal.event)
        });
    }
    Ok(Json(learned))
}

/// Learns from events, and holds them against what was learned. Blocking.
///
/// # Errors
/// When a file of the Lake is missing or damaged.
pub fn learn(
    recent: &RecentEvents,
    event: Option<&str>,
    source: Option<&str>,
    options: LearnOptions,
) -> bellwether_lake::Result<Learned> {
    let mut learner = Learner::default();
    let mut events = 0;
    each(recent, event, source, |name, document| {
        events += 1;
        learner.see(name, document.as_ref());
    })?;
    let proposals = learner.proposals(options);
    let mut fails: BTreeMap<&str, (Option<Schema>, u64)> =
        proposals.iter().map(|proposal| (proposal.event.as_str(), (Schema::new(&proposal.schema).ok(), 0))).collect();
    let nothing = Value::Object(serde_json::Map::new());
    each(recent, event, source, |name, document| {
        if let Some((Some(schema), failed)) = fails.get_mut(name)
            && !schema.accepts(document.as_ref().unwrap_or(&nothing))
        {
            *failed += 1;
        }
    })?;
    let is_varied = |proposal: &&Proposal| fails[proposal.event.as_str()].0.is_none();
    let too_varied = proposals.iter().filter(is_varied).map(|proposal| proposal.event.clone()).collect();
    let rows = proposals.iter().filter(|proposal| fails[proposal.event.as_str()].0.is_some());
    let proposals = rows.map(|proposal| PlanProposal {
        event: proposal.event.clone(),
        events: proposal.events,
        would_fail: fails[proposal.event.as_str()].1,
        planned: false,
        schema: proposal.schema.clone().into(),
        fields: proposal.fields.iter().map(ProposedField::from).collect(),
    });
    let proposals = proposals.collect();
    Ok(Learned { events, left_out: learner.left_out(), too_varied, proposals })
}

fn each(
    recent: &RecentEvents,
    event: Option<&str>,
    source: Option<&str>,
    mut see: impl FnMut(&str, Option<Value>),
) -> bellwether_lake::Result<()> {
    recent.read(|events| {
        let wanted = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
        for found in events.iter().filter(|e| wanted(event, &e.name) && wanted(source, &e.origin.source)) {
            // What no value can hold teaches nothing.
            match document_of(found).map(|text| serde_json::from_str::<Value>(&text)) {
                Some(Err(_)) => {}
                Some(Ok(document)) => see(&found.name, Some(document)),
                None => see(&found.name, None),
            }
        }
        true
    })
}

impl From<&bellwether_plan::LearnedField> for ProposedField {
    fn from(field: &bellwether_plan::LearnedField) -> Self {
        Self {
            path: field.path.clone(),
            seen: field.seen,
            of: field.of,
            types: field.types.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect(),
        }
    }
}
