//! Changes are taken from our own pages, and from programs that are no browser; never from pages of other sites.

use crate::problem::{Problem, ProblemCode};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses changes that a page of another site asks for.
pub async fn check(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(ProblemCode::CrossOrigin, "changes are not taken from pages of other sites").into_response()
}

/// Browsers say where a request comes from, by `Sec-Fetch-Site` and, the older ones, by `Origin`; programs say nothing.
fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (origin.as_ref().and_then(Uri::authority), host) {
        (Some(origin), Some(host)) => origin.as_str().eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], expected: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header"));
        }
        assert_eq!(is_same_origin(&map), expected, "{headers:?}");
    }

    #[test]
    fn browsers_are_judged_by_what_they_say() {
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false);
    }

    #[test]
    fn older_browsers_are_judged_by_their_origin() {
        check(&[("origin", "http://localhost:7700"), ("host", "localhost:7700")], true);
        check(&[("origin", "http://localhost:1"), ("host", "localhost:7700")], false);
        check(&[("origin", "null"), ("host", "localhost:7700")], false);
        check(&[("origin", "http://evil.example"), ("host", "localhost:7700")], false);
    }

    #[test]
    fn programs_say_nothing() {
        check(&[("host", "localhost:7700")], true);
    }
}
