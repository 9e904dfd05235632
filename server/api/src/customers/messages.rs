//! `GET /customers/{id}/messages`: what was sent to this person.

use crate::{
    campaigns::messages::{MessageRow, find_messages},
    customers::show::find_profile,
    extract::{ApiPath, ApiQuery},
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_store::MessageQuery;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// What was sent to one person, over all campaigns.
#[utoipa::path(get, path = "/customers/{id}/messages", tag = "customers", operation_id = "listCustomerMessages",
    params(("id" = String, Path, description = "`prf_` and 32 hexadecimal digits"), PageParams),
    responses(
        (status = 200, body = Page<MessageRow>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn list_customer_messages(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(params): ApiQuery<PageParams>,
) -> Result<Json<Page<MessageRow>>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let profile = find_profile(&state, "id", &id).await?;
    let query = MessageQuery { profile: Some(profile.id), ..MessageQuery::default() };
    find_messages(&state, query, request).await.map(Json)
}
