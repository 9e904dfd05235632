//! RFM segments and clusters.

use super::generator;
use anyhow::Result;
use bellwether_domain::{Membership, ProfileFeatures, Segment, SegmentKind};
use bellwether_profile::MODEL_FEATURES;
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use serde_json::json;

/// The Store's key of how the number of clusters was chosen.
const CLUSTERING: &str = "clustering";

/// What was found, or why there is nothing: too few customers is an answer, not a failure.
pub struct SegmentSummary {
    /// RFM segments, the most valuable first.
    pub rfm: Result<Vec<Segment>, String>,
    /// Clusters.
    pub clusters: Result<Vec<Segment>, String>,
}

/// Divides customers by their features as of `end`, and keeps the features, with the scores where there are any.
pub async fn segments(store: &Store, mut features: Vec<ProfileFeatures>, end: DateTime<Utc>) -> Result<SegmentSummary> {
    let rfm = bellwether_segment::rfm(&mut features, end);
    let clustering = bellwether_segment::cluster(&features, end, &mut generator(1));
    store.put_features(&features).await?;
    let (rfm, memberships) = match rfm {
        Ok(found) => (Ok(found.segments), found.memberships),
        Err(reason) => (Err(reason.to_string()), Vec::new()),
    };
    store.replace_segments(SegmentKind::Rfm, rfm.as_deref().unwrap_or_default(), &memberships).await?;
    let clusters = match clustering {
        Ok(clustering) => {
            let choice = json!({
                "chosen_k": clustering.chosen_k,
                "candidates": clustering.candidates,
                "features": MODEL_FEATURES,
            });
            store.put_result(CLUSTERING, &choice).await?;
            keep_clusters(store, &clustering.segmentation.segments, &clustering.segmentation.memberships).await?;
            Ok(clustering.segmentation.segments)
        }
        Err(reason) => {
            keep_clusters(store, &[], &[]).await?;
            store.remove_result(CLUSTERING).await?;
            Err(reason.to_string())
        }
    };
    Ok(SegmentSummary { rfm, clusters })
}

async fn keep_clusters(store: &Store, segments: &[Segment], memberships: &[Membership]) -> Result<()> {
    Ok(store.replace_segments(SegmentKind::Cluster, segments, memberships).await?)
}
