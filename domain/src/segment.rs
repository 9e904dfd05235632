//! Named groups of profiles.

use crate::{Localized, ProfileId, SegmentId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a segment is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    /// Recency, frequency and monetary scores.
    Rfm,
    /// A cluster that an algorithm found.
    Cluster,
}

/// A named group of profiles, as of a date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Which.
    pub id: SegmentId,
    /// A stable short name for commands and addresses, for example `rfm-champions`.
    pub slug: String,
    /// What it is made by.
    pub kind: SegmentKind,
    /// What people call it.
    pub name: Localized,
    /// One sentence: who is in it and what to do with them.
    pub description: Localized,
    /// Members.
    pub size: u64,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// Share of all revenue, 0 to 1.
    pub revenue_share: f64,
    /// The exact rule or centroid, for those who doubt; also mean recency, frequency and monetary value.
    pub facts: serde_json::Value,
    /// The moment that it describes.
    pub as_of: DateTime<Utc>,
}

/// One person in one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Who.
    pub profile: ProfileId,
    /// Where.
    pub segment: SegmentId,
}
