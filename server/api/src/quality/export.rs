//! `GET /quality/rejects/export`: the quarantine as a file.

use super::reject_row::{RejectReasonName, RejectRow};
use crate::{extract::ApiQuery, problem::Problem, state::ApiState};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bellwether_domain::{RejectId, RejectReason};
use bellwether_store::{RejectFilter, Store};
use futures_util::stream::try_unfold;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Rows that are read at once: at the most 32 KB each.
const ROWS_AT_ONCE: u64 = 200;

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// A part of what happened, or of the row as it came.
    pub q: Option<String>,
    /// Only rows with this reason.
    #[param(inline)]
    pub reason: Option<RejectReasonName>,
    /// Only rows of this source.
    pub source: Option<String>,
    /// Only what can be sent again.
    pub replayable: Option<bool>,
    /// Only rows that came behind this one.
    pub behind: Option<u64>,
    /// Only rows that came up to this one.
    pub up_to: Option<u64>,
}

/// The rows in quarantine as JSON lines, the oldest first. Where it breaks off, the connection breaks off as well.
#[utoipa::path(get, path = "/quality/rejects/export", tag = "quality", operation_id = "exportRejects", params(ExportParams),
    responses(
        (status = 200, body = String, content_type = "application/x-ndjson", description = "One row a line, as in `listRejects`, but whole."),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn export_rejects(State(state): State<ApiState>, ApiQuery(params): ApiQuery<ExportParams>) -> Response {
    let filter = RejectFilter {
        q: params.q,
        reason: params.reason.map(RejectReason::from),
        source: params.source,
        replayable: params.replayable.unwrap_or(false),
        behind: params.behind.map(RejectId),
        up_to: params.up_to.map(RejectId),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"quarantine.jsonl\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let store = Arc::clone(&state.store);
    let parts = try_unfold(RejectId(0), move |after| {
        let (store, filter) = (Arc::clone(&store), filter.clone());
        async move { next_part(&store, &filter, after).await }
    });
    (headers, Body::from_stream(parts)).into_response()
}

/// The next lines, and the row that they end with.
async fn next_part(
    store: &Store,
    filter: &RejectFilter,
    after: RejectId,
) -> Result<Option<(Bytes, RejectId)>, std::io::Error> {
    let rows = store.rejects_after(filter, after, ROWS_AT_ONCE).await.map_err(|error| {
        tracing::error!(%error, "an export of the quarantine broke off");
        std::io::Error::other("the store does not answer")
    })?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, &RejectRow::from(row))?;
        lines.push(b'\n');
    }
    Ok(Some((lines.into(), last)))
}
