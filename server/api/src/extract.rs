//! Reads what a request says; what cannot be read names the parameter at fault.

use crate::problem::{Problem, ProblemCode};
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Request},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;
use std::{fmt::Display, str::FromStr};

/// The query string, typed.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let said = without_empty(parts.uri.query().unwrap_or_default());
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(said.as_bytes()));
        serde_path_to_error::deserialize(pairs)
            .map(Self)
            .map_err(|error| Problem::parameter(&error.path().to_string(), error.inner()))
    }
}

/// `name=` is what an emptied filter leaves in the address: it says nothing.
fn without_empty(query: &str) -> String {
    let said = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(said).finish()
}

/// The path's parameters. They are texts; what they must be is checked by [`parse`].
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|error| Problem::new(ProblemCode::InvalidParameter, format!("the path: {error}")))
    }
}

/// A JSON body, typed. Only `application/json` is read: a form of another site cannot send that without asking first.
#[derive(Debug)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
        if !is_json {
            return Err(Problem::new(ProblemCode::InvalidBody, "the body must be sent as `application/json`"));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error| Problem::new(ProblemCode::InvalidBody, format!("the body: {error}")))?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        serde_path_to_error::deserialize(&mut reader).map(Self).map_err(|error| {
            let problem = Problem::new(ProblemCode::InvalidBody, format!("the body: {}", error.inner()));
            match error.path().to_string().as_str() {
                // Where the text ends too early there is no field to speak of.
                "." | "?" => problem,
                path => problem.at(path),
            }
        })
    }
}

/// Without a body nothing was said.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// An id or another word of the path or query.
pub fn parse<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::parameter(field, error))
}
