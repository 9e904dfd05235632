//! `GET /c/{token}` and `GET /o/{token}.gif`: a link of a message was followed, a message was opened.
//!
//! The reader comes first: whoever has a link that we made is sent on, whatever becomes of the event. It waits for the disk for a
//! moment, so that what was answered in the ordinary way is kept; where it cannot be written, it is lost and counted as lost.
//! A token that we did not make leads nowhere. `HEAD` is asked by programs that want to know whether a link is there, and counts
//! for nothing.

mod event;

pub(crate) use event::tell_unsubscribed;

use crate::{metrics::names, state::ApiState};
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use event::Feedback;

/// A picture of one transparent point.
const PICTURE: &[u8; 43] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Kept by nobody on the way, shown in no list of a search engine, and the token goes to nobody else.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store, private, max-age=0"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("x-robots-tag"), "noindex"),
];

/// The routes, outside of the API.
pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/c/{token}", get(follow)).route("/o/{picture}", get(open))
}

async fn follow(
    State(state): State<ApiState>,
    Path(token): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let link = state.messages.as_ref().and_then(|messages| messages.tracking_key.verify_click(&token));
    let Some(link) = link else { return no_such_link() };
    if method == Method::GET {
        event::tell(&state, &Feedback::Clicked(&link), &headers).await;
    }
    // Headers hold ASCII; the target is an address of the web, whose other signs can be written so.
    let location = ascii(&link.target);
    (StatusCode::FOUND, HEADERS, [(header::LOCATION, location)]).into_response()
}

async fn open(
    State(state): State<ApiState>,
    Path(picture): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let token = picture.strip_suffix(".gif").unwrap_or_default();
    let message = state.messages.as_ref().and_then(|messages| messages.tracking_key.verify_open(token));
    let Some(message) = message else { return no_such_link() };
    if method == Method::GET {
        event::tell(&state, &Feedback::Opened(message), &headers).await;
    }
    let headers = [
        (header::CONTENT_TYPE, "image/gif"),
        // Mail is read on pages of other sites.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (HEADERS, headers, PICTURE.as_slice()).into_response()
}

/// Says nothing about what would be right.
fn no_such_link() -> Response {
    metrics::counter!(names::FEEDBACK_REFUSED).increment(1);
    let text = "This link is not complete. / 此链接不完整。\n";
    (StatusCode::NOT_FOUND, HEADERS, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// An address with everything but printing ASCII as `%XX`.
fn ascii(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fit_into_a_header() {
        assert_eq!(ascii("https://x.example/?a=1&b=%20#c"), "https://x.example/?a=1&b=%20#c");
        assert_eq!(ascii("https://x.example/ü b"), "https://x.example/%C3%BC%20b");
    }
}
