//! A segment's members beside all customers, in numbers.

use crate::{
    segments::show::{FeatureComparison, FeatureUnit},
    words::NamedShare,
};
use bellwether_domain::ProfileFeatures;
use std::collections::BTreeMap;

type Read = fn(&ProfileFeatures) -> f64;

const FEATURES: [(&str, FeatureUnit, Read); 8] = [
    ("recency_days", FeatureUnit::Days, |f| f.recency_days),
    ("frequency", FeatureUnit::Count, |f| f.frequency as f64),
    ("monetary", FeatureUnit::Money, |f| f.monetary.to_f64()),
    ("tenure_days", FeatureUnit::Days, |f| f.tenure_days),
    ("average_order", FeatureUnit::Money, |f| f.average_order.to_f64()),
    ("units_per_order", FeatureUnit::Count, |f| f.units_per_order),
    ("distinct_products", FeatureUnit::Count, |f| f.distinct_products as f64),
    ("returns_share", FeatureUnit::Share, |f| f.returns_share),
];

/// Mean and median of every feature; nothing where there is nobody.
pub fn compare(members: &[&ProfileFeatures], all: &[ProfileFeatures]) -> Vec<FeatureComparison> {
    if members.is_empty() {
        return Vec::new();
    }
    let row = |(feature, unit, read): (&str, FeatureUnit, Read)| {
        let mut inside: Vec<f64> = members.iter().map(|features| read(features)).collect();
        let mut everybody: Vec<f64> = all.iter().map(read).collect();
        FeatureComparison {
            feature: feature.to_owned(),
            unit,
            segment_mean: mean(&inside),
            segment_median: median(&mut inside),
            all_mean: mean(&everybody),
            all_median: median(&mut everybody),
        }
    };
    FEATURES.into_iter().map(row).collect()
}

/// The categories with the largest mean share over the members; who does not have one among the favourites counts as 0.
pub fn favourite_categories(members: &[&ProfileFeatures], most: usize) -> Vec<NamedShare> {
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (category, share) in members.iter().flat_map(|features| &features.favourite_categories) {
        *sums.entry(category).or_default() += share;
    }
    let mut shares: Vec<_> = sums.into_iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    shares.truncate(most);
    let people = members.len().max(1) as f64;
    shares.into_iter().map(|(name, sum)| NamedShare { name: name.to_owned(), share: sum / people }).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { (values[middle - 1] + values[middle]) / 2.0 } else { values[middle] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{Money, ProfileId};
    use chrono::DateTime;

    fn customer(number: u8, recency_days: f64, favourites: &[(&str, f64)]) -> ProfileFeatures {
        ProfileFeatures {
            profile: ProfileId::derive(&[&[number]]),
            as_of: DateTime::UNIX_EPOCH,
            recency_days,
            frequency: u64::from(number),
            monetary: Money::from_whole(i64::from(number)),
            tenure_days: 0.0,
            average_order: Money::ZERO,
            units_per_order: 0.0,
            distinct_products: 0,
            returns_share: 0.0,
            days_between_orders: None,
            favourite_categories: favourites.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect(),
            orders_by_hour: [0; 24],
            rfm: [1; 3],
            standardized: Vec::new(),
        }
    }

    #[test]
    fn means_and_medians_by_hand() {
        let all = [customer(1, 10.0, &[]), customer(2, 20.0, &[]), customer(3, 90.0, &[])];
        let rows = compare(&[&all[1], &all[2]], &all);
        let recency = &rows[0];
        assert_eq!((recency.segment_mean, recency.segment_median), (55.0, 55.0));
        assert_eq!((recency.all_mean, recency.all_median), (40.0, 20.0));
        assert_eq!((rows[1].segment_mean, rows[2].all_mean), (2.5, 2.0));
        assert_eq!(compare(&[], &all), []);
    }

    #[test]
    fn favourites_are_shared_among_all_members() {
        let all = [customer(1, 1.0, &[("lamps", 0.6), ("bags", 0.4)]), customer(2, 1.0, &[("bags", 1.0)])];
        let members: Vec<_> = all.iter().collect();
        let found: Vec<_> = favourite_categories(&members, 2).into_iter().map(|s| (s.name, s.share)).collect();
        assert_eq!(found, [("bags".to_owned(), 0.7), ("lamps".to_owned(), 0.3)]);
        assert_eq!(favourite_categories(&members, 1).len(), 1);
        assert_eq!(favourite_categories(&[], 1), []);
    }
}
