//! Our own script for web pages, and a small shop that shows what it does.

use crate::{Intake, NotTaken};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

const SCRIPT: &str = include_str!("../../../sdk/browser/dist/b.js");
const DEMO: &str = include_str!("../../../sdk/browser/demo.html");
const DEMO_SCRIPT: &str = include_str!("../../../sdk/browser/demo.js");
/// What stands in the demonstration where a write key belongs.
const PLACE_OF_THE_KEY: &str = "data-write-key=\"demo\"";
/// The source whose events the demonstration sends; nobody else's must be mixed with them.
pub const DEMO_SOURCE: &str = "demonstration-shop";
const NO_DEMO: &str = "There is no demonstration here yet. In the console, under Sources, add a website that is called \
    “Demonstration shop”, and load this page again.\n\n这里还没有演示。请在控制台的“数据源”中添加一个名为“Demonstration shop”的网站，\
    然后重新加载本页。\n";

/// `GET /b.js`.
pub async fn script(headers: HeaderMap) -> Response {
    file(SCRIPT, "text/javascript; charset=utf-8", &headers)
}

/// `GET /demo`: the shop, with the key of its source.
pub async fn demo(State(intake): State<Intake>) -> Response {
    let source = match intake.store.source_by_slug(DEMO_SOURCE).await {
        Ok(source) => source.filter(|source| source.enabled),
        Err(error) => {
            tracing::error!(%error, "the demonstration's source cannot be read");
            let why = "sources cannot be looked up at the moment; load the page again a little later";
            return NotTaken::Later(StatusCode::SERVICE_UNAVAILABLE, why.to_owned()).into_response();
        }
    };
    let Some(source) = source else { return (StatusCode::NOT_FOUND, NO_DEMO).into_response() };
    // A key is letters and digits.
    let page = DEMO.replace(PLACE_OF_THE_KEY, &format!("data-write-key=\"{}\"", source.write_key.reveal()));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// `GET /demo.js`.
pub async fn demo_script(headers: HeaderMap) -> Response {
    file(DEMO_SCRIPT, "text/javascript; charset=utf-8", &headers)
}

/// Kept by browsers for an hour, then asked for by its digest.
fn file(text: &'static str, kind: &'static str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &blake3::hash(text.as_bytes()).to_hex()[..16]);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_has_one_place_for_the_key() {
        assert_eq!(DEMO.matches(PLACE_OF_THE_KEY).count(), 1);
    }
}
