//! `POST /imports/uploads/{id}/start`: an import, as a durable job.

use super::{
    answers::UploadRow,
    blocking, parts,
    preview::{ImportStanding, MappingText, checked_length},
    upload_id,
};
use crate::{
    extract::{ApiJson, ApiPath},
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State, http::StatusCode};
use bellwether_domain::UploadId;
use bellwether_imports::{CannotPreview, Upload};
use bellwether_jobs::job;
use bellwether_store::IMPORT_JOB;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the job is told. The mapping is that of the start: editing it later changes no import under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOrder {
    /// Which file.
    pub upload: UploadId,
    /// By which mapping.
    pub mapping: String,
}

/// Starts the import of a file by a mapping. It goes on whatever happens to whoever asked, to the browser and to the server; one that
/// was stopped goes on where it stood. A file that is in already is recognised by its content, and nothing is done then.
#[utoipa::path(post, path = "/imports/uploads/{id}/start", tag = "imports", operation_id = "startImport",
    params(("id" = String, Path, description = "`upl_…`")),
    request_body = MappingText,
    responses(
        (status = 202, body = UploadRow),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn start_import(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<MappingText>,
) -> Result<(StatusCode, Json<UploadRow>), Problem> {
    let (id, mapping) = (upload_id(&id)?, checked_length(body.mapping)?);
    // Also when whoever asked has gone: between the note and the queue nobody should be left.
    let asked = state.clone();
    let started = tokio::spawn(async move { start(&asked, id, mapping).await }).await.map_err(|error| {
        tracing::error!(%error, "starting an import broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })??;
    Ok((StatusCode::ACCEPTED, Json(UploadRow::of(&state, parts(&state)?, started).await?)))
}

async fn start(state: &ApiState, id: UploadId, mapping: String) -> Result<Upload, Problem> {
    let parts = parts(state)?;
    let _one_at_a_time = parts.starting.lock().await;
    let (uploads, text) = (Arc::clone(&parts.uploads), mapping.clone());
    let upload = blocking(move || {
        let upload = uploads.get(id)?;
        let path = uploads.file(&upload)?;
        bellwether_imports::preview(&path, &upload.digest, &text).map_err(cannot)?;
        Ok::<_, Problem>(upload)
    });
    let upload = upload.await??;
    refuse_what_runs(state, &upload).await?;
    if parts.standing(&state.store, upload, mapping.clone()).await? == ImportStanding::OtherMapping {
        return Err(Problem::new(
            ProblemCode::ImportedDifferently,
            "events of this file are in under another mapping with this source, and it cannot be read twice; go back to that mapping, or import into a fresh data folder",
        ));
    }
    let order = serde_json::to_value(ImportOrder { upload: id, mapping }).unwrap_or_default();
    let now = parts.queue.now();
    let waiting = move |start: u32| job(IMPORT_JOB, &format!("{id} {start}"), order.clone(), now);
    let (uploads, numbered) = (Arc::clone(&parts.uploads), waiting.clone());
    // The note first: a job that nobody knows of could not be stopped.
    let started = blocking(move || uploads.start(id, |start| numbered(start).id)).await??;
    parts.queue.enqueue(&waiting(started.starts)).await?;
    Ok(started)
}

/// One import of a file at a time.
pub(super) async fn refuse_what_runs(state: &ApiState, upload: &Upload) -> Result<(), Problem> {
    let Some(id) = upload.job else { return Ok(()) };
    match parts(state)?.queue.job(id).await? {
        Some(job) if !job.is_over() => Err(Problem::new(
            ProblemCode::ImportRunning,
            "the file is being imported; wait for its end, or stop the import first",
        )),
        _ => Ok(()),
    }
}

fn cannot(error: CannotPreview) -> Problem {
    match error {
        CannotPreview::Mapping(_) => Problem::new(ProblemCode::MappingInvalid, error.to_string()).at("mapping"),
        CannotPreview::File(why) => Problem::new(ProblemCode::FileUnreadable, why),
    }
}
