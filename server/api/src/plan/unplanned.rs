//! `PUT /plan/unplanned`: what happens to events that the plan does not name.

use super::{change_to_the_end, words::PlanModeName};
use crate::{extract::ApiJson, problem::Problem, state::ApiState};
use axum::{extract::State, http::StatusCode};
use bellwether_domain::{NewPlanChange, PlanContent};
use serde::Deserialize;
use utoipa::ToSchema;

/// The policy on events that the plan does not name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnplannedChange {
    /// What happens to them.
    pub mode: PlanModeName,
    /// Why; at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// Says what happens from now on to events that the plan does not name.
#[utoipa::path(put, path = "/plan/unplanned", tag = "plan", operation_id = "putUnplanned", request_body = UnplannedChange,
    responses(
        (status = 204),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn put_unplanned(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<UnplannedChange>,
) -> Result<StatusCode, Problem> {
    let content = Some(PlanContent { mode: body.mode.into(), schema: None });
    change_to_the_end(&state, vec![NewPlanChange { key: None, content, based_on: None }], body.note).await?;
    Ok(StatusCode::NO_CONTENT)
}
