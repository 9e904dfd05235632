//! `GET /imports/uploads` and `/imports/uploads/{id}`: files, and what becomes of them.

use super::{answers::UploadRow, blocking, parts, upload_id};
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Files that were given to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UploadList {
    /// The most bytes that a file may have.
    pub max_bytes: u64,
    /// All of them, the newest first.
    pub uploads: Vec<UploadRow>,
}

/// Every file that is there, is being imported, or was imported in the last days.
#[utoipa::path(get, path = "/imports/uploads", tag = "imports", operation_id = "listUploads", responses(
    (status = 200, body = UploadList),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_uploads(State(state): State<ApiState>) -> Result<Json<UploadList>, Problem> {
    let parts = parts(&state)?;
    let uploads = Arc::clone(&parts.uploads);
    let known = blocking(move || uploads.list()).await??;
    let mut rows = Vec::with_capacity(known.len());
    for upload in known {
        // A mapping for each line of a list would be much for nothing.
        rows.push(UploadRow { mapping: None, ..UploadRow::of(&state, parts, upload).await? });
    }
    Ok(Json(UploadList { max_bytes: parts.uploads.limit(), uploads: rows }))
}

/// One file, and how far its import is.
#[utoipa::path(get, path = "/imports/uploads/{id}", tag = "imports", operation_id = "getUpload",
    params(("id" = String, Path, description = "`upl_…`")),
    responses(
        (status = 200, body = UploadRow),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_upload(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<UploadRow>, Problem> {
    let (parts, id) = (parts(&state)?, upload_id(&id)?);
    let uploads = Arc::clone(&parts.uploads);
    let upload = blocking(move || uploads.get(id)).await??;
    Ok(Json(UploadRow::of(&state, parts, upload).await?))
}
