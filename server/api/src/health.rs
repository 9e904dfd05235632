//! `GET /health/live` and `/health/ready`, for whoever watches the server.

use crate::{problem::Problem, state::ApiState};
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

/// The process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", operation_id = "getLiveness", responses((status = 200, body = Health)))]
pub async fn get_liveness() -> Json<Health> {
    ok()
}

/// The process can do its work: the Store answers.
#[utoipa::path(get, path = "/health/ready", tag = "health", operation_id = "getReadiness", responses(
    (status = 200, body = Health),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_readiness(State(state): State<ApiState>) -> Result<Json<Health>, Problem> {
    state.store.applied().await?;
    Ok(ok())
}
