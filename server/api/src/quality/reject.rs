//! `GET` and `DELETE /quality/rejects/{id}`: one row in quarantine.

use super::reject_row::RejectRow;
use crate::{
    extract::{ApiPath, parse},
    problem::Problem,
    state::ApiState,
};
use axum::{Json, extract::State, http::StatusCode};

/// There is no such row, or no longer.
pub(super) fn gone(id: impl ToString) -> Problem {
    Problem::not_found("row in quarantine with number", &id.to_string())
}

/// One row in quarantine, as a whole.
#[utoipa::path(get, path = "/quality/rejects/{id}", tag = "quality", operation_id = "getReject",
    params(("id" = u64, Path, description = "Its number")),
    responses(
        (status = 200, body = RejectRow),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_reject(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<RejectRow>, Problem> {
    let found = state.store.reject(parse("id", &id)?).await?;
    Ok(Json(found.ok_or_else(|| gone(id))?.into()))
}

/// Removes a row from quarantine, for good.
#[utoipa::path(delete, path = "/quality/rejects/{id}", tag = "quality", operation_id = "removeReject",
    params(("id" = u64, Path, description = "Its number")),
    responses(
        (status = 204),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn remove_reject(State(state): State<ApiState>, ApiPath(id): ApiPath<String>) -> Result<StatusCode, Problem> {
    match state.store.remove_rejects(&[parse("id", &id)?]).await? {
        0 => Err(gone(id)),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
