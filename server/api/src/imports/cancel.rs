//! `POST /imports/uploads/{id}/cancel`: stops an import.

use super::{answers::UploadRow, blocking, parts, upload_id};
use crate::{
    extract::ApiPath,
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State};
use std::sync::Arc;

/// Stops an import that waits or runs. What was read until then stays in; starting it again goes on behind it.
#[utoipa::path(post, path = "/imports/uploads/{id}/cancel", tag = "imports", operation_id = "cancelImport",
    params(("id" = String, Path, description = "`upl_…`")),
    responses(
        (status = 200, body = UploadRow),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn cancel_import(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<UploadRow>, Problem> {
    let (parts, id) = (parts(&state)?, upload_id(&id)?);
    let uploads = Arc::clone(&parts.uploads);
    let upload = blocking(move || uploads.get(id)).await??;
    let Some(job) = upload.job else {
        return Err(Problem::new(ProblemCode::ImportNotRunning, "no import of this file was started"));
    };
    parts.queue.cancel(job).await?;
    Ok(Json(UploadRow::of(&state, parts, upload).await?))
}
