//! `GET /sources`: every source.

use super::summary::{Brought, SourceSummary};
use crate::{problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Every source, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceList {
    /// The server's time: what "a minute ago" is to be counted from.
    pub as_of: DateTime<Utc>,
    /// By short name; without their keys.
    pub sources: Vec<SourceSummary>,
}

/// Every source, and how busy it is.
#[utoipa::path(get, path = "/sources", tag = "sources", operation_id = "listSources", responses(
    (status = 200, body = SourceList),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_sources(State(state): State<ApiState>) -> Result<Json<SourceList>, Problem> {
    let sources = state.store.sources().await?;
    let brought = Brought::read(&state).await?;
    let sources = sources.iter().map(|source| brought.summarize(&state, source)).collect();
    Ok(Json(SourceList { as_of: brought.as_of, sources }))
}
