//! `PATCH /stores/{code}`: what people say of a store.

use super::list::StoreDetail;
use crate::{
    extract::{ApiJson, ApiPath},
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State, http::StatusCode};
use bellwether_domain::{Branch, BranchChange, BranchCode, BranchError, Place};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// What is to be said of a store; what is left out stays, and `null` takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreChange {
    /// What people call it; at most 200 characters, like all that follow.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// The city.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub city: Option<Option<String>>,
    /// Street and number, postal code.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub address: Option<Option<String>>,
    /// The country.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub country: Option<Option<String>>,
    /// Degrees north, from -90 to 90; together with `longitude`.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<f64>)]
    pub latitude: Option<Option<f64>>,
    /// Degrees east, from -180 to 180.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<f64>)]
    pub longitude: Option<Option<f64>>,
    /// The first day on which it was open.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub opened: Option<Option<NaiveDate>>,
    /// The last.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub closed: Option<Option<NaiveDate>>,
    /// Words to sort stores by; at most 20 of 50 characters.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Vec<String>>)]
    pub tags: Option<Option<Vec<String>>>,
}

/// `null` is something else than nothing said.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl StoreChange {
    fn checked(self) -> Result<BranchChange, Problem> {
        let place = match (self.latitude, self.longitude) {
            (None, None) => None,
            (Some(None), Some(None)) => Some(None),
            (Some(Some(latitude)), Some(Some(longitude))) => Some(Some(Place { latitude, longitude })),
            _ => return Err(refused(&BranchError::Place)),
        };
        let Self { name, city, address, country, opened, closed, tags, .. } = self;
        let [name, city, address, country] =
            [name, city, address, country].map(|text| text.map(Option::unwrap_or_default));
        Ok(BranchChange {
            name,
            city,
            address,
            country,
            place,
            opened,
            closed,
            tags: tags.map(Option::unwrap_or_default),
        })
    }
}

fn refused(error: &BranchError) -> Problem {
    let field = match error {
        BranchError::Text { field, .. } => field,
        BranchError::Place => "latitude",
        BranchError::Days => "closed",
        BranchError::Tags => "tags",
    };
    Problem::new(ProblemCode::InvalidBody, format!("the body: {error}")).at(field)
}

/// Says something of a store; one that no receipt has named yet is made. From then on no event changes what it is called.
#[utoipa::path(patch, path = "/stores/{code}", tag = "stores", operation_id = "changeStore", request_body = StoreChange,
    params(("code" = String, Path, description = "What receipts call it, at most 100 characters; for example `VIE-01`")),
    responses(
        (status = 200, body = StoreDetail),
        (status = 201, body = StoreDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn change_store(
    State(state): State<ApiState>,
    ApiPath(code): ApiPath<String>,
    ApiJson(body): ApiJson<StoreChange>,
) -> Result<(StatusCode, Json<StoreDetail>), Problem> {
    let code = code.parse::<BranchCode>().map_err(|error| Problem::parameter("code", error))?;
    let change = body.checked()?;
    let is_new = state.store.branch(code.as_str()).await?.is_none();
    let apply = move |branch: Branch| change.apply(branch);
    let changed = state.store.change_branch(&code, state.clock.now(), apply).await?;
    let detail = StoreDetail::of(&state, &changed.map_err(|error| refused(&error))?).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(detail)))
}
