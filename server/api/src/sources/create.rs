//! `POST /sources`: a new source.

use super::{
    change_to_the_end,
    hook::{NewHook, wrong},
    new_key,
    show::SourceDetail,
    summary::SourceKindName,
};
use crate::{
    extract::ApiJson,
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{extract::State, http::StatusCode};
use bellwether_domain::{SourceKind, SourceName};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a new source is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// What people call it; at most 80 characters. Its short name follows from it.
    pub name: String,
    /// What sends the events.
    pub kind: SourceKindName,
    /// How its deliveries are checked and read, where it is a `webhook` of another system.
    pub hook: Option<NewHook>,
}

/// A name that was typed in.
pub(super) fn checked_name(text: &str) -> Result<SourceName, Problem> {
    text.parse().map_err(|error| Problem::new(ProblemCode::InvalidBody, format!("the body: {error}")).at("name"))
}

/// Makes a source that takes events at once.
#[utoipa::path(post, path = "/sources", tag = "sources", operation_id = "createSource", request_body = NewSource, responses(
    (status = 201, body = SourceDetail),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create_source(
    State(state): State<ApiState>,
    ApiJson(body): ApiJson<NewSource>,
) -> Result<(StatusCode, SourceDetail), Problem> {
    let (name, key) = (checked_name(&body.name)?, new_key()?);
    let (store, now, kind) = (state.store.clone(), state.clock.now(), SourceKind::from(body.kind));
    if body.hook.is_some() && kind != SourceKind::Webhook {
        return Err(wrong("hook", "only a source of the kind `webhook` is one"));
    }
    let hook = body.hook.map(NewHook::checked).transpose()?;
    let create = async move { store.create_source(&name, kind, hook, &key, now).await };
    let source = change_to_the_end(&state, create).await?;
    Ok((StatusCode::CREATED, SourceDetail::of(&state, &source).await?))
}
