//! Answers only under host names that are ours.

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

/// Refuses requests to host names that are not ours.
pub async fn check(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    match state.intake.hosts.refuse(peer, request.headers(), request.uri()) {
        None => next.run(request).await,
        Some(why) => Problem::new(ProblemCode::HostNotAllowed, why).into_response(),
    }
}
