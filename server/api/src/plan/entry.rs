//! `GET`, `PUT` and `DELETE /plan/entry`, and `POST /plan/restore`: one entry of the plan.

use super::{
    change_to_the_end, key_of, no_such,
    words::{PlanChangeRow, PlanModeName},
};
use crate::{
    extract::{ApiJson, ApiQuery},
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_domain::{NewPlanChange, PlanContent, PlanKey, PlanMode, PlanVersion};
use bellwether_plan::{Schema, SchemaError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which entry.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryParams {
    /// The event's name, for example `Order Completed`; that of the call for the other five calls.
    pub event: String,
    /// Only those of the source with this short name.
    pub source: Option<String>,
}

/// Which entry is to go.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RemoveParams {
    /// The event's name.
    pub event: String,
    /// Only those of the source with this short name.
    pub source: Option<String>,
    /// Why; at most 500 characters.
    pub note: Option<String>,
    /// The version that is to go. Where it is another one by now, nothing is removed.
    pub based_on: Option<u64>,
}

/// An entry with its history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanEntry {
    /// The event's name.
    pub event: String,
    /// Only those of this source.
    pub source: Option<String>,
    /// What is in force; absent where it was taken out of the plan.
    pub current: Option<PlanChangeRow>,
    /// The last 200 changes of it, the newest first.
    pub history: Vec<PlanChangeRow>,
}

/// What an entry is to say. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryChange {
    /// The event's name.
    pub event: String,
    /// Only those of the source with this short name.
    pub source: Option<String>,
    /// What happens to events that do not keep to it; `watch` for a new entry.
    pub mode: Option<PlanModeName>,
    /// A JSON Schema of the properties (the traits of `identify` and `group`).
    pub schema: Option<JsonObject>,
    /// Why; at most 500 characters.
    #[serde(default)]
    pub note: String,
    /// The version that this is a change of, 0 for a new entry. Where it is another one by now, the change is refused.
    pub based_on: Option<u64>,
}

/// Which change is to be in force again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restore {
    /// Its number.
    pub version: u64,
    /// Why; at most 500 characters.
    #[serde(default)]
    pub note: String,
    /// The newest change of the entry. Where it is another one by now, the change is refused.
    pub based_on: Option<u64>,
}

/// A schema that cannot be taken, at its place in the body.
pub(super) fn refused(error: &SchemaError) -> Problem {
    Problem::new(ProblemCode::InvalidBody, error.to_string()).at(&format!("schema{}", error.pointer))
}

/// An entry of the plan, with all that it ever was. An event that the plan never named has no history.
#[utoipa::path(get, path = "/plan/entry", tag = "plan", operation_id = "getPlanEntry", params(EntryParams), responses(
    (status = 200, body = PlanEntry),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_entry(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<EntryParams>,
) -> Result<Json<PlanEntry>, Problem> {
    show(&state, key_of(&params.event, params.source.as_deref())?).await
}

async fn show(state: &ApiState, key: PlanKey) -> Result<Json<PlanEntry>, Problem> {
    let history = state.store.plan_history(Some(&key)).await?;
    Ok(Json(PlanEntry {
        event: key.event,
        source: key.source,
        current: history.first().filter(|newest| newest.content.is_some()).cloned().map(PlanChangeRow::from),
        history: history.into_iter().map(PlanChangeRow::from).collect(),
    }))
}

/// Adds an entry, or changes one. From the answer on, what arrives is held against it.
#[utoipa::path(put, path = "/plan/entry", tag = "plan", operation_id = "putPlanEntry", request_body = EntryChange, responses(
    (status = 200, body = PlanEntry),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn put_entry(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<EntryChange>,
) -> Result<Json<PlanEntry>, Problem> {
    let key = key_of(&body.event, body.source.as_deref())?;
    let stands = state.store.plan_history(Some(&key)).await?.into_iter().next();
    // Without a word from the caller it is what was read here that is changed.
    let seen = stands.as_ref().map_or(PlanVersion::default(), |change| change.version);
    let stands = stands.and_then(|change| change.content);
    let schema = match (body.schema, &stands) {
        (Some(schema), _) => serde_json::to_string(&schema).unwrap_or_default(),
        (None, Some(stands)) => stands.schema.clone().unwrap_or_else(|| "{}".to_owned()),
        (None, None) => {
            let why = "the body: `schema` is missing; a new entry needs one, and `{}` allows everything";
            return Err(Problem::new(ProblemCode::InvalidBody, why).at("schema"));
        }
    };
    Schema::parse(&schema).map_err(|error| refused(&error))?;
    let mode = body.mode.map(PlanMode::from).or(stands.map(|stands| stands.mode)).unwrap_or(PlanMode::Watch);
    let content = Some(PlanContent { mode, schema: Some(schema) });
    let based_on = Some(body.based_on.map_or(seen, PlanVersion));
    let change = NewPlanChange { key: Some(key.clone()), content, based_on };
    change_to_the_end(&state, vec![change], body.note).await?;
    show(&state, key).await
}

/// Takes an entry out of the plan. Its history stays, and what it said can be put back.
#[utoipa::path(delete, path = "/plan/entry", tag = "plan", operation_id = "removePlanEntry", params(RemoveParams), responses(
    (status = 200, body = PlanEntry),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_entry(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<RemoveParams>,
) -> Result<Json<PlanEntry>, Problem> {
    let key = key_of(&params.event, params.source.as_deref())?;
    let change = NewPlanChange { key: Some(key.clone()), content: None, based_on: params.based_on.map(PlanVersion) };
    let made = change_to_the_end(&state, vec![change], params.note.unwrap_or_default()).await?;
    if made.is_empty() {
        return Err(no_such(&key));
    }
    show(&state, key).await
}

/// Puts back what an earlier change said. That is a change, too.
#[utoipa::path(post, path = "/plan/restore", tag = "plan", operation_id = "restorePlanEntry", request_body = Restore, responses(
    (status = 200, body = PlanEntry),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn restore_entry(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<Restore>,
) -> Result<Json<PlanEntry>, Problem> {
    let change = state.store.plan_change(PlanVersion(body.version)).await?;
    let found = change.and_then(|change| Some((change.key?, change.content?)));
    let (key, content) =
        found.ok_or_else(|| Problem::not_found("schema of version", &body.version.to_string()).at("version"))?;
    Schema::parse(content.schema.as_deref().unwrap_or("{}")).map_err(|error| refused(&error))?;
    let change =
        NewPlanChange { key: Some(key.clone()), content: Some(content), based_on: body.based_on.map(PlanVersion) };
    change_to_the_end(&state, vec![change], body.note).await?;
    show(&state, key).await
}
