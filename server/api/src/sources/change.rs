//! `PATCH /sources/{slug}`: another name; enabled or disabled.

use super::{change_source, create::checked_name, show::SourceDetail};
use crate::{
    extract::{ApiJson, ApiPath},
    problem::Problem,
    state::ApiState,
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceChange {
    /// What people call it; at most 80 characters. The short name stays.
    pub name: Option<String>,
    /// Whether its events are taken. From the answer on, those of a disabled source are refused.
    pub enabled: Option<bool>,
}

/// Renames, enables or disables a source.
#[utoipa::path(patch, path = "/sources/{slug}", tag = "sources", operation_id = "changeSource", request_body = SourceChange,
    params(("slug" = String, Path, description = "For example `online-shop`")),
    responses(
        (status = 200, body = SourceDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn patch_source(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
    ApiJson(body): ApiJson<SourceChange>,
) -> Result<SourceDetail, Problem> {
    let name = body.name.as_deref().map(checked_name).transpose()?;
    let changed = change_source(&state, slug, move |source| {
        if let Some(name) = name {
            source.name = name;
        }
        source.enabled = body.enabled.unwrap_or(source.enabled);
    });
    SourceDetail::of(&state, &changed.await?).await
}
