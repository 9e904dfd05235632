//! Answers only under host names that are ours. A page of another site can make its own name point to 127.0.0.1 (DNS
//! rebinding) and would then read everything; but its requests carry its name, and are refused here.

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bellwether_intake::loopback::{host_of_url, is_loopback};
use std::net::SocketAddr;

/// Refuses requests to host names that are not ours.
pub async fn check(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let has_password = state.settings.administrator.is_some();
    // Known where the router serves a socket; a name in a header is easily made up, the other end of a connection is not.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    if !has_password && peer.is_some_and(|peer| !peer.is_loopback()) {
        return refuse("without an administrator's password this server answers its own machine only");
    }
    let asked_for = host_of(request.headers(), request.uri());
    // Whoever stands behind a public name must know a password, so without one no such name is ours: a proxy on this machine
    // would otherwise open everything to the world.
    let public = state.settings.public_url.as_deref().filter(|_| has_password).and_then(host_of_url);
    // A server with a password may stand behind any name, unless it was told its own.
    let any_name = has_password && public.as_deref().is_none_or(is_loopback);
    match asked_for {
        Some(host) if any_name || is_loopback(&host) || public.as_deref() == Some(host.as_str()) => {
            next.run(request).await
        }
        Some(host) => refuse(&format!("this server does not answer as `{host}`; set `public_url` if it should")),
        None => refuse("the request names no host"),
    }
}

fn refuse(detail: &str) -> Response {
    Problem::new(ProblemCode::HostNotAllowed, detail).into_response()
}

/// The host that was asked for, in lower case and without its port.
fn host_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let from_header = headers.get(header::HOST).and_then(|value| value.to_str().ok()?.parse::<Authority>().ok());
    from_header.as_ref().or(uri.authority()).map(|authority| authority.host().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        let answer = host_of(&headers, &Uri::from_static("/")).is_some_and(|host| is_loopback(&host));
        assert_eq!(answer, expected, "{host}");
    }

    #[test]
    fn loopback_names_are_known_with_and_without_port() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:7700", "127.9.9.9", "[::1]", "[::1]:7700"] {
            check(host, true);
        }
    }

    #[test]
    fn other_names_are_not_taken_for_loopback() {
        let strange =
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "0.0.0.0"];
        for host in strange {
            check(host, false);
        }
    }
}
