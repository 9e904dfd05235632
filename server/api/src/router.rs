//! Every route of the API, in one place.

use crate::{
    backtest, campaigns, console, customers, experiments, feedback, health, imports, jobs, live, metrics, overview,
    plan,
    problem::{Problem, ProblemCode},
    products, quality, recommendations, security, segments, session, sources,
    state::ApiState,
    stores, unsubscribe,
};
use axum::{
    Router,
    http::{Method, Uri},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use std::any::Any;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, trace::TraceLayer};
use utoipa::{
    OpenApi,
    openapi::{
        RefOr,
        path::{Operation, PathItem},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where all of it lives.
pub const API_PREFIX: &str = "/api/v1";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bellwether API",
        description = "Customers, segments, recommendations, campaigns and what they caused. Errors are RFC 9457 \
                       problem documents with a stable `code`. Times are ISO 8601 in UTC, amounts are numbers in the \
                       `currency` beside them, ids are printed ids such as `prf_…`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "overview", description = "The whole shop on one page."),
        (name = "customers", description = "Who the customers are."),
        (name = "segments", description = "Who belongs together."),
        (name = "recommendations", description = "What to offer whom, and why."),
        (name = "products", description = "The catalogue."),
        (name = "campaigns", description = "What was sent to whom, and why."),
        (name = "experiments", description = "What was caused, and what was only observed."),
        (name = "quality", description = "What came in, and what cleaning did with it."),
        (name = "imports", description = "Files: taken in, looked at, tried under a mapping, imported."),
        (name = "plan", description = "Which events there are, and what each must look like."),
        (name = "sources", description = "Where events come from, and with which key."),
        (name = "stores", description = "The shops and branches that receipts come from."),
        (name = "jobs", description = "What is being worked on."),
        (name = "session", description = "Signing in and out."),
        (name = "health", description = "For whoever watches the server."),
    ),
)]
struct Document;

/// Everything that the server answers: the API, the unsubscribe page, and the console for the rest.
///
/// A request passes, in this order: the security headers, the host check, the panic net; under the API then the origin
/// check, the compression, and, for all but signing in and health, the session check.
pub fn router(state: ApiState) -> Router {
    let api = open_routes()
        .merge(guarded_routes().layer(from_fn_with_state(state.clone(), security::session::require)))
        .layer(CompressionLayer::new())
        .layer(from_fn(security::origin::check));
    let (api, _) = OpenApiRouter::new().nest(API_PREFIX, api).split_for_parts();
    api.route("/api/{*path}", any(no_such_route))
        .merge(unsubscribe::routes())
        .merge(feedback::routes())
        .merge(bellwether_intake::routes(state.intake.clone()))
        .route("/healthz", get(health::get_liveness))
        .route("/readyz", get(health::get_readiness))
        .route("/metrics", get(metrics::get_metrics))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(console::serve)
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(state.clone(), security::host::check))
        .layer(from_fn(security::headers::add))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// Answered to everybody who reaches the server.
fn open_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(session::sign_in, session::get_session, session::sign_out))
        .routes(routes!(health::get_liveness))
        .routes(routes!(health::get_readiness))
}

/// Answered to whoever has signed in.
fn guarded_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(overview::get_overview))
        .routes(routes!(customers::list::list_customers))
        .routes(routes!(customers::list::list_countries))
        .routes(routes!(customers::show::get_customer))
        .routes(routes!(customers::recommendations::get_customer_recommendations))
        .routes(routes!(customers::messages::list_customer_messages))
        .routes(routes!(customers::timeline::get_customer_timeline))
        .routes(routes!(segments::list::list_segments))
        .routes(routes!(segments::clustering::get_clustering))
        .routes(routes!(segments::show::get_segment))
        .routes(routes!(recommendations::overview::get_recommendations))
        .routes(routes!(recommendations::lists::list_recommendation_lists))
        .routes(routes!(products::list_products))
        .routes(routes!(campaigns::list::list_campaigns))
        .routes(routes!(campaigns::show::get_campaign))
        .routes(routes!(campaigns::messages::list_campaign_messages))
        .routes(routes!(campaigns::preview::preview_campaign))
        .routes(routes!(campaigns::decision::explain_decision))
        .routes(routes!(experiments::list::list_experiments))
        .routes(routes!(experiments::show::get_experiment))
        .routes(routes!(backtest::get_backtest))
        .routes(routes!(quality::summary::get_quality))
        .routes(routes!(quality::rejects::list_rejects))
        .routes(routes!(quality::export::export_rejects))
        .routes(routes!(quality::replay::replay_rejects))
        .routes(routes!(quality::reject::get_reject, quality::reject::remove_reject))
        .routes(routes!(quality::replay::replay_reject))
        .routes(routes!(imports::list::list_imports))
        .routes(routes!(imports::show::list_uploads, imports::upload::upload_file))
        .routes(routes!(imports::show::get_upload, imports::remove::remove_upload))
        .routes(routes!(imports::look::look_at_upload))
        .routes(routes!(imports::preview::preview_upload))
        .routes(routes!(imports::start::start_import))
        .routes(routes!(imports::cancel::cancel_import))
        .routes(routes!(imports::mappings::list_ready_mappings))
        .routes(routes!(plan::list::get_plan))
        .routes(routes!(plan::entry::get_entry, plan::entry::put_entry, plan::entry::remove_entry))
        .routes(routes!(plan::entry::restore_entry))
        .routes(routes!(plan::unplanned::put_unplanned))
        .routes(routes!(plan::trial::try_plan))
        .routes(routes!(plan::learn::learn_plan))
        .routes(routes!(plan::document::export_plan, plan::document::import_plan))
        .routes(routes!(live::watch_events))
        .routes(routes!(stores::list::list_stores))
        .routes(routes!(stores::list::get_store, stores::change::change_store))
        .routes(routes!(sources::list::list_sources, sources::create::create_source))
        .routes(routes!(sources::show::get_source, sources::change::patch_source, sources::remove::remove_source))
        .routes(routes!(sources::rotate::rotate_key))
        .routes(routes!(sources::hook_workbench::get_hook_workbench))
        .routes(routes!(sources::hook_trial::guess_hook_mapping))
        .routes(routes!(sources::hook_trial::preview_hook))
        .routes(routes!(jobs::list_jobs))
}

async fn no_such_route(uri: Uri) -> Problem {
    Problem::not_found("route", uri.path())
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(ProblemCode::MethodNotAllowed, format!("`{}` does not take {method}", uri.path()))
}

/// What went wrong is in the log; whoever asked learns only that something did.
fn after_panic(_payload: Box<dyn Any + Send>) -> Response {
    Problem::new(ProblemCode::Internal, "a fault of the server; its log says more").into_response()
}

/// The OpenAPI 3.1 document of everything under [`API_PREFIX`].
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routes = guarded_routes().merge(open_routes());
    let mut document = OpenApiRouter::with_openapi(Document::openapi()).nest(API_PREFIX, routes).into_openapi();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && response.description.is_empty()
            {
                response.description = describe(status).to_owned();
            }
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// The specification wants a description of every answer.
fn describe(status: &str) -> &'static str {
    match status {
        "200" => "As asked for.",
        "201" => "Made.",
        "202" => "Begun; it goes on by itself.",
        "204" => "Done; there is nothing to say.",
        _ => "What went wrong.",
    }
}
