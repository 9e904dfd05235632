//! `GET /customers/{id}`: one person.

use crate::{
    customers::{
        list::{RfmScores, text_trait},
        touch::CustomerTouch,
    },
    extract::{ApiPath, parse},
    problem::Problem,
    state::ApiState,
    words::{JsonObject, LocalizedText, NamedShare, SegmentKindName},
};
use axum::{Json, extract::State};
use bellwether_domain::{Commerce, Profile, ProfileFeatures, ProfileId, Segment};
use bellwether_profile::MODEL_FEATURES;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// One person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Customer {
    /// Which.
    pub id: String,
    /// The id that the shop uses.
    pub user_id: String,
    /// E-mail address, where it is known.
    pub email: Option<String>,
    /// Country, where it is known.
    pub country: Option<String>,
    /// All known facts: country, e-mail, language …
    pub traits: JsonObject,
    /// Time of the earliest event.
    pub first_seen: DateTime<Utc>,
    /// Time of the latest event.
    pub last_seen: DateTime<Utc>,
    /// How many events.
    pub events: u64,
    /// ISO 4217, of every amount here.
    pub currency: String,
    /// What was bought.
    pub commerce: CustomerCommerce,
    /// How they came first; absent where no event says so.
    pub first_touch: Option<CustomerTouch>,
    /// How they came last: the last way that was not direct, where there is one.
    pub latest_touch: Option<CustomerTouch>,
    /// The person in numbers; absent before the features are computed.
    pub features: Option<CustomerFeatures>,
    /// Which segments they are in.
    pub segments: Vec<CustomerSegment>,
    /// The subjects of events that lead to this person.
    pub subjects: Vec<String>,
}

/// What was bought.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerCommerce {
    /// Completed orders.
    pub orders: u64,
    /// Refund and cancellation documents.
    pub refunds: u64,
    /// Pieces bought.
    pub units: f64,
    /// Goods bought.
    pub revenue: f64,
    /// Goods returned or cancelled, as a positive amount.
    pub refunded: f64,
    /// What remained.
    pub net_revenue: f64,
    /// Postage, fees and corrections.
    pub fees: f64,
    /// First completed order.
    pub first_order: Option<DateTime<Utc>>,
    /// Last completed order.
    pub last_order: Option<DateTime<Utc>>,
}

impl From<&Commerce> for CustomerCommerce {
    fn from(commerce: &Commerce) -> Self {
        Self {
            orders: commerce.orders,
            refunds: commerce.refunds,
            units: commerce.units.to_f64(),
            revenue: commerce.revenue.to_f64(),
            refunded: commerce.refunded.to_f64(),
            net_revenue: commerce.net_revenue().to_f64(),
            fees: commerce.fees.to_f64(),
            first_order: commerce.first_order,
            last_order: commerce.last_order,
        }
    }
}

/// The person in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CustomerFeatures {
    /// The moment that the numbers are of.
    pub as_of: DateTime<Utc>,
    /// Days since the last completed order.
    pub recency_days: f64,
    /// Completed orders.
    pub frequency: u64,
    /// Goods bought, less returns.
    pub monetary: f64,
    /// Days since the first completed order.
    pub tenure_days: f64,
    /// Mean value of a completed order.
    pub average_order: f64,
    /// Mean number of pieces in a completed order.
    pub units_per_order: f64,
    /// Different products bought.
    pub distinct_products: u64,
    /// Returned value over bought value, 0 to 1.
    pub returns_share: f64,
    /// Mean days between orders; absent with fewer than two.
    pub days_between_orders: Option<f64>,
    /// Up to three categories with their share of the spending, largest first.
    pub favourite_categories: Vec<NamedShare>,
    /// Completed orders by hour of the local day: 24 numbers, midnight first.
    pub orders_by_hour: Vec<u32>,
    /// RFM scores; absent before segmentation.
    pub rfm: Option<RfmScores>,
    /// How the person stands among all, one entry per model input.
    pub standing: Vec<FeatureStanding>,
}

impl From<&ProfileFeatures> for CustomerFeatures {
    fn from(features: &ProfileFeatures) -> Self {
        let category = |(name, share): &(String, f64)| NamedShare { name: name.clone(), share: *share };
        let standing = MODEL_FEATURES.iter().zip(&features.standardized);
        Self {
            as_of: features.as_of,
            recency_days: features.recency_days,
            frequency: features.frequency,
            monetary: features.monetary.to_f64(),
            tenure_days: features.tenure_days,
            average_order: features.average_order.to_f64(),
            units_per_order: features.units_per_order,
            distinct_products: features.distinct_products,
            returns_share: features.returns_share,
            days_between_orders: features.days_between_orders,
            favourite_categories: features.favourite_categories.iter().map(category).collect(),
            orders_by_hour: features.orders_by_hour.to_vec(),
            rfm: RfmScores::of(features),
            standing: standing.map(|(feature, value)| FeatureStanding::new(feature, *value)).collect(),
        }
    }
}

/// Where a person stands among all customers in one model input.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeatureStanding {
    /// Which input, for example `recency_days`.
    pub feature: String,
    /// On a logarithmic scale: 0 is the median of all customers, 1 is one interquartile range above it.
    pub standardized: f64,
    /// The same in a word.
    pub level: StandingLevel,
}

impl FeatureStanding {
    fn new(feature: &str, standardized: f32) -> Self {
        Self {
            feature: feature.to_owned(),
            standardized: f64::from(standardized),
            level: StandingLevel::of(standardized),
        }
    }
}

/// A standardised value in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingLevel {
    /// Below −1.5.
    VeryLow,
    /// From −1.5 to below −0.5.
    Low,
    /// From −0.5 to 0.5.
    Typical,
    /// Above 0.5 to 1.5.
    High,
    /// Above 1.5.
    VeryHigh,
}

impl StandingLevel {
    fn of(standardized: f32) -> Self {
        match standardized {
            value if value < -1.5 => Self::VeryLow,
            value if value < -0.5 => Self::Low,
            value if value <= 0.5 => Self::Typical,
            value if value <= 1.5 => Self::High,
            _ => Self::VeryHigh,
        }
    }
}

/// A segment that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerSegment {
    /// Its address: `/segments/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What it is made by.
    pub kind: SegmentKindName,
    /// Who is in it and what to do with them.
    pub description: LocalizedText,
}

impl From<Segment> for CustomerSegment {
    fn from(segment: Segment) -> Self {
        Self {
            slug: segment.slug,
            name: segment.name.into(),
            kind: segment.kind.into(),
            description: segment.description.into(),
        }
    }
}

/// The profile that an address names.
pub(crate) async fn find_profile(state: &ApiState, field: &str, id: &str) -> Result<Profile, Problem> {
    let known: ProfileId = parse(field, id)?;
    state.store.profile(known).await?.ok_or_else(|| Problem::not_found("customer", id))
}

/// One person.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", operation_id = "getCustomer",
    params(("id" = String, Path, description = "`prf_` and 32 hexadecimal digits")),
    responses(
        (status = 200, body = Customer),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_customer(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<Customer>, Problem> {
    let profile = find_profile(&state, "id", &id).await?;
    let features = state.store.features(profile.id).await?;
    let segments = state.store.segments_of(profile.id).await?;
    let subjects = state.store.subjects_of(profile.id).await?;
    Ok(Json(Customer {
        id,
        email: text_trait(&profile, "email"),
        country: text_trait(&profile, "country"),
        first_seen: profile.first_seen,
        last_seen: profile.last_seen,
        events: profile.events,
        currency: state.currency(),
        commerce: CustomerCommerce::from(&profile.commerce),
        first_touch: profile.first_touch.as_ref().map(CustomerTouch::from),
        latest_touch: profile.latest_touch.as_ref().map(CustomerTouch::from),
        features: features.as_ref().map(CustomerFeatures::from),
        segments: segments.into_iter().map(CustomerSegment::from).collect(),
        subjects: subjects.iter().map(ToString::to_string).collect(),
        user_id: profile.user_id,
        traits: JsonObject(profile.traits),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standing_in_words() {
        let check = |value: f32, expected: StandingLevel| assert_eq!(StandingLevel::of(value), expected, "{value}");
        check(-1.6, StandingLevel::VeryLow);
        check(-1.5, StandingLevel::Low);
        check(-0.5, StandingLevel::Typical);
        check(0.5, StandingLevel::Typical);
        check(0.6, StandingLevel::High);
        check(1.6, StandingLevel::VeryHigh);
    }
}
