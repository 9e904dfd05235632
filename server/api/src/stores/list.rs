//! `GET /stores` and `GET /stores/{code}`: every store, and one of them.

use super::summary::{Happened, StoreSummary};
use crate::{extract::ApiPath, problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use bellwether_domain::Branch;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Every store, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoreList {
    /// The server's time: what "yesterday" is to be counted from.
    pub as_of: DateTime<Utc>,
    /// By code.
    pub stores: Vec<StoreSummary>,
}

/// One store, as of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoreDetail {
    /// The server's time.
    pub as_of: DateTime<Utc>,
    /// The store.
    pub store: StoreSummary,
}

impl StoreDetail {
    pub(super) async fn of(state: &ApiState, branch: &Branch) -> Result<Self, Problem> {
        let happened = Happened::read(state).await?;
        Ok(Self { as_of: happened.as_of, store: happened.summarize(branch) })
    }
}

/// Every store, and what happened there.
#[utoipa::path(get, path = "/stores", tag = "stores", operation_id = "listStores", responses(
    (status = 200, body = StoreList),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_stores(State(state): State<ApiState>) -> Result<Json<StoreList>, Problem> {
    let branches = state.store.branches().await?;
    let happened = Happened::read(&state).await?;
    let stores = branches.iter().map(|branch| happened.summarize(branch)).collect();
    Ok(Json(StoreList { as_of: happened.as_of, stores }))
}

/// One store, and what happened there.
#[utoipa::path(get, path = "/stores/{code}", tag = "stores", operation_id = "getStore",
    params(("code" = String, Path, description = "For example `VIE-01`")),
    responses(
        (status = 200, body = StoreDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_store(
    State(state): State<ApiState>,
    ApiPath(code): ApiPath<String>,
) -> Result<Json<StoreDetail>, Problem> {
    let branch = state.store.branch(&code).await?.ok_or_else(|| Problem::not_found("store", &code))?;
    Ok(Json(StoreDetail::of(&state, &branch).await?))
}
