//! `GET /health/live` and `/health/ready`, for whoever watches the server.

use crate::{
    collect::Collector,
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; anything else is another HTTP status.
    pub status: String,
    /// The server's version.
    pub version: String,
}

fn ok() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// The process answers. Also at `/healthz`.
#[utoipa::path(get, path = "/health/live", tag = "health", operation_id = "getLiveness", responses((status = 200, body = Health)))]
pub async fn get_liveness() -> Json<Health> {
    ok()
}

/// The process can do its work: the Store answers, what arrives can be written, and what was written is processed. Also at
/// `/readyz`.
#[utoipa::path(get, path = "/health/ready", tag = "health", operation_id = "getReadiness", responses(
    (status = 200, body = Health),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_readiness(State(state): State<ApiState>) -> Result<Json<Health>, Problem> {
    state.store.applied().await?;
    if state.collector.as_ref().is_some_and(Collector::is_stuck) {
        return Err(Problem::new(ProblemCode::Unavailable, "what arrives cannot be written; the log says why"));
    }
    match state.processing.failure() {
        Some(why) => Err(Problem::new(ProblemCode::Unavailable, format!("what arrived cannot be processed: {why}"))),
        None => Ok(ok()),
    }
}
