//! `POST /imports/uploads`: a file, as it is.

use super::{answers::UploadRow, blocking, parts};
use crate::{
    extract::ApiQuery,
    problem::{Problem, ProblemCode},
    sources::random_bytes,
    state::ApiState,
};
use axum::{
    Json,
    body::{Body, BodyDataStream, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use bellwether_domain::UploadId;
use bellwether_imports::{Receiver, Upload};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};
use utoipa::IntoParams;

/// Parts of a body that wait for the disk, of some kilobytes each: memory does not grow with the file.
const PARTS_WAITING: usize = 16;
/// Whoever sends nothing for so long has gone away.
const PATIENCE: Duration = Duration::from_secs(60);
/// What comes behind a refusal is read and thrown away for so long, and so many bytes: a browser that is still sending sees a
/// connection that broke, and not why.
const AFTER_A_REFUSAL: (Duration, u64) = (Duration::from_secs(10), 256 * 1024 * 1024);

/// What the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// The file's name. Folders in it, and signs that no file should have, are left out.
    #[param(example = "orders.csv")]
    pub name: String,
}

/// A part of the body, or its end: without one, the sender has gone in the middle.
enum Part {
    Bytes(Bytes),
    End(DateTime<Utc>),
}

/// Takes a file. The body is the file as it is: anything that `bellwether import` reads, plain or packed with gzip or zstd. When this
/// answers, the file is on the disk as a whole; where it does not, nothing of it is left. Nothing is imported yet.
#[utoipa::path(post, path = "/imports/uploads", tag = "imports", operation_id = "uploadFile", params(UploadParams),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the file."),
    responses(
        (status = 201, body = UploadRow),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn upload_file(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<UploadParams>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<UploadRow>), Problem> {
    let parts = parts(&state)?;
    let mut body = body.into_data_stream();
    let received = match check(&headers, parts.uploads.limit()) {
        Ok(()) => receive(&state, &params.name, &mut body).await,
        Err(problem) => Err(problem),
    };
    match received {
        Ok(upload) => Ok((StatusCode::CREATED, Json(UploadRow::of(&state, parts, upload).await?))),
        Err(problem) => {
            throw_away(body).await;
            Err(problem)
        }
    }
}

/// What can be said before the first byte. Only this content type is read: a form of another site cannot send it without asking.
fn check(headers: &HeaderMap, limit: u64) -> Result<(), Problem> {
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/octet-stream") {
        return Err(Problem::new(ProblemCode::InvalidBody, "the file must be sent as `application/octet-stream`"));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length.is_some_and(|length| length > limit) {
        true => Err(bellwether_imports::Error::TooLarge { limit }.into()),
        false => Ok(()),
    }
}

async fn receive(state: &ApiState, name: &str, body: &mut BodyDataStream) -> Result<Upload, Problem> {
    let parts = parts(state)?;
    let busy = || Problem::new(ProblemCode::Unavailable, "other files are being uploaded; try again in a minute");
    let _place = Arc::clone(&parts.receiving).try_acquire_owned().map_err(|_| busy())?;
    let (id, uploads, name) = (UploadId::from_bytes(random_bytes()?), Arc::clone(&parts.uploads), name.to_owned());
    let receiver = blocking(move || uploads.receive(id, &name)).await??;
    let (sender, waiting) = mpsc::channel(PARTS_WAITING);
    let writing = tokio::task::spawn_blocking(move || write(receiver, waiting));
    let sent = hand_over(state, body, sender).await;
    let written = writing.await.map_err(|error| {
        tracing::error!(%error, "writing an upload broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    // What the disk says comes first: it is why nothing more was handed over.
    match (written, sent) {
        (Err(error), _) => Err(error.into()),
        (Ok(Some(upload)), Ok(())) => Ok(upload),
        (Ok(_), Err(problem)) => Err(problem),
        (Ok(None), Ok(())) => Err(cut_off()),
    }
}

/// From the connection to the disk, no faster than the disk is.
async fn hand_over(state: &ApiState, body: &mut BodyDataStream, sender: mpsc::Sender<Part>) -> Result<(), Problem> {
    loop {
        let part = match timeout(PATIENCE, body.next()).await {
            Ok(Some(Ok(bytes))) => Part::Bytes(bytes),
            Ok(None) => Part::End(state.clock.now()),
            Ok(Some(Err(_))) | Err(_) => return Err(cut_off()),
        };
        let is_end = matches!(part, Part::End(_));
        // The other side is gone only when it failed, and then it says why.
        if sender.send(part).await.is_err() || is_end {
            return Ok(());
        }
    }
}

fn write(
    mut receiver: Receiver,
    mut waiting: mpsc::Receiver<Part>,
) -> Result<Option<Upload>, bellwether_imports::Error> {
    while let Some(part) = waiting.blocking_recv() {
        match part {
            Part::Bytes(bytes) => receiver.take(&bytes)?,
            Part::End(now) => return receiver.finish(now).map(Some),
        }
    }
    Ok(None)
}

fn cut_off() -> Problem {
    Problem::new(ProblemCode::InvalidBody, "the file did not arrive as a whole; nothing of it was kept; send it again")
}

async fn throw_away(mut body: BodyDataStream) {
    let (until, mut left) = (Instant::now() + AFTER_A_REFUSAL.0, AFTER_A_REFUSAL.1);
    while let Ok(Some(Ok(bytes))) = timeout_at(until, body.next()).await {
        left = left.saturating_sub(bytes.len() as u64);
        if left == 0 {
            return;
        }
    }
}
