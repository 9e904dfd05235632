//! The administrator's session: a signed cookie that says until when it holds. Nothing is kept on the server.

use crate::{
    problem::{Problem, ProblemCode},
    state::{Administrator, ApiSettings, ApiState},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use blake3::{Hash, Hasher};
use chrono::{DateTime, Duration, Utc};

const COOKIE: &str = "bellwether_session";
const LASTS: Duration = Duration::hours(12);

/// Lets nobody through who has not signed in, where there is a password at all.
pub async fn require(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    if is_signed_in(&state, request.headers()) {
        return next.run(request).await;
    }
    Problem::new(ProblemCode::SignInRequired, "sign in with the administrator's password first").into_response()
}

/// Whether this request may use the API.
pub fn is_signed_in(state: &ApiState, headers: &HeaderMap) -> bool {
    let Some(administrator) = &state.settings.administrator else { return true };
    cookies(headers).filter_map(|(name, value)| (name == COOKIE).then_some(value)).any(|token| {
        let Some((until, signature)) = token.split_once('.') else { return false };
        let Ok(signature) = Hash::from_hex(signature) else { return false };
        let Ok(seconds) = until.parse() else { return false };
        // Comparing two `Hash`es takes the same time wherever they differ.
        signature == sign(administrator, until)
            && DateTime::from_timestamp_secs(seconds).is_some_and(|t| t > state.clock.now())
    })
}

/// The cookie of a session that begins now.
pub fn begin(administrator: &Administrator, settings: &ApiSettings, now: DateTime<Utc>) -> Option<HeaderValue> {
    let until = (now + LASTS).timestamp().to_string();
    let token = format!("{until}.{}", sign(administrator, &until).to_hex());
    cookie(&token, LASTS, settings)
}

/// The cookie that makes a browser forget its session.
pub fn end(settings: &ApiSettings) -> Option<HeaderValue> {
    cookie("", Duration::zero(), settings)
}

/// Compares in a time that says nothing about where two passwords differ, or how long the right one is.
pub fn is_password(administrator: &Administrator, attempt: &str) -> bool {
    let digest = |text: &str| blake3::keyed_hash(&administrator.session_key, text.as_bytes());
    digest(attempt) == digest(&administrator.password)
}

/// The password is signed too, so that a new one ends all sessions of the old.
fn sign(administrator: &Administrator, until: &str) -> Hash {
    let key = blake3::derive_key("bellwether 2026 console session", &administrator.session_key);
    let mut hasher = Hasher::new_keyed(&key);
    hasher
        .update(&(until.len() as u64).to_le_bytes())
        .update(until.as_bytes())
        .update(administrator.password.as_bytes());
    hasher.finalize()
}

fn cookie(token: &str, lasts: Duration, settings: &ApiSettings) -> Option<HeaderValue> {
    let secure = settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let secure = if secure { "; Secure" } else { "" };
    let seconds = lasts.num_seconds();
    HeaderValue::from_str(&format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"))
        .ok()
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
