//! `GET /sources/{slug}`: one source with its key.

use super::hook::HookDetail;
use super::summary::{Brought, SourceProblem, SourceSummary};
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bellwether_domain::Source;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// One source with its key.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceDetail {
    /// The server's time: what "a minute ago" is to be counted from.
    pub as_of: DateTime<Utc>,
    /// The source itself.
    pub source: SourceSummary,
    /// What a sender has to show.
    pub write_key: String,
    /// How its deliveries are checked and read, where it is a web hook of another system.
    pub hook: Option<HookDetail>,
    /// The last thing that went wrong on each of the last 30 days, the latest first.
    pub problems: Vec<SourceProblem>,
}

impl SourceDetail {
    pub(super) async fn of(state: &ApiState, source: &Source) -> Result<Self, Problem> {
        let brought = Brought::read(state).await?;
        Ok(Self {
            as_of: brought.as_of,
            source: brought.summarize(state, source),
            write_key: source.write_key.reveal().to_owned(),
            hook: HookDetail::of(state, source),
            problems: brought.problems(source),
        })
    }
}

impl IntoResponse for SourceDetail {
    /// Nobody between here and the reader keeps the key.
    fn into_response(self) -> Response {
        let mut response = Json(self).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// One source with its key.
#[utoipa::path(get, path = "/sources/{slug}", tag = "sources", operation_id = "getSource",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    responses(
        (status = 200, body = SourceDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_source(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<SourceDetail, Problem> {
    let source = state.store.source_by_slug(&slug).await?.ok_or_else(|| Problem::not_found("source", &slug))?;
    SourceDetail::of(&state, &source).await
}
