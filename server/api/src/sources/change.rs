//! `PATCH /sources/{slug}`: another name; enabled or disabled; how a web hook is checked and read.

use super::{
    change_source,
    create::checked_name,
    hook::{HookChange, not_generic, wrong},
    show::SourceDetail,
};
use crate::{
    extract::{ApiJson, ApiPath},
    problem::Problem,
    state::ApiState,
};
use axum::extract::State;
use bellwether_domain::HookSystem;
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
    /// How the deliveries of a web hook are checked and read.
    pub hook: Option<HookChange>,
}

/// Renames, enables or disables a source; changes how a web hook is checked and read.
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
    let hook = body.hook.map(HookChange::checked).transpose()?;
    if let Some(change) = &hook {
        check_hook(&state, &slug, change.is_of_generic()).await?;
    }
    let changed = change_source(&state, slug, move |source| {
        if let Some(name) = name {
            source.name = name;
        }
        source.enabled = body.enabled.unwrap_or(source.enabled);
        if let (Some(change), Some(hook)) = (hook, &mut source.hook) {
            change.apply(hook);
        }
    });
    let changed = changed.await?;
    // Why a delivery was refused before says nothing about the next one.
    state.intake.refusals.forget(&changed.slug);
    SourceDetail::of(&state, &changed).await
}

/// What is a web hook stays one, and of the same system: so this can be asked before the change.
async fn check_hook(state: &ApiState, slug: &str, is_of_generic: bool) -> Result<(), Problem> {
    let source = state.store.source_by_slug(slug).await?.ok_or_else(|| Problem::not_found("source", slug))?;
    match source.hook.map(|hook| hook.sender.system()) {
        None => Err(wrong("hook", "the source is no web hook of another system; make another source")),
        Some(HookSystem::Generic) => Ok(()),
        Some(_) if is_of_generic => Err(not_generic()),
        Some(_) => Ok(()),
    }
}
