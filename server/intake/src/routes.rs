//! The calls, with every path that the SDKs really use.

use crate::{Intake, answer, hook, receive, script, settings};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::HeaderMap,
    middleware::from_fn,
    routing::{get, post},
};
use bellwether_collect::segment::Endpoint;
use bellwether_domain::EventKind;

/// The calls, with the short paths that the browser SDK uses.
pub const CALLS: [(&str, &str, Endpoint); 7] = [
    ("identify", "i", Endpoint::Call(EventKind::Identify)),
    ("track", "t", Endpoint::Call(EventKind::Track)),
    ("page", "p", Endpoint::Call(EventKind::Page)),
    ("screen", "s", Endpoint::Call(EventKind::Screen)),
    ("group", "g", Endpoint::Call(EventKind::Group)),
    ("alias", "a", Endpoint::Call(EventKind::Alias)),
    ("batch", "b", Endpoint::Batch),
];

/// Everything below `/v1`, `/b.js` and the page that shows what it does.
pub fn routes<S: Clone + Send + Sync + 'static>(intake: Intake) -> Router<S> {
    let mut routes = Router::new()
        .route("/v1/m", post(answer::received).options(answer::preflight))
        .route("/v1/projects/{write_key}/settings", get(settings::of_project));
    for (name, short, endpoint) in CALLS {
        let handler = move |State(intake): State<Intake>, headers: HeaderMap, request: Body| async move {
            receive::receive(name, endpoint, &intake, &headers, request).await
        };
        // With a slash behind it as well: one of the SDKs writes it so when its host has one.
        for path in [name.to_owned(), format!("{name}/"), short.to_owned()] {
            routes = routes.route(&format!("/v1/{path}"), post(handler).options(answer::preflight));
        }
    }
    routes
        .route("/b.js", get(script::script))
        .route("/demo", get(script::demo))
        .route("/demo.js", get(script::demo_script))
        .layer(from_fn(answer::allow_any_page))
        // Behind the layer: servers call it, and no page has a reason to.
        .route("/v1/hooks/{slug}", post(hook::receive))
        .with_state(intake)
}
