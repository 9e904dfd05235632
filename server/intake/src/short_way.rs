//! The collecting calls on their short way, around the router.
//!
//! They come more often than all other requests together, and hardly do anything: the router and the layers around it, made
//! for the rest of the API, were half of what a single call cost the processor (110 µs with them, 59 µs without, all of the
//! processing included). Here is what of them a call needs; one that would be refused takes the long way, and is told there why.

use crate::{Intake, answer, receive, routes::CALLS};
use axum::{
    body::Body,
    http::{Method, Request, request::Parts},
    response::Response,
};
use bellwether_collect::segment::Endpoint;
use std::net::SocketAddr;

/// Answers a collecting call; gives any other request back.
pub async fn answer(intake: &Intake, peer: SocketAddr, request: Request<Body>) -> Result<Response, Request<Body>> {
    let Some((name, endpoint)) = call(&request) else { return Err(request) };
    if intake.hosts.refuse(Some(peer.ip()), request.headers(), request.uri()).is_some() {
        return Err(request);
    }
    let (Parts { headers, .. }, body) = request.into_parts();
    let mut response = receive::receive(name, endpoint, intake, &headers, body).await;
    answer::let_any_page_read(response.headers_mut());
    tracing::debug!(call = name, status = response.status().as_u16(), "answered");
    Ok(response)
}

/// Which call a request is, by the short path or the long one, with or without a slash behind it.
fn call(request: &Request<Body>) -> Option<(&'static str, Endpoint)> {
    if request.method() != Method::POST {
        return None;
    }
    let path = request.uri().path().strip_prefix("/v1/")?;
    let named = |name: &str| path == name || path.strip_suffix('/') == Some(name);
    CALLS.iter().find(|(name, short, _)| named(name) || path == *short).map(|(name, _, endpoint)| (*name, *endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, expected: Option<&str>) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        assert_eq!(call(&request).map(|(name, _)| name), expected, "{path}");
    }

    #[test]
    fn calls_are_known_by_every_path_that_the_router_has() {
        for (name, short, _) in CALLS {
            for path in
                [format!("/v1/{name}"), format!("/v1/{name}/"), format!("/v1/{short}"), format!("/v1/{name}?x=1")]
            {
                check(Method::POST, &path, Some(name));
            }
        }
    }

    #[test]
    fn everything_else_takes_the_long_way() {
        for path in
            ["/v1/", "/v1/m", "/v1/trackx", "/v1/track//", "/v1/t/", "/track", "/api/v1/track", "/v1/hooks/shop"]
        {
            check(Method::POST, path, None);
        }
        check(Method::OPTIONS, "/v1/track", None);
        check(Method::GET, "/v1/track", None);
    }
}
