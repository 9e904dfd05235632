//! `GET` and `PUT /plan/document`: the plan as one file that lives in git.

use super::{
    change_to_the_end,
    words::{PlanChangeRow, PlanModeName},
};
use crate::{
    extract::{ApiJson, ApiQuery},
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::JsonObject,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bellwether_domain::{NewPlanChange, PlanChange, PlanKey, PlanVersion};
use bellwether_plan::{DocumentError, DocumentFormat, PlanDocument, PlannedEvent};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The whole plan, as a file holds it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// What happens to events that it does not name; `watch` when nothing is said.
    #[serde(default = "watch")]
    #[schema(required = false)]
    pub unplanned: PlanModeName,
    /// Those that it names.
    #[serde(default)]
    pub events: Vec<PlanFileEvent>,
}

const fn watch() -> PlanModeName {
    PlanModeName::Watch
}

/// One of them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFileEvent {
    /// The event's name.
    pub event: String,
    /// Only those of this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What happens to those that do not keep to the schema; `watch` when nothing is said.
    #[serde(default = "watch")]
    #[schema(required = false)]
    pub mode: PlanModeName,
    /// A JSON Schema.
    pub schema: JsonObject,
}

/// How to read it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Only say what would change, when `true`.
    pub dry_run: Option<bool>,
    /// Why; at most 500 characters.
    pub note: Option<String>,
}

/// What a file changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanImported {
    /// The changes; empty where the plan said all of it already. In a dry run their versions are 0.
    pub changes: Vec<PlanChangeRow>,
}

/// The plan as a file.
#[utoipa::path(get, path = "/plan/document", tag = "plan", operation_id = "exportPlan", responses(
    (status = 200, body = PlanFile, content_type = "application/json"),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn export_plan(State(state): State<ApiState>) -> Result<Response, Problem> {
    let document = PlanDocument::of(&state.store.plan().await?);
    let text = document.write(DocumentFormat::Json).map_err(|error| wrong(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"tracking-plan.json\"")),
    ];
    Ok((headers, text).into_response())
}

/// Makes the file the plan: entries that it does not have are taken out. Their history stays.
#[utoipa::path(put, path = "/plan/document", tag = "plan", operation_id = "importPlan", params(ImportParams),
    request_body = PlanFile,
    responses(
        (status = 200, body = PlanImported),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn import_plan(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<ImportParams>,
    ApiJson(body): ApiJson<PlanFile>,
) -> Result<Json<PlanImported>, Problem> {
    let document = PlanDocument::from(body);
    let checked = tokio::task::spawn_blocking(move || document.check().map(|()| document)).await;
    let document = checked.map_err(|error| {
        tracing::error!(%error, "the check of a tracking plan broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    let document = document.map_err(|error| wrong(&error))?;
    let stands = state.store.plan().await?;
    let changes = document.changes(&stands);
    let note = params.note.unwrap_or_else(|| "imported".to_owned());
    let made = match params.dry_run {
        Some(true) => would_change(&stands, changes, &note, &state),
        _ => change_to_the_end(&state, changes, note).await?,
    };
    Ok(Json(PlanImported { changes: made.into_iter().map(PlanChangeRow::from).collect() }))
}

fn would_change(stands: &[PlanChange], changes: Vec<NewPlanChange>, note: &str, state: &ApiState) -> Vec<PlanChange> {
    let stands = |key: &Option<PlanKey>| {
        stands.iter().find(|change| change.key == *key).and_then(|change| change.content.as_ref())
    };
    let news = changes.into_iter().filter(|new| stands(&new.key) != new.content.as_ref());
    let made = news.map(|new| PlanChange {
        version: PlanVersion::default(),
        key: new.key,
        content: new.content,
        author: super::AUTHOR.to_owned(),
        note: note.to_owned(),
        at: state.clock.now(),
    });
    made.collect()
}

fn wrong(error: &DocumentError) -> Problem {
    Problem::new(ProblemCode::InvalidBody, format!("the body: {error}")).at("events")
}

impl From<PlanFile> for PlanDocument {
    fn from(file: PlanFile) -> Self {
        let event = |event: PlanFileEvent| PlannedEvent {
            event: event.event,
            source: event.source,
            mode: event.mode.into(),
            schema: serde_json::Value::Object(event.schema.0.into_iter().collect()),
        };
        Self { unplanned: file.unplanned.into(), events: file.events.into_iter().map(event).collect() }
    }
}
