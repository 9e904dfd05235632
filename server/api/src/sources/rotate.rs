//! `POST /sources/{slug}/rotate-key`: a new key; the old one stops at once.

use super::{change_source, new_key, show::SourceDetail};
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::extract::State;

/// Gives a source a new key. From the answer on, the old one is refused.
#[utoipa::path(post, path = "/sources/{slug}/rotate-key", tag = "sources", operation_id = "rotateSourceKey",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    responses(
        (status = 200, body = SourceDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn rotate_key(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<SourceDetail, Problem> {
    let key = new_key()?;
    let changed = change_source(&state, slug, move |source| source.write_key = key).await?;
    SourceDetail::of(&state, &changed).await
}
