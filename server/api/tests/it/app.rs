//! The router without a socket: one call asks, and gives status, headers and JSON.

use crate::shop::{Shop, settings};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use bellwether_api::{ApiSettings, ApiState, router};
use serde_json::Value;
use tower::ServiceExt;

/// A router over a shop.
pub struct App {
    pub shop: Shop,
    /// What the handlers are given.
    pub state: ApiState,
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl App {
    pub async fn filled() -> Self {
        Self::with(Shop::filled().await, settings())
    }

    pub fn with(shop: Shop, settings: ApiSettings) -> Self {
        let state = shop.state(settings);
        let router = router(state.clone());
        Self::over(shop, state, router)
    }

    /// Over a state that has more than the shop's own.
    pub fn over(shop: Shop, state: ApiState, router: Router) -> Self {
        Self { shop, state, router }
    }

    /// `GET /api/v1{path}` as a program on this machine asks it; has to succeed.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, &format!("/api/v1{path}"), &[], "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// `GET /api/v1{path}` that has to fail: status, code and field.
    pub async fn problem(&self, path: &str) -> (u16, String, Option<String>) {
        self.ask(Method::GET, &format!("/api/v1{path}"), &[], "").await.problem()
    }

    /// Asks with a JSON body, as a program on this machine does.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.ask(method, &format!("/api/v1{path}"), &headers, &body.to_string()).await
    }

    /// Any request. `Host` is `localhost` unless the headers say another one.
    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header(header::HOST, "localhost:4180");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// Status, code and field of a problem document.
    pub fn problem(&self) -> (u16, String, Option<String>) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], format!("urn:bellwether:problem:{}", problem["code"].as_str().expect("a code")));
        assert!(!problem["detail"].as_str().expect("a detail").is_empty());
        let text = |name: &str| problem[name].as_str().map(str::to_owned);
        (self.status.as_u16(), text("code").expect("a code"), text("field"))
    }
}

/// What [`App::problem`] gives, in short.
pub fn expected(status: u16, code: &str, field: Option<&str>) -> (u16, String, Option<String>) {
    (status, code.to_owned(), field.map(str::to_owned))
}
