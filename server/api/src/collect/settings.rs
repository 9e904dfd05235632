//! What the browser SDK of Segment asks for before it sends anything: where to, and which plugins there are. With it, a
//! page needs to name this server only once (`cdnURL`).

use crate::state::ApiState;
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
};
use serde_json::{Value, json};

/// `GET /v1/projects/{write_key}/settings`. The same for every key: whether a key is right is found out when it is used.
pub async fn of_project(
    State(state): State<ApiState>,
    Path(write_key): Path<String>,
    headers: HeaderMap,
) -> Json<Value> {
    let (protocol, host) = match state.settings.public_url.as_deref().and_then(|url| url.split_once("://")) {
        Some((protocol, rest)) => (protocol.to_owned(), rest.trim_end_matches('/').to_owned()),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            ("http".to_owned(), host.to_owned())
        }
    };
    Json(json!({
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": format!("{host}/v1"),
                "protocol": protocol,
                "unbundledIntegrations": [],
                "addBundledMetadata": false,
                "maybeBundledConfigIds": {},
                "versionSettings": { "version": "4.4.7", "componentTypes": ["browser"] },
            },
        },
        "plan": { "track": { "__default": { "enabled": true, "integrations": {} } } },
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": { "sampleRate": 0 },
        "legacyVideoPluginsEnabled": false,
        "remotePlugins": [],
    }))
}
