//! How much better a score chooses than chance: the cumulative response curve.
//!
//! # Idea
//! Order people by a score, the highest first, and cut them into buckets of equal size (deciles by default). If the score
//! knows something, the first bucket responds more than the average. *Lift* of a bucket is its mean outcome over the mean of
//! all; *gain* is the share of all outcome that the buckets up to here hold, to be compared with the share of people.
//! People with equal scores cannot be told apart, so each of them counts with the mean outcome of all with that score: the
//! curve does not depend on the order of the input.
//!
//! # Shapes and units
//! One score and one outcome (0 or 1, or an amount, not negative) per person. Lift and gain have no unit.
//!
//! # Errors
//! Lists of different length, fewer people than buckets, values that are not finite, negative outcomes. Where nobody
//! responded, gain and lift are `None` rather than 0/0.
//!
//! # Cost
//! O(n log n).
//!
//! # When not to use it
//! It shows whom the score finds, not whom a message changes: those who buy anyway come first. For that, compare with a
//! hold-out.
//!
//! # Source
//! The usual gains chart of direct marketing; *gini* is `2 · AUC − 1` of the gain curve over its diagonal, divided by that
//! of a perfect order (Somers' D for outcomes of 0 and 1).
//!
//! ```
//! use bellwether_algorithms::lift_curve::lift_curve;
//! # fn main() -> bellwether_algorithms::Result<()> {
//! let curve = lift_curve(&[0.9, 0.8, 0.2, 0.1], &[1.0, 1.0, 1.0, 0.0], 2)?;
//! assert_eq!(curve.buckets[0].lift, Some(1.0 / 0.75));
//! # Ok(())
//! # }
//! ```

use crate::error::{Error, Result, require, require_data, require_equal, require_finite};
use serde::{Deserialize, Serialize};

/// A cumulative response curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiftCurve {
    /// People in all buckets.
    pub people: usize,
    /// Their total outcome.
    pub outcome: f64,
    /// Buckets, the highest scores first.
    pub buckets: Vec<LiftBucket>,
    /// How much of a perfect order's gain the score reaches: 1 perfect, 0 chance, negative worse. `None` where all outcomes
    /// are equal.
    pub gini: Option<f64>,
}

/// People with neighbouring scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LiftBucket {
    /// From 1, the highest scores first.
    pub bucket: usize,
    /// How many.
    pub people: usize,
    /// Lowest score within.
    pub lowest_score: f64,
    /// Their total outcome.
    pub outcome: f64,
    /// Their mean outcome.
    pub mean: f64,
    /// Their mean over the mean of all.
    pub lift: Option<f64>,
    /// People up to here over all people.
    pub cumulative_people_share: f64,
    /// Outcome up to here over all outcome.
    pub cumulative_gain: Option<f64>,
    /// Mean up to here over the mean of all.
    pub cumulative_lift: Option<f64>,
}

/// The curve of a score.
///
/// # Errors
/// [`Error::Shape`] for lists of different length, [`Error::TooLittleData`] for fewer people than buckets,
/// [`Error::Parameter`] for no bucket, [`Error::NotFinite`], [`Error::Parameter`] for a negative outcome.
pub fn lift_curve(scores: &[f64], outcomes: &[f64], buckets: usize) -> Result<LiftCurve> {
    check(scores, outcomes, buckets)?;
    let order = by_score(scores);
    let shared = share_between_equals(scores, outcomes, &order);
    let people = scores.len();
    let total: f64 = shared.iter().sum();
    let mut cumulative = 0.0;
    let buckets = (0..buckets).map(|bucket| {
        let (from, to) = (people * bucket / buckets, people * (bucket + 1) / buckets);
        let outcome: f64 = shared[from..to].iter().sum();
        cumulative += outcome;
        describe(bucket, from, to, scores[order[to - 1]], outcome, cumulative, total, people)
    });
    let buckets = buckets.collect();
    Ok(LiftCurve { people, outcome: total, buckets, gini: gini(&shared, outcomes) })
}

fn check(scores: &[f64], outcomes: &[f64], buckets: usize) -> Result<()> {
    require(buckets >= 1, "buckets", buckets, "at least 1")?;
    require_equal("outcomes (one per score)", scores.len(), outcomes.len())?;
    require_data("a lift curve (people, one per bucket)", buckets, scores.len())?;
    require_finite("scores", scores)?;
    require_finite("outcomes", outcomes)?;
    match outcomes.iter().find(|outcome| **outcome < 0.0) {
        Some(negative) => Err(Error::Parameter {
            name: "outcome",
            value: negative.to_string(),
            must: "0 or more (net refunds first)",
        }),
        None => Ok(()),
    }
}

#[expect(clippy::too_many_arguments, reason = "the facts of one row of the table")]
fn describe(
    bucket: usize,
    from: usize,
    to: usize,
    lowest_score: f64,
    outcome: f64,
    cumulative: f64,
    total: f64,
    all: usize,
) -> LiftBucket {
    let people = to - from;
    let mean_of_all = total / all as f64;
    let known = total > 0.0;
    LiftBucket {
        bucket: bucket + 1,
        people,
        lowest_score,
        outcome,
        mean: outcome / people as f64,
        lift: known.then(|| outcome / people as f64 / mean_of_all),
        cumulative_people_share: to as f64 / all as f64,
        cumulative_gain: known.then(|| cumulative / total),
        cumulative_lift: known.then(|| cumulative / to as f64 / mean_of_all),
    }
}

/// People by score, the highest first.
fn by_score(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&left, &right| scores[right].total_cmp(&scores[left]));
    order
}

/// The outcomes in order, each replaced by the mean of those with the same score.
fn share_between_equals(scores: &[f64], outcomes: &[f64], order: &[usize]) -> Vec<f64> {
    let mut shared = Vec::with_capacity(order.len());
    for equal in order.chunk_by(|&left, &right| scores[left] == scores[right]) {
        let sum: f64 = equal.iter().map(|&person| outcomes[person]).sum();
        shared.extend(std::iter::repeat_n(sum / equal.len() as f64, equal.len()));
    }
    shared
}

fn gini(shared: &[f64], outcomes: &[f64]) -> Option<f64> {
    let mut perfect = outcomes.to_vec();
    perfect.sort_by(|left, right| right.total_cmp(left));
    let (reached, most) = (area_over_diagonal(shared), area_over_diagonal(&perfect));
    (most > 1e-12 * perfect.iter().sum::<f64>() * perfect.len() as f64).then(|| reached / most)
}

/// Twice the area between the cumulative curve and its diagonal, not normalised.
fn area_over_diagonal(outcomes: &[f64]) -> f64 {
    let total: f64 = outcomes.iter().sum();
    let people = outcomes.len() as f64;
    let mut before = 0.0;
    let mut area = 0.0;
    for &outcome in outcomes {
        area += 2.0 * before + outcome;
        before += outcome;
    }
    area - total * people
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_people_in_two_buckets_by_hand() {
        let scores: Vec<f64> = (0..10).rev().map(f64::from).collect();
        let outcomes = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let curve = lift_curve(&scores, &outcomes, 2).unwrap();
        let first = curve.buckets[0];
        assert_eq!((first.people, first.outcome, first.mean, first.lowest_score), (5, 3.0, 0.6, 5.0));
        assert_eq!((first.lift, first.cumulative_gain), (Some(0.6 / 0.4), Some(0.75)));
        assert_eq!(curve.buckets[1].cumulative_lift, Some(1.0));
        // AUC: of 24 pairs (responder, other) 24 − 1 − 3 = 20 are in order; 2 · 20/24 − 1.
        assert!((curve.gini.unwrap() - (2.0 * 20.0 / 24.0 - 1.0)).abs() < 1e-12);
    }

    #[test]
    fn a_score_that_knows_nothing_has_no_lift() {
        let curve = lift_curve(&[1.0; 4], &[1.0, 0.0, 0.0, 1.0], 2).unwrap();
        assert!(curve.buckets.iter().all(|bucket| bucket.lift == Some(1.0)));
        assert_eq!(curve.gini, Some(0.0));
    }

    #[test]
    fn nobody_responded_is_not_zero_lift() {
        let curve = lift_curve(&[1.0, 2.0], &[0.0, 0.0], 2).unwrap();
        assert_eq!((curve.buckets[0].lift, curve.buckets[1].cumulative_gain, curve.gini), (None, None, None));
    }

    #[test]
    fn wrong_input_is_refused() {
        assert!(lift_curve(&[1.0], &[1.0, 0.0], 1).is_err());
        assert!(lift_curve(&[1.0], &[1.0], 2).is_err());
        assert!(lift_curve(&[1.0], &[1.0], 0).is_err());
        assert!(lift_curve(&[f64::NAN], &[1.0], 1).is_err());
        assert!(lift_curve(&[1.0], &[-1.0], 1).is_err());
    }

    proptest! {
        #[test]
        fn the_order_of_people_does_not_matter_and_the_curve_ends_at_everything(
            people in prop::collection::vec((0i8..5, 0u8..4), 10..60), turn in 0usize..10,
        ) {
            let mut turned = people.clone();
            turned.rotate_left(turn);
            let curve = |people: &[(i8, u8)]| {
                let (scores, outcomes): (Vec<f64>, Vec<f64>) =
                    people.iter().map(|&(score, outcome)| (f64::from(score), f64::from(outcome))).unzip();
                lift_curve(&scores, &outcomes, 10).unwrap()
            };
            let (left, right) = (curve(&people), curve(&turned));
            for (left, right) in left.buckets.iter().zip(&right.buckets) {
                prop_assert!((left.outcome - right.outcome).abs() < 1e-9);
            }
            if left.outcome > 0.0 {
                prop_assert!((left.buckets[9].cumulative_gain.unwrap() - 1.0).abs() < 1e-9);
            }
        }
    }
}
