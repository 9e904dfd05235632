//! `POST`, `GET` and `DELETE /session`: the administrator signs in and out.

use crate::{
    extract::ApiJson,
    problem::{Problem, ProblemCode},
    security::session,
    state::ApiState,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// Whether this server wants a password at all.
    pub password_required: bool,
    /// Whether this browser may use the API now.
    pub signed_in: bool,
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
    let session = Session { password_required: true, signed_in: true };
    Ok(with_cookie(session, session::begin(administrator, &state.settings, now)))
}

/// Whether somebody is signed in.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "getSession", responses((status = 200, body = Session)))]
pub async fn get_session(State(state): State<ApiState>, headers: HeaderMap) -> Json<Session> {
    Json(Session {
        password_required: state.settings.administrator.is_some(),
        signed_in: session::is_signed_in(&state, &headers),
    })
}

/// Signs out: clears the session's cookie.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "signOut", responses((status = 200, body = Session)))]
pub async fn sign_out(State(state): State<ApiState>) -> Response {
    let required = state.settings.administrator.is_some();
    let session = Session { password_required: required, signed_in: !required };
    with_cookie(session, session::end(&state.settings))
}

fn with_cookie(session: Session, cookie: Option<HeaderValue>) -> Response {
    let mut response = Json(session).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
