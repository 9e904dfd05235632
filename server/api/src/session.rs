//! `POST`, `GET` and `DELETE /session`: the administrator signs in and out.

use crate::{
    extract::ApiJson,
    problem::{Problem, ProblemCode},
    security::session,
    state::{ApiSettings, ApiState},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bellwether_intake::hosts::is_loopback_url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// Whether this server wants a password at all.
    pub password_required: bool,
    /// Whether this browser may use the API now.
    pub signed_in: bool,
    /// Whose data this is; only for who is signed in.
    pub shop: Option<Shop>,
}

/// What every page needs to know of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shop {
    /// What it is called.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// Where people elsewhere reach this server, without a `/` at its end; absent where it was not told.
    pub public_url: Option<String>,
}

impl Session {
    fn of(state: &ApiState, signed_in: bool) -> Self {
        let settings = &state.settings;
        let shop = || Shop {
            name: settings.shop_name.clone(),
            currency: settings.currency.clone(),
            time_zone: settings.time_zone.name().to_owned(),
            public_url: public_url(settings),
        };
        Self { password_required: settings.administrator.is_some(), signed_in, shop: signed_in.then(shop) }
    }
}

/// A loopback address is no use to anybody elsewhere.
fn public_url(settings: &ApiSettings) -> Option<String> {
    let url = settings.public_url.as_deref().filter(|url| !is_loopback_url(url))?;
    Some(url.trim_end_matches('/').to_owned())
}

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// The administrator's password.
    #[schema(format = Password)]
    pub password: String,
}

/// Signs in: sets the session's cookie.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "signIn", request_body = SignIn, responses(
    (status = 200, body = Session),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn sign_in(State(state): State<ApiState>, ApiJson(body): ApiJson<SignIn>) -> Result<Response, Problem> {
    let Some(administrator) = &state.settings.administrator else {
        return Err(Problem::new(ProblemCode::NoPasswordConfigured, "this server has no administrator's password"));
    };
    let now = state.clock.now();
    if !state.sign_ins.allows(now) {
        return Err(Problem::new(ProblemCode::TooManyAttempts, "too many wrong passwords; try again in a minute"));
    }
    if !session::is_password(administrator, &body.password) {
        state.sign_ins.record(now);
        return Err(Problem::new(ProblemCode::WrongPassword, "this is not the administrator's password").at("password"));
    }
    Ok(with_cookie(Session::of(&state, true), session::begin(administrator, &state.settings, now)))
}

/// Whether somebody is signed in.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "getSession", responses((status = 200, body = Session)))]
pub async fn get_session(State(state): State<ApiState>, headers: HeaderMap) -> Json<Session> {
    Json(Session::of(&state, session::is_signed_in(&state, &headers)))
}

/// Signs out: clears the session's cookie.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "signOut", responses((status = 200, body = Session)))]
pub async fn sign_out(State(state): State<ApiState>) -> Response {
    let signed_in = state.settings.administrator.is_none();
    with_cookie(Session::of(&state, signed_in), session::end(&state.settings))
}

fn with_cookie(session: Session, cookie: Option<HeaderValue>) -> Response {
    let mut response = Json(session).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
