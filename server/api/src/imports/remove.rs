//! `DELETE /imports/uploads/{id}`: a file that is not wanted any more.

use super::{blocking, parts, start::refuse_what_runs, upload_id};
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::{extract::State, http::StatusCode};
use std::sync::Arc;

/// Removes a file and what is known of its import from the list. Events that it brought stay.
#[utoipa::path(delete, path = "/imports/uploads/{id}", tag = "imports", operation_id = "removeUpload",
    params(("id" = String, Path, description = "`upl_…`")),
    responses(
        (status = 204),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn remove_upload(State(state): State<ApiState>, ApiPath(id): ApiPath<String>) -> Result<StatusCode, Problem> {
    let (parts, id) = (parts(&state)?, upload_id(&id)?);
    let _one_at_a_time = parts.starting.lock().await;
    let uploads = Arc::clone(&parts.uploads);
    let upload = blocking(move || uploads.get(id)).await??;
    refuse_what_runs(&state, &upload).await?;
    if let Some(job) = upload.job {
        state.store.remove_ended_job(job).await?;
    }
    let uploads = Arc::clone(&parts.uploads);
    blocking(move || uploads.remove(id)).await??;
    Ok(StatusCode::NO_CONTENT)
}
