//! RFM segments and clusters.

use super::generator;
use anyhow::Result;
use bellwether_domain::{Membership, ProfileFeatures, Segment, SegmentKind};
use bellwether_profile::MODEL_FEATURES;
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use serde_json::json;

/// What was found.
pub struct SegmentSummary {
    /// RFM segments, the most valuable first.
    pub rfm: Vec<Segment>,
    /// Clusters, or why there are none.
    pub clusters: Result<Vec<Segment>, String>,
}

/// Divides customers by their features as of `end`, and keeps the features with the scores.
pub async fn segments(store: &Store, mut features: Vec<ProfileFeatures>, end: DateTime<Utc>) -> Result<SegmentSummary> {
    let rfm = bellwether_segment::rfm(&mut features, end)?;
    let clustering = bellwether_segment::cluster(&features, end, &mut generator(1));
    store.put_features(&features).await?;
    store.replace_segments(SegmentKind::Rfm, &rfm.segments, &rfm.memberships).await?;
    let clusters = match clustering {
        Ok(clustering) => {
            let choice = json!({
                "chosen_k": clustering.chosen_k,
                "candidates": clustering.candidates,
                "features": MODEL_FEATURES,
            });
            store.put_result("clustering", &choice).await?;
            keep_clusters(store, &clustering.segmentation.segments, &clustering.segmentation.memberships).await?;
            Ok(clustering.segmentation.segments)
        }
        // Too few customers is an answer, not a failure.
        Err(reason) => {
            keep_clusters(store, &[], &[]).await?;
            Err(reason.to_string())
        }
    };
    Ok(SegmentSummary { rfm: rfm.segments, clusters })
}

async fn keep_clusters(store: &Store, segments: &[Segment], memberships: &[Membership]) -> Result<()> {
    Ok(store.replace_segments(SegmentKind::Cluster, segments, memberships).await?)
}
