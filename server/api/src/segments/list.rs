//! `GET /segments`: every segment.

use crate::{
    problem::Problem,
    state::ApiState,
    words::{JsonObject, LocalizedText, SegmentKindName},
};
use axum::{Json, extract::State};
use bellwether_domain::Segment;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A named group of customers, as of a date.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentSummary {
    /// Which.
    pub id: String,
    /// Its address: `/segments/{slug}`, and the value of `segment` in `/customers`.
    pub slug: String,
    /// What it is made by.
    pub kind: SegmentKindName,
    /// What people call it.
    pub name: LocalizedText,
    /// Who is in it and what to do with them.
    pub description: LocalizedText,
    /// Members.
    pub size: u64,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// Share of all revenue, 0 to 1.
    pub revenue_share: f64,
    /// The exact rule or centroid; also mean recency, frequency and monetary value.
    pub facts: JsonObject,
    /// The moment that it describes.
    pub as_of: DateTime<Utc>,
}

impl From<Segment> for SegmentSummary {
    fn from(segment: Segment) -> Self {
        Self {
            id: segment.id.to_string(),
            slug: segment.slug,
            kind: segment.kind.into(),
            name: segment.name.into(),
            description: segment.description.into(),
            size: segment.size,
            share: segment.share,
            revenue_share: segment.revenue_share,
            facts: segment.facts.into(),
            as_of: segment.as_of,
        }
    }
}

/// Every segment: RFM segments, then clusters, each in the order of their making.
#[utoipa::path(get, path = "/segments", tag = "segments", operation_id = "listSegments", responses(
    (status = 200, body = Vec<SegmentSummary>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_segments(State(state): State<ApiState>) -> Result<Json<Vec<SegmentSummary>>, Problem> {
    Ok(Json(state.store.segments().await?.into_iter().map(SegmentSummary::from).collect()))
}
