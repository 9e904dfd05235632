//! `DELETE /sources/{slug}`: no source any more; what it brought stays.

use super::change_to_the_end;
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::{extract::State, http::StatusCode};

/// Removes a source. From the answer on, its key is refused. Its events and its history stay.
#[utoipa::path(delete, path = "/sources/{slug}", tag = "sources", operation_id = "removeSource",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    responses(
        (status = 204),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn remove_source(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<StatusCode, Problem> {
    let (store, asked_for) = (state.store.clone(), slug.clone());
    let remove = async move { store.delete_source(&asked_for).await };
    if !change_to_the_end(&state, remove).await? {
        return Err(Problem::not_found("source", &slug));
    }
    state.intake.meters.forget(&slug);
    state.intake.refusals.forget(&slug);
    state.intake.deliveries.forget(&slug);
    Ok(StatusCode::NO_CONTENT)
}
