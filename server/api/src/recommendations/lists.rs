//! `GET /recommendations/customers`: everybody's list.

use crate::{
    customers::{
        messages::PageParams,
        recommendations::{Catalogue, RecommendedItem},
    },
    extract::ApiQuery,
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
    words::CustomerRef,
};
use axum::{Json, extract::State};
use bellwether_domain::{Profile, ProfileId};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// One customer's list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerList {
    /// For whom.
    pub customer: CustomerRef,
    /// What, best first.
    pub items: Vec<RecommendedItem>,
}

/// Everybody's list, in pages.
#[utoipa::path(get, path = "/recommendations/customers", tag = "recommendations", operation_id = "listRecommendationLists",
    params(PageParams),
    responses(
        (status = 200, body = Page<CustomerList>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn list_recommendation_lists(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<PageParams>,
) -> Result<Json<Page<CustomerList>>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let lists = state.store.recommendation_lists(request.page.into(), request.page_size.into()).await?;
    let catalogue = Catalogue::of_lists(&state.store, &lists.rows).await?;
    let profiles = profiles_by_id(&state, lists.rows.iter().map(|list| list.profile).collect()).await?;
    Ok(Json(request.answer(lists, |list| CustomerList {
        customer: customer_ref(&profiles, list.profile),
        items: catalogue.describe(&list),
    })))
}

/// The profiles with these ids, by id.
pub(crate) async fn profiles_by_id(
    state: &ApiState,
    ids: Vec<ProfileId>,
) -> Result<HashMap<ProfileId, Profile>, Problem> {
    let profiles = state.store.profiles_by_id(&ids).await?;
    Ok(profiles.into_iter().map(|profile| (profile.id, profile)).collect())
}

/// A label for a customer; without the shop's id where the profile is gone.
pub(crate) fn customer_ref(profiles: &HashMap<ProfileId, Profile>, id: ProfileId) -> CustomerRef {
    let gone = || CustomerRef { id: id.to_string(), user_id: String::new() };
    profiles.get(&id).map_or_else(gone, CustomerRef::from)
}
