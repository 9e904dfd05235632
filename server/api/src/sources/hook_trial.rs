//! `…/hook/workbench`, `…/hook/guess` and `…/hook/preview`: what a mapping makes of a delivery, while somebody writes it.

use super::hook::wrong;
use crate::{
    extract::{ApiJson, ApiPath},
    imports::{
        mappings::ReadyMapping,
        preview::{MappingProblem, RowProblem, checked_length, row_problem},
    },
    problem::Problem,
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use bellwether_collect::{
    EventMapping,
    hooks::{self, ExampleDelivery, ReceivedHook, Trial},
    segment::OrderCurrency,
};
use bellwether_domain::{Hook, HookSystem, Source};
use bellwether_store::{RejectFilter, RejectQuery};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// The largest delivery to try, in bytes: what quarantine keeps whole.
const MAX_DELIVERY: usize = hooks::MAX_KEPT;
/// Events and problems that are shown.
const SHOWN: usize = 20;
/// Rows of the quarantine that are looked through for deliveries.
const SET_ASIDE: u64 = 5;

/// Where a sample comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SampleOrigin {
    /// The last delivery that was taken since the server started.
    Last,
    /// One that waits in quarantine.
    SetAside,
    /// One that comes with the product.
    Example,
}

/// A delivery to try a mapping on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SampleDelivery {
    /// Where it comes from.
    pub origin: SampleOrigin,
    /// When it arrived.
    pub at: Option<DateTime<Utc>>,
    /// Its headers in small letters, without any that prove who sent it.
    pub headers: BTreeMap<String, String>,
    /// JSON, as it came.
    pub body: String,
}

/// What somebody needs who writes a mapping.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HookWorkbench {
    /// Deliveries to try it on, the most telling first. There is one always: the example.
    pub samples: Vec<SampleDelivery>,
    /// Mappings to start from: those of services that have no kind of source of their own.
    pub mappings: Vec<ReadyMapping>,
}

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

/// Deliveries to try a mapping on (the last that was taken, those that wait in quarantine, an example), and mappings to start from.
#[utoipa::path(get, path = "/sources/{slug}/hook/workbench", tag = "sources", operation_id = "getHookWorkbench",
    params(("slug" = String, Path, description = "For example `online-shop`")),
    responses(
        (status = 200, body = HookWorkbench),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_hook_workbench(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<impl IntoResponse, Problem> {
    let (_, hook) = hook_of(&state, &slug).await?;
    let system = hook.sender.system();
    let last = state.intake.deliveries.last(&slug).map(|delivery| SampleDelivery {
        origin: SampleOrigin::Last,
        at: Some(delivery.at),
        headers: delivery.headers.clone(),
        body: delivery.body.clone(),
    });
    let mut samples: Vec<_> = last.into_iter().collect();
    samples.extend(set_aside(&state, &slug).await?);
    samples.push(example(system));
    let services = if system == HookSystem::Generic { hooks::service_mappings() } else { &[] };
    let mappings = services.iter().map(|ready| ReadyMapping {
        name: ready.name.to_owned(),
        kind: "events".to_owned(),
        text: ready.text.to_owned(),
    });
    let workbench = HookWorkbench { samples, mappings: mappings.collect() };
    // Customers' data, of which no copy is to lie about.
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(workbench)))
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
    let body = match hooks::again(&body) {
        Some(again) => again.map_err(|problem| wrong("body", &problem.to_string()))?.body,
        None => &body,
    };
    let mapping = hooks::guess(&source, body).map_err(|error| wrong("body", &error.to_string()))?;
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

fn checked_body(body: &str) -> Result<(), Problem> {
    let too_large = || format!("the delivery has {} bytes, and {MAX_DELIVERY} are the most", body.len());
    if body.len() > MAX_DELIVERY { Err(wrong("body", &too_large())) } else { Ok(()) }
}

fn mapping_in_use(hook: &Hook) -> &str {
    let ready = || hooks::ready_mapping(hook.sender.system()).unwrap_or_default();
    hook.mapping.as_deref().unwrap_or_else(ready)
}

async fn hook_of(state: &ApiState, slug: &str) -> Result<(Arc<str>, Hook), Problem> {
    let source = state.store.source_by_slug(slug).await?.ok_or_else(|| Problem::not_found("source", slug))?;
    let Source { slug, hook, .. } = source;
    hook.map(|hook| (slug, hook)).ok_or_else(|| wrong("hook", "the source is no web hook of another system"))
}

async fn set_aside(state: &ApiState, slug: &str) -> Result<Vec<SampleDelivery>, Problem> {
    let filter = RejectFilter { source: Some(slug.to_owned()), ..RejectFilter::default() };
    let page = state.store.rejects(&RejectQuery { filter, page: 0, page_size: SET_ASIDE }).await?;
    let sample = |reject: &bellwether_domain::Reject| {
        let delivery = hooks::again(&reject.content)?.ok()?;
        Some(SampleDelivery {
            origin: SampleOrigin::SetAside,
            at: reject.received_at,
            headers: delivery.headers,
            body: delivery.body.to_owned(),
        })
    };
    Ok(page.rows.iter().filter_map(|row| sample(&row.reject)).collect())
}

fn example(system: HookSystem) -> SampleDelivery {
    let ExampleDelivery { header, body } = hooks::example(system);
    let headers = header.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    SampleDelivery { origin: SampleOrigin::Example, at: None, headers, body: body.to_owned() }
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
        let pasted = match hooks::again(&delivery.body) {
            Some(Ok(again)) => (again.body, again.headers),
            Some(Err(problem)) => return Ok(HookPreview::of_bad_body(problem.to_string(), headers)),
            None => match hooks::check(delivery.body.as_bytes()) {
                Ok(checked) => (checked.body, in_small_letters(&delivery.headers)),
                Err(problem) => return Ok(HookPreview::of_bad_body(problem.to_string(), headers)),
            },
        };
        let (body, mut said) = pasted;
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
