//! `GET /quality`: what cleaning did.

use crate::{
    problem::Problem,
    quality::reject_row::RejectReasonName,
    results::{BATCH_RULES, BatchRules, find_result},
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_domain::{RejectReason, RuleCount};
use serde::Serialize;
use utoipa::ToSchema;

/// What cleaning did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quality {
    /// Lines read by all imports.
    pub rows: u64,
    /// Events made of them.
    pub events: u64,
    /// Events kept in the Lake.
    pub clean_events: u64,
    /// Rows in quarantine.
    pub rejected: u64,
    /// How many rows each rule touched.
    pub rules: Vec<RuleTotal>,
    /// How many rows are in quarantine for each reason.
    pub rejects: Vec<RejectTotal>,
}

/// How many rows a rule touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleTotal {
    /// Which source.
    pub source: String,
    /// Which rule, for example `exact_duplicate`, `cancellation_matched` or `quantity_outlier`.
    pub rule: String,
    /// How many rows.
    pub rows: u64,
}

/// How many rows are in quarantine for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectTotal {
    /// Which source.
    pub source: String,
    /// Why.
    pub reason: RejectReasonName,
    /// How many rows.
    pub rows: u64,
}

impl From<RuleCount> for RuleTotal {
    fn from(count: RuleCount) -> Self {
        Self { source: count.source.to_string(), rule: count.rule, rows: count.rows }
    }
}

impl From<(String, RejectReason, u64)> for RejectTotal {
    fn from((source, reason, rows): (String, RejectReason, u64)) -> Self {
        Self { source, reason: reason.into(), rows }
    }
}

/// What cleaning did.
#[utoipa::path(get, path = "/quality", tag = "quality", operation_id = "getQuality", responses(
    (status = 200, body = Quality),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_quality(State(state): State<ApiState>) -> Result<Json<Quality>, Problem> {
    let imports = state.store.imports().await?;
    let files = state.store.event_files().await?;
    let rejects: Vec<_> = state.store.reject_counts().await?.into_iter().map(RejectTotal::from).collect();
    let batch: BatchRules = find_result(&state, BATCH_RULES).await?.unwrap_or_default();
    let rules = state.store.rule_counts().await?.into_iter().chain(batch.rules);
    Ok(Json(Quality {
        rows: imports.iter().map(|import| import.rows).sum(),
        events: imports.iter().map(|import| import.events).sum(),
        clean_events: files.iter().map(|file| file.rows).sum(),
        rejected: rejects.iter().map(|reject| reject.rows).sum(),
        rules: rules.map(RuleTotal::from).collect(),
        rejects,
    }))
}
