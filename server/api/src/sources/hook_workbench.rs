//! `…/hook/workbench`: deliveries to try a mapping on, and mappings to start from.

use super::hook_trial::hook_of;
use crate::{extract::ApiPath, imports::mappings::ReadyMapping, problem::Problem, state::ApiState};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use bellwether_collect::hooks::{self, ExampleDelivery};
use bellwether_domain::{HookSystem, Reject};
use bellwether_store::{RejectFilter, RejectQuery};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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

async fn set_aside(state: &ApiState, slug: &str) -> Result<Vec<SampleDelivery>, Problem> {
    let filter = RejectFilter { source: Some(slug.to_owned()), ..RejectFilter::default() };
    let page = state.store.rejects(&RejectQuery { filter, page: 0, page_size: SET_ASIDE }).await?;
    let sample = |reject: &Reject| {
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
