//! `GET /customers`: search, filter, sort, and page through all.

use crate::{
    extract::ApiQuery,
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
    words::SegmentRef,
};
use axum::{Json, extract::State};
use bellwether_domain::{Profile, ProfileFeatures};
use bellwether_store::{CustomerQuery, CustomerRow, CustomerSort as StoreSort};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which customers, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerParams {
    /// A part of the user id, the e-mail address or the country.
    pub q: Option<String>,
    /// Only members of the segment with this slug.
    pub segment: Option<String>,
    /// Only customers of this country.
    pub country: Option<String>,
    /// By which column; net revenue when nothing is said.
    #[param(inline)]
    pub sort: Option<CustomerSort>,
    /// Largest or latest first; so when neither this nor `sort` is given.
    pub descending: Option<bool>,
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// The columns that the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerSort {
    /// The shop's id.
    UserId,
    /// Country.
    Country,
    /// Completed orders.
    Orders,
    /// Goods bought, less returns.
    NetRevenue,
    /// Days since the last order.
    Recency,
    /// Time of the last order.
    LastOrder,
    /// Time of the first order.
    FirstOrder,
    /// Mean value of an order.
    AverageOrder,
    /// Returned value over bought value.
    ReturnsShare,
    /// Pieces bought.
    Units,
    /// Time of the latest event of any kind.
    LastSeen,
}

impl From<CustomerSort> for StoreSort {
    fn from(sort: CustomerSort) -> Self {
        match sort {
            CustomerSort::UserId => Self::UserId,
            CustomerSort::Country => Self::Country,
            CustomerSort::Orders => Self::Orders,
            CustomerSort::NetRevenue => Self::Revenue,
            CustomerSort::Recency => Self::Recency,
            CustomerSort::LastOrder => Self::LastOrder,
            CustomerSort::FirstOrder => Self::FirstOrder,
            CustomerSort::AverageOrder => Self::AverageOrder,
            CustomerSort::ReturnsShare => Self::ReturnsShare,
            CustomerSort::Units => Self::Units,
            CustomerSort::LastSeen => Self::LastSeen,
        }
    }
}

/// A customer in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerListRow {
    /// Its address: `/customers/{id}`.
    pub id: String,
    /// The id that the shop uses.
    pub user_id: String,
    /// E-mail address, where it is known.
    pub email: Option<String>,
    /// Country, where it is known.
    pub country: Option<String>,
    /// Completed orders.
    pub orders: u64,
    /// Goods bought.
    pub revenue: f64,
    /// Goods bought, less returns.
    pub net_revenue: f64,
    /// Mean value of an order; absent before the features are computed.
    pub average_order: Option<f64>,
    /// Returned value over bought value, 0 to 1.
    pub returns_share: Option<f64>,
    /// Days since the last order, as of the features' moment.
    pub recency_days: Option<f64>,
    /// First completed order.
    pub first_order: Option<DateTime<Utc>>,
    /// Last completed order.
    pub last_order: Option<DateTime<Utc>>,
    /// RFM scores; absent before segmentation.
    pub rfm: Option<RfmScores>,
    /// Which segments they are in.
    pub segments: Vec<SegmentRef>,
}

impl From<CustomerRow> for CustomerListRow {
    fn from(row: CustomerRow) -> Self {
        let CustomerRow { profile, features, segments } = row;
        let commerce = &profile.commerce;
        Self {
            id: profile.id.to_string(),
            email: text_trait(&profile, "email"),
            country: text_trait(&profile, "country"),
            orders: commerce.orders,
            revenue: commerce.revenue.to_f64(),
            net_revenue: commerce.net_revenue().to_f64(),
            average_order: features.as_ref().map(|f| f.average_order.to_f64()),
            returns_share: features.as_ref().map(|f| f.returns_share),
            recency_days: features.as_ref().map(|f| f.recency_days),
            first_order: commerce.first_order,
            last_order: commerce.last_order,
            rfm: features.as_ref().and_then(RfmScores::of),
            segments: segments.into_iter().map(SegmentRef::from).collect(),
            user_id: profile.user_id,
        }
    }
}

/// A trait that is a text, where it is known.
pub(crate) fn text_trait(profile: &Profile, name: &str) -> Option<String> {
    profile.traits.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// RFM scores, 1 to 5 each, 5 is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RfmScores {
    /// How lately.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// How much.
    pub monetary: u8,
}

impl RfmScores {
    /// Scores of nothing mean that segmentation has not been there yet.
    pub(crate) fn of(features: &ProfileFeatures) -> Option<Self> {
        let [recency, frequency, monetary] = features.rfm;
        (features.rfm != [0; 3]).then_some(Self { recency, frequency, monetary })
    }
}

/// A page of customers with what a person wants to see first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerPage {
    /// ISO 4217, of every amount here.
    pub currency: String,
    /// The customers.
    #[serde(flatten)]
    pub page: Page<CustomerListRow>,
}

/// Customers that match, in pages.
#[utoipa::path(get, path = "/customers", tag = "customers", operation_id = "listCustomers", params(CustomerParams), responses(
    (status = 200, body = CustomerPage),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_customers(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<CustomerParams>,
) -> Result<Json<CustomerPage>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let segment = match &params.segment {
        None => None,
        Some(slug) => {
            let found = state.store.segment_by_slug(slug).await?;
            Some(found.ok_or_else(|| Problem::not_found("segment", slug).at("segment"))?.id)
        }
    };
    let query = CustomerQuery {
        q: params.q,
        segment,
        country: params.country,
        sort: params.sort.unwrap_or(CustomerSort::NetRevenue).into(),
        descending: params.descending.unwrap_or(params.sort.is_none()),
        page: request.page.into(),
        page_size: request.page_size.into(),
    };
    let page = request.answer(state.store.customers(&query).await?, CustomerListRow::from);
    Ok(Json(CustomerPage { currency: state.currency(), page }))
}

/// The countries that customers come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountryCount {
    /// As the source calls it.
    pub country: String,
    /// Known customers.
    pub customers: u64,
}

/// Every country with its number of customers, for the filter.
#[utoipa::path(get, path = "/customers/countries", tag = "customers", operation_id = "listCountries", responses(
    (status = 200, body = Vec<CountryCount>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_countries(State(state): State<ApiState>) -> Result<Json<Vec<CountryCount>>, Problem> {
    let counts = state.store.countries().await?;
    Ok(Json(counts.into_iter().map(|(country, customers)| CountryCount { country, customers }).collect()))
}
