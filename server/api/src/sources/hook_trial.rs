//! `…/hook/guess` and `…/hook/preview`: what a mapping makes of a delivery, while somebody writes it.

use super::hook::wrong;
use crate::{
    extract::{ApiJson, ApiPath},
    imports::preview::{MappingProblem, RowProblem, checked_length, row_problem},
    problem::Problem,
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_collect::{
    EventMapping,
    hooks::{self, ReceivedHook, Trial},
    segment::OrderCurrency,
};
use bellwether_domain::{Hook, Source};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// The largest delivery to try, in bytes: what quarantine keeps whole.
const MAX_DELIVERY: usize = hooks::MAX_KEPT;
/// Events and problems that are shown.
const SHOWN: usize = 20;
/// A delivery to guess a mapping from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookExample {
    /// JSON as the system sends it, or as quarantine shows it; at most 128 KiB.
    pub body: String,
}

/// A draft of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingDraft {
    /// TOML, with a comment for every guess. It can be read; whether it is right is for a person to see.
    pub mapping: String,
}

/// A mapping and a delivery to try it on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookTrial {
    /// TOML, as `docs/mapping.md` describes it; at most 64 KiB. Without one the mapping that is in use is tried.
    pub mapping: Option<String>,
    /// JSON as the system sends it, or as quarantine shows it (`{"type": "hook", …}`); at most 128 KiB.
    pub body: String,
    /// The delivery's headers. Those that the mapping does not ask for mean nothing.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// What a mapping makes of a delivery. Nothing is kept. Whether an order's currency is the shop's own is looked at later.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct HookPreview {
    /// What is wrong with the mapping's text; then there is nothing else.
    pub mapping_problem: Option<MappingProblem>,
    /// Why the delivery cannot be read at all; then there are no events.
    pub body_problem: Option<String>,
    /// The first 20 events, as they would be kept.
    pub events: Vec<JsonObject>,
    /// How many there are in all.
    pub event_count: u64,
    /// The first 20 documents that cannot be used, and why.
    pub problems: Vec<RowProblem>,
    /// How many there are in all.
    pub problem_count: u64,
    /// Documents that a rule leaves out on purpose.
    pub left_out: u64,
    /// The headers that the mapping asks for, and those that say what a delivery is about, in small letters.
    pub headers: Vec<String>,
}

/// Guesses a mapping from a delivery: from the names of its fields and what they hold.
#[utoipa::path(post, path = "/sources/{slug}/hook/guess", tag = "sources", operation_id = "guessHookMapping",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    request_body = HookExample,
    responses(
        (status = 200, body = MappingDraft),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn guess_hook_mapping(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
    ApiJson(HookExample { body }): ApiJson<HookExample>,
) -> Result<Json<MappingDraft>, Problem> {
    let (source, _) = hook_of(&state, &slug).await?;
    checked_body(&body)?;
    let pasted = pasted(&body).map_err(|problem| wrong("body", &problem))?;
    let mapping = hooks::guess(&source, pasted.body).map_err(|error| wrong("body", &error.to_string()))?;
    Ok(Json(MappingDraft { mapping }))
}

/// Tries a mapping on a delivery. Quick enough to be asked while somebody types: what is wrong with the mapping is an answer like
/// any other.
#[utoipa::path(post, path = "/sources/{slug}/hook/preview", tag = "sources", operation_id = "previewHook",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    request_body = HookTrial,
    responses(
        (status = 200, body = HookPreview),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn preview_hook(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
    ApiJson(body): ApiJson<HookTrial>,
) -> Result<Json<HookPreview>, Problem> {
    let (source, hook) = hook_of(&state, &slug).await?;
    checked_body(&body.body)?;
    let text = match &body.mapping {
        Some(text) => Cow::Owned(checked_length(text.clone())?),
        None => Cow::Borrowed(mapping_in_use(&hook)),
    };
    let mapping = match text.trim() {
        "" => None,
        _ => match hooks::parse_mapping(&text) {
            Ok(mapping) => Some(mapping),
            Err(error) => return Ok(Json(HookPreview::of_bad_mapping(error.into()))),
        },
    };
    let currency = state.currency();
    let trial = Tried { source: &source, hook: &hook, mapping: mapping.as_ref(), now: state.clock.now() };
    trial.of(&body, &currency).map(Json)
}

/// A delivery as somebody has put it in.
struct Pasted<'b> {
    body: &'b str,
    /// What quarantine kept of its headers, where it comes from there.
    headers: Option<BTreeMap<String, String>>,
}

/// As the system sends it, or as quarantine shows it.
///
/// # Errors
/// Why it is neither, in a sentence.
fn pasted(text: &str) -> Result<Pasted<'_>, String> {
    match hooks::again(text) {
        Some(Ok(again)) => Ok(Pasted { body: again.body, headers: Some(again.headers) }),
        Some(Err(problem)) => Err(problem.to_string()),
        None => match hooks::check(text.as_bytes()) {
            Ok(checked) => Ok(Pasted { body: checked.body, headers: None }),
            Err(problem) => Err(problem.to_string()),
        },
    }
}

fn checked_body(body: &str) -> Result<(), Problem> {
    let too_large = || format!("the delivery has {} bytes, and {MAX_DELIVERY} are the most", body.len());
    if body.len() > MAX_DELIVERY { Err(wrong("body", &too_large())) } else { Ok(()) }
}

fn mapping_in_use(hook: &Hook) -> &str {
    let ready = || hooks::ready_mapping(hook.sender.system()).unwrap_or_default();
    hook.mapping.as_deref().unwrap_or_else(ready)
}

pub(super) async fn hook_of(state: &ApiState, slug: &str) -> Result<(Arc<str>, Hook), Problem> {
    let source = state.store.source_by_slug(slug).await?.ok_or_else(|| Problem::not_found("source", slug))?;
    let Source { slug, hook, .. } = source;
    hook.map(|hook| (slug, hook)).ok_or_else(|| wrong("hook", "the source is no web hook of another system"))
}

/// What a delivery is tried under.
struct Tried<'t> {
    source: &'t Arc<str>,
    hook: &'t Hook,
    mapping: Option<&'t EventMapping>,
    now: DateTime<Utc>,
}

impl Tried<'_> {
    fn of(&self, delivery: &HookTrial, currency: &str) -> Result<HookPreview, Problem> {
        let kept = hooks::kept_headers(&self.hook.sender, self.mapping);
        let headers: Vec<String> = kept.iter().cloned().collect();
        let Pasted { body, headers: stated } = match pasted(&delivery.body) {
            Ok(pasted) => pasted,
            Err(problem) => return Ok(HookPreview::of_bad_body(problem, headers)),
        };
        let mut said = stated.unwrap_or_else(|| in_small_letters(&delivery.headers));
        said.retain(|name, _| kept.contains(name));
        let source = Arc::clone(self.source);
        let hook = ReceivedHook { received_at: self.now, source, mapping: Cow::Borrowed(""), headers: said, body };
        let currency = OrderCurrency { default: currency, is_only_one: false };
        let trial = hooks::trial(&hook, self.mapping, currency).map_err(|error| wrong("body", &error.to_string()))?;
        Ok(HookPreview::of(trial, headers))
    }
}

fn in_small_letters(headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.trim().to_ascii_lowercase(), value.clone())).collect()
}

impl HookPreview {
    fn of(trial: Trial, headers: Vec<String>) -> Self {
        let Trial { events, rejects, left_out } = trial;
        Self {
            event_count: events.len() as u64,
            events: events.into_iter().take(SHOWN).map(JsonObject::from).collect(),
            problem_count: rejects.len() as u64,
            problems: rejects.into_iter().take(SHOWN).map(|reject| row_problem(reject, false)).collect(),
            left_out,
            headers,
            ..Self::default()
        }
    }

    fn of_bad_mapping(problem: MappingProblem) -> Self {
        Self { mapping_problem: Some(problem), ..Self::default() }
    }

    fn of_bad_body(problem: String, headers: Vec<String>) -> Self {
        Self { body_problem: Some(problem), headers, ..Self::default() }
    }
}
