//! `GET` and `POST /u/{token}`: the way out that every marketing message carries.
//!
//! `GET` only asks, since mail programs and virus scanners open links on their own. `POST` suppresses the address on the
//! message's channel: from the page's button, or straight from a mail program (RFC 8058, one click). Whoever has the
//! message has the token; no session is asked for, and the origin does not matter.

use crate::{feedback::tell_unsubscribed, problem::Problem, state::ApiState};
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bellwether_domain::{Message, MessageId};

/// The reason that the suppression list keeps.
const REASON: &str = "unsubscribed";

/// A text in English and Chinese.
type Both = (&'static str, &'static str);

const ASK: Both = ("Do you want no more messages like this one?", "您不想再收到此类邮件吗？");
const BUTTON: Both = ("Unsubscribe", "退订");
const DONE: Both = ("You will get no more messages like this one.", "您将不会再收到此类邮件。");
const UNKNOWN: Both = (
    "This link is not complete, or the message that it came with is not known here any more.",
    "此链接不完整，或者这里已找不到它所属的邮件。",
);

/// The routes, outside of the API.
pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/u/{token}", get(ask).post(unsubscribe))
}

async fn ask(State(state): State<ApiState>, Path(token): Path<String>) -> Response {
    match find_message(&state, &token).await {
        Ok(Some(_)) => page(&state, StatusCode::OK, ASK, true),
        Ok(None) => page(&state, StatusCode::NOT_FOUND, UNKNOWN, false),
        Err(problem) => problem.into_response(),
    }
}

async fn unsubscribe(State(state): State<ApiState>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    match suppress(&state, &token, &headers).await {
        Ok(true) => page(&state, StatusCode::OK, DONE, false),
        Ok(false) => page(&state, StatusCode::NOT_FOUND, UNKNOWN, false),
        Err(problem) => problem.into_response(),
    }
}

/// Whether the token led to a message; doing it twice is fine.
async fn suppress(state: &ApiState, token: &str, headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(message) = find_message(state, token).await? else { return Ok(false) };
    state.store.suppress(&message.address, &message.channel, REASON, state.clock.now()).await?;
    // What counts is that nothing more is sent; the event tells of it.
    tell_unsubscribed(state, &message, headers).await;
    Ok(true)
}

async fn find_message(state: &ApiState, token: &str) -> Result<Option<Message>, Problem> {
    let id: Option<MessageId> = state.messages.as_ref().and_then(|messages| messages.unsubscribe_key.verify(token));
    match id {
        Some(id) => Ok(state.store.message(id).await?),
        None => Ok(None),
    }
}

/// Says nothing about the receiver: messages are forwarded.
fn page(state: &ApiState, status: StatusCode, text: Both, with_button: bool) -> Response {
    let shop = escape(&state.settings.shop_name);
    let button = if with_button {
        format!(r#"<form method="post"><button>{} · <span lang="zh-CN">{}</span></button></form>"#, BUTTON.0, BUTTON.1)
    } else {
        String::new()
    };
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>{shop}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;text-align:center}}button{{font:inherit;padding:.6em 1.4em;border-radius:8px;border:1px solid #8888;cursor:pointer}}@media(prefers-color-scheme:dark){{body{{background:#16181d;color:#e8eaed}}button{{background:#2b2f38;color:inherit}}}}</style>
<h1>{shop}</h1>
<p>{}</p>
<p lang="zh-CN">{}</p>
{button}
</html>
"#,
        text.0, text.1
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // The token must not travel on to anybody.
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    (status, headers, html).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
