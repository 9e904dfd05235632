//! Clusters by k-means on the standardised features, the number of them chosen by the data.

use crate::{Error, GroupSums, Segmentation, naming, share};
use bellwether_algorithms::{
    cluster_quality::{Candidate, ChooseK},
    matrix::Matrix,
};
use bellwether_domain::{Membership, Money, ProfileFeatures, Segment, SegmentId, SegmentKind};
use bellwether_profile::MODEL_FEATURES;
use chrono::{DateTime, Utc};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::ops::RangeInclusive;

/// The numbers of clusters that are tried: fewer say little, more cannot be remembered.
const CLUSTERS: RangeInclusive<usize> = 4..=8;
/// Fewer customers than this give clusters of chance.
const FEWEST: usize = 100;

/// One number of clusters that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KChoice {
    /// How many clusters.
    pub k: u32,
    /// Mean silhouette, −1 to 1.
    pub silhouette: f64,
    /// Mean adjusted Rand index against divisions of resampled customers; 1 is the same.
    pub stability: f64,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Share of the smallest cluster, 0 to 1.
    pub smallest_share: f64,
    /// Whether it may be chosen: no cluster below one in a hundred, and stable.
    pub eligible: bool,
}

/// Clusters and how their number was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// The clusters as segments.
    pub segmentation: Segmentation,
    /// The number that was chosen.
    pub chosen_k: u32,
    /// All that were tried.
    pub candidates: Vec<KChoice>,
}

/// Divides the customers. `all` must be standardised.
pub fn cluster(all: &[ProfileFeatures], as_of: DateTime<Utc>, rng: &mut impl Rng) -> Result<Clustering, Error> {
    if all.len() < FEWEST {
        return Err(Error::TooFewCustomers { found: all.len(), needed: FEWEST });
    }
    let rows: Vec<&[f32]> = all.iter().map(|features| features.standardized.as_slice()).collect();
    let data = Matrix::from_rows(&rows)?;
    let chosen = ChooseK::new(CLUSTERS).fit(&data, rng)?;
    let centres = centres(&data, &chosen.model.labels, chosen.clusters);
    Ok(Clustering {
        segmentation: describe(all, &chosen.model.labels, &centres, as_of),
        chosen_k: chosen.clusters as u32,
        candidates: chosen.candidates.iter().map(choice).collect(),
    })
}

fn choice(candidate: &Candidate) -> KChoice {
    KChoice {
        k: candidate.clusters as u32,
        silhouette: candidate.silhouette.mean,
        stability: candidate.stability,
        inertia: candidate.inertia,
        smallest_share: candidate.smallest_share,
        eligible: candidate.large_enough && candidate.stable_enough,
    }
}

/// Per cluster and feature: how far its mean lies from everybody's, in standard deviations.
fn centres(data: &Matrix, labels: &[u32], clusters: usize) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; data.columns()]; clusters];
    let mut sizes = vec![0.0; clusters];
    let (mut total, mut squares) = (vec![0.0; data.columns()], vec![0.0; data.columns()]);
    for (row, label) in data.iter_rows().zip(labels) {
        sizes[*label as usize] += 1.0;
        for (column, value) in row.iter().map(|value| f64::from(*value)).enumerate() {
            sums[*label as usize][column] += value;
            total[column] += value;
            squares[column] += value * value;
        }
    }
    let n = data.rows() as f64;
    for (sum, size) in sums.iter_mut().zip(sizes) {
        for (column, value) in sum.iter_mut().enumerate() {
            let mean = total[column] / n;
            let deviation = (squares[column] / n - mean * mean).max(0.0).sqrt();
            *value = if deviation > 0.0 { (*value / f64::max(size, 1.0) - mean) / deviation } else { 0.0 };
        }
    }
    sums
}

fn describe(all: &[ProfileFeatures], labels: &[u32], centres: &[Vec<f64>], as_of: DateTime<Utc>) -> Segmentation {
    let mut groups = vec![GroupSums::default(); centres.len()];
    for (features, label) in all.iter().zip(labels) {
        groups[*label as usize].add(features);
    }
    let revenue: Money = all.iter().map(|features| features.monetary).sum();
    let names = naming::names(centres);
    // The most valuable cluster is number 1, whatever the order in which the algorithm found them.
    let mut order: Vec<usize> = (0..centres.len()).collect();
    order.sort_by(|a, b| groups[*b].monetary.cmp(&groups[*a].monetary).then(a.cmp(b)));
    let mut number = vec![0; centres.len()];
    let mut segments = Vec::with_capacity(centres.len());
    for (place, &cluster) in order.iter().enumerate() {
        number[cluster] = place + 1;
        let (group, name) = (&groups[cluster], &names[cluster]);
        segments.push(Segment {
            id: id(place + 1),
            slug: format!("cluster-{}", place + 1),
            kind: SegmentKind::Cluster,
            name: name.clone(),
            description: naming::sentence(&centres[cluster]),
            size: group.members.len() as u64,
            share: share(group.members.len() as f64, all.len() as f64),
            revenue_share: share(group.monetary.to_f64(), revenue.to_f64()),
            facts: json!({ "means": group.means(), "distances": distances(&centres[cluster]) }),
            as_of,
        });
    }
    let memberships = all
        .iter()
        .zip(labels)
        .map(|(features, label)| Membership { profile: features.profile, segment: id(number[*label as usize]) })
        .collect();
    Segmentation { segments, memberships }
}

/// What sets the cluster apart, the most striking feature first.
fn distances(centre: &[f64]) -> Vec<serde_json::Value> {
    naming::traits(centre)
        .into_iter()
        .map(|t| json!({ "feature": MODEL_FEATURES[t.feature], "standard_deviations": t.distance }))
        .collect()
}

fn id(number: usize) -> SegmentId {
    SegmentId::derive(&[b"cluster", &(number as u64).to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_algorithms::random::seeded;
    use bellwether_domain::ProfileId;
    use chrono::DateTime;

    /// Five kinds of customers, forty of each, that differ in one feature each.
    fn customers() -> Vec<ProfileFeatures> {
        let mut all: Vec<ProfileFeatures> = (0..200_u32)
            .map(|i| {
                let (kind, spread) = ((i % 5) as usize, f64::from(i / 5) / 40.0);
                let at = |feature: usize| if kind == feature { 500.0 + 100.0 * spread } else { 1.0 + spread };
                ProfileFeatures {
                    profile: ProfileId::derive(&[&i.to_le_bytes()]),
                    as_of: DateTime::UNIX_EPOCH,
                    recency_days: at(0),
                    frequency: at(1) as u64,
                    monetary: Money::from_f64(at(2)).unwrap(),
                    tenure_days: at(3),
                    average_order: Money::from_whole(1),
                    units_per_order: 1.0,
                    distinct_products: 1,
                    returns_share: 0.0,
                    days_between_orders: None,
                    favourite_categories: vec![],
                    orders_by_hour: [0; 24],
                    rfm: [0; 3],
                    standardized: vec![],
                }
            })
            .collect();
        bellwether_profile::standardize(&mut all);
        all
    }

    #[test]
    fn five_kinds_are_found_and_named() {
        let all = customers();
        let clustering = cluster(&all, DateTime::UNIX_EPOCH, &mut seeded(1)).unwrap();
        assert_eq!(clustering.chosen_k, 5);
        let segments = &clustering.segmentation.segments;
        assert_eq!(segments.iter().map(|s| s.size).collect::<Vec<_>>(), [40; 5]);
        assert!(segments[0].name.en.starts_with("High-spending"), "{}", segments[0].name.en);
        assert!((segments.iter().map(|s| s.revenue_share).sum::<f64>() - 1.0).abs() < 1e-9);
        let names: std::collections::BTreeSet<_> = segments.iter().map(|s| &s.name.en).collect();
        assert_eq!(names.len(), 5);
    }

    #[test]
    fn everybody_is_in_exactly_one_rfm_segment() {
        let mut all = customers();
        let segmentation = crate::rfm(&mut all, DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(segmentation.memberships.len(), all.len());
        assert_eq!(segmentation.segments.len(), 11);
        assert_eq!(segmentation.segments.iter().map(|s| s.size).sum::<u64>(), all.len() as u64);
        assert!(all.iter().all(|f| f.rfm.iter().all(|score| (1..=5).contains(score))));
    }

    #[test]
    fn too_few_customers_are_said_to_be_too_few() {
        let error = cluster(&customers()[..50], DateTime::UNIX_EPOCH, &mut seeded(1)).unwrap_err().to_string();
        assert_eq!(error, "50 customers with an order are too few to divide; at least 100 are needed");
    }
}
