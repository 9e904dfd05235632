//! `GET /segments/{slug}`: one segment against all customers.

use crate::{
    customers::{list::text_trait, recommendations::Catalogue},
    extract::ApiPath,
    problem::Problem,
    segments::{compare, list::SegmentSummary},
    state::ApiState,
    words::{CampaignRef, NamedShare},
};
use axum::{Json, extract::State};
use bellwether_domain::{ProfileId, Segment};
use bellwether_store::{MAX_PAGE_SIZE, Store};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;

/// One segment against all customers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentDetail {
    /// The segment itself.
    pub segment: SegmentSummary,
    /// ISO 4217, of every amount here.
    pub currency: String,
    /// The members' features beside those of all customers.
    pub comparison: Vec<FeatureComparison>,
    /// The categories that the members like best, with their mean share of a member's spending as far as they are among
    /// the member's three favourites; at most eight.
    pub top_categories: Vec<NamedShare>,
    /// The countries that most members come from, with their share of the members; at most eight.
    pub top_countries: Vec<NamedShare>,
    /// The products that are recommended to the most members, at most eight; empty in a shop with more than 20,000 lists,
    /// where counting them would take too long.
    pub top_recommendations: Vec<RecommendedProduct>,
    /// The campaigns that this segment is the audience of.
    pub campaigns: Vec<CampaignRef>,
}

const MOST_SHOWN: usize = 8;
/// More lists than this are not read for one page.
const MOST_LISTS: u64 = 20_000;

/// One feature of the members beside that of all customers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeatureComparison {
    /// Which feature, for example `recency_days`.
    pub feature: String,
    /// What its numbers are.
    pub unit: FeatureUnit,
    /// Mean over the members.
    pub segment_mean: f64,
    /// Median over the members.
    pub segment_median: f64,
    /// Mean over all customers.
    pub all_mean: f64,
    /// Median over all customers.
    pub all_median: f64,
}

/// What a feature's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeatureUnit {
    /// Days.
    Days,
    /// A count.
    Count,
    /// An amount in the currency beside.
    Money,
    /// 0 to 1.
    Share,
}

/// A product and how many customers it is recommended to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecommendedProduct {
    /// The shop's number.
    pub product: String,
    /// Its name.
    pub name: String,
    /// Which group of products it belongs to.
    pub category: String,
    /// The price it was last sold at; absent where the catalogue does not know it.
    pub price: Option<f64>,
    /// Customers who have it on their list.
    pub customers: u64,
}

/// One segment against all customers.
#[utoipa::path(get, path = "/segments/{slug}", tag = "segments", operation_id = "getSegment",
    params(("slug" = String, Path, description = "For example `rfm-champions`")),
    responses(
        (status = 200, body = SegmentDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_segment(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<Json<SegmentDetail>, Problem> {
    let segment = state.store.segment_by_slug(&slug).await?.ok_or_else(|| Problem::not_found("segment", &slug))?;
    let members = state.store.members(segment.id).await?;
    let features = state.store.all_features().await?;
    let inside: HashSet<ProfileId> = members.iter().copied().collect();
    let of_members: Vec<_> = features.iter().filter(|features| inside.contains(&features.profile)).collect();
    Ok(Json(SegmentDetail {
        currency: state.currency(),
        comparison: compare::compare(&of_members, &features),
        top_categories: compare::favourite_categories(&of_members, MOST_SHOWN),
        top_countries: top_countries(&state.store, &members).await?,
        top_recommendations: top_recommendations(&state.store, &inside).await?,
        campaigns: campaigns_of(&state.store, &segment).await?,
        segment: SegmentSummary::from(segment),
    }))
}

async fn campaigns_of(store: &Store, segment: &Segment) -> Result<Vec<CampaignRef>, Problem> {
    let campaigns = store.campaigns().await?;
    Ok(campaigns.iter().filter(|campaign| campaign.audience.segment == segment.id).map(CampaignRef::from).collect())
}

async fn top_countries(store: &Store, members: &[ProfileId]) -> Result<Vec<NamedShare>, Problem> {
    let profiles = store.profiles_by_id(members).await?;
    let countries = profiles.iter().filter_map(|profile| text_trait(profile, "country"));
    let counts = largest(countries, MOST_SHOWN);
    let share = |count: u64| count as f64 / profiles.len() as f64;
    Ok(counts.into_iter().map(|(name, count)| NamedShare { name, share: share(count) }).collect())
}

async fn top_recommendations(store: &Store, members: &HashSet<ProfileId>) -> Result<Vec<RecommendedProduct>, Problem> {
    let mut products = Vec::new();
    for page in 0.. {
        let lists = store.recommendation_lists(page, MAX_PAGE_SIZE).await?;
        if lists.total > MOST_LISTS {
            return Ok(Vec::new());
        }
        let end = lists.rows.is_empty();
        let of_members = lists.rows.into_iter().filter(|list| members.contains(&list.profile));
        products.extend(of_members.flat_map(|list| list.items).map(|item| item.product));
        if end {
            break;
        }
    }
    describe(store, largest(products, MOST_SHOWN)).await
}

/// Products with their number of customers, with what the catalogue knows of them.
pub(crate) async fn describe(store: &Store, counts: Vec<(String, u64)>) -> Result<Vec<RecommendedProduct>, Problem> {
    let names: Vec<&str> = counts.iter().map(|(product, _)| product.as_str()).collect();
    let catalogue = Catalogue::of(store, &names).await?;
    let row = |(product, customers): (String, u64)| RecommendedProduct {
        name: catalogue.name(&product),
        category: catalogue.category(&product),
        price: catalogue.price(&product),
        product,
        customers,
    };
    Ok(counts.into_iter().map(row).collect())
}

/// The names that occur most often, equal ones by name.
fn largest(names: impl IntoIterator<Item = String>, most: usize) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(most);
    counts
}
