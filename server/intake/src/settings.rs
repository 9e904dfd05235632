//! What the browser SDK of Segment asks for before it sends anything: where to, and which plugins there are. With it, a
//! page needs to name this server only once (`cdnURL`).

use crate::{Intake, hosts::is_loopback_url};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, header},
};
use serde_json::{Value, json};

/// `GET /v1/projects/{write_key}/settings`. The same for every key: whether a key is right is found out when it is used.
pub async fn of_project(
    State(intake): State<Intake>,
    Path(write_key): Path<String>,
    headers: HeaderMap,
) -> Json<Value> {
    let (protocol, host) = address(intake.public_url.as_deref(), &headers);
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

/// Protocol and host of this server, as the page can reach it: the public address, where that is more than this machine;
/// otherwise the address that the page has just reached it by.
fn address<'a>(public_url: Option<&'a str>, headers: &'a HeaderMap) -> (&'a str, &'a str) {
    let public = public_url.filter(|url| !is_loopback_url(url)).and_then(|url| url.split_once("://"));
    public.map_or_else(
        || ("http", headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")),
        |(protocol, rest)| (protocol, rest.trim_end_matches('/')),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(public_url: Option<&str>, host: Option<&str>, expected: (&str, &str)) {
        let mut headers = HeaderMap::new();
        if let Some(host) = host {
            headers.insert(header::HOST, host.parse().unwrap());
        }
        assert_eq!(address(public_url, &headers), expected, "{public_url:?} {host:?}");
    }

    #[test]
    fn a_page_is_sent_to_where_it_can_reach_the_server() {
        check(Some("https://bellwether.example/"), Some("127.0.0.1:4180"), ("https", "bellwether.example"));
        // The address of the settings, which nobody has changed, with a server that listens on another port.
        check(Some("http://127.0.0.1:4180"), Some("127.0.0.1:9000"), ("http", "127.0.0.1:9000"));
        check(None, Some("localhost:4180"), ("http", "localhost:4180"));
        check(None, None, ("http", "localhost"));
    }
}
