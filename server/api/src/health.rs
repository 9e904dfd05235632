//! `GET /health/live` and `/health/ready`, for whoever watches the server.

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State};
use serde::Serialize;
use std::time::Duration;
use tokio::time::timeout;
use utoipa::ToSchema;

/// Whoever asks has others to ask as well.
const PATIENCE: Duration = Duration::from_secs(3);

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
    match timeout(PATIENCE, state.store.applied()).await {
        Ok(answer) => {
            answer?;
        }
        Err(_) => return Err(Problem::new(ProblemCode::Unavailable, "the Store does not answer")),
    }
    if let Some(collector) = &state.intake.collector
        && !collector.is_writable().await
    {
        return Err(Problem::new(ProblemCode::Unavailable, "what arrives cannot be written; the log says why"));
    }
    match state.processing.failure() {
        Some(why) => Err(Problem::new(ProblemCode::Unavailable, format!("what arrived cannot be processed: {why}"))),
        None => Ok(ok()),
    }
}
