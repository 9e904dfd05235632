//! What SDKs are told, and what browsers need to let a page's script hear it.

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// How long a sender that was put off should wait, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// No repetition makes it better.
    Refused(StatusCode, String),
    /// The same request will be taken later.
    Later(StatusCode, String),
}

#[derive(Serialize)]
struct Answer<'a> {
    success: bool,
    /// The older Python SDK reads it from every refusal, and takes an answer without it for a fault of the network: it would
    /// send eleven times what nobody will ever take.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

/// It is on the disk.
pub async fn received() -> Response {
    Json(Answer { success: true, code: None, message: None }).into_response()
}

/// The browser asks whether a page may send what needs asking for. Any may: the write key says whose events they are.
pub async fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, GET, OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, content-encoding, x-write-key, x-retry-count",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Lets the script of any page read the answer; no cookie is ever sent along or looked at here.
pub async fn allow_any_page(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let_any_page_read(response.headers_mut());
    response
}

/// The headers for that.
pub fn let_any_page_read(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    // Scripts of other sites may be embedded nowhere by default; this one is made for it.
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

impl IntoResponse for NotTaken {
    fn into_response(self) -> Response {
        let (status, message, later) = match &self {
            Self::Refused(status, message) => (*status, message, false),
            Self::Later(status, message) => (*status, message, true),
        };
        let mut headers = HeaderMap::new();
        if later {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        let answer = Answer { success: false, code: Some(code_of(status)), message: Some(message) };
        (status, headers, Json(answer)).into_response()
    }
}

const fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "unauthorized",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::PAYLOAD_TOO_LARGE => "payload_too_large",
        StatusCode::REQUEST_TIMEOUT => "request_timeout",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        StatusCode::TOO_MANY_REQUESTS => "too_many_requests",
        StatusCode::SERVICE_UNAVAILABLE => "service_unavailable",
        _ => "invalid_request",
    }
}
