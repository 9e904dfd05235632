//! `GET /quality/rejects`: what is in quarantine.

use super::reject_row::{RejectReasonName, RejectRow};
use crate::{
    extract::ApiQuery,
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_domain::{RejectId, RejectReason};
use bellwether_store::{RejectFilter, RejectQuery};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RejectParams {
    /// A part of what happened, or of the row as it came.
    pub q: Option<String>,
    /// Only rows with this reason.
    #[param(inline)]
    pub reason: Option<RejectReasonName>,
    /// Only rows of this source.
    pub source: Option<String>,
    /// Only what can be sent again, when `true`.
    pub replayable: Option<bool>,
    /// Only rows that came behind this one.
    pub behind: Option<u64>,
    /// Only rows that came up to this one.
    pub up_to: Option<u64>,
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// The rows in quarantine, in pages, the newest first.
#[utoipa::path(get, path = "/quality/rejects", tag = "quality", operation_id = "listRejects", params(RejectParams), responses(
    (status = 200, body = Page<RejectRow>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_rejects(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<RejectParams>,
) -> Result<Json<Page<RejectRow>>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let filter = RejectFilter {
        q: params.q,
        reason: params.reason.map(RejectReason::from),
        source: params.source,
        replayable: params.replayable.unwrap_or(false),
        up_to: params.up_to.map(RejectId),
        behind: params.behind.map(RejectId),
    };
    let query = RejectQuery { filter, page: request.page.into(), page_size: request.page_size.into() };
    Ok(Json(request.answer(state.store.rejects(&query).await?, RejectRow::in_list)))
}
