//! Intervals that hold at all times at once, so that one may look whenever one likes.
//!
//! A usual 95 % interval is right in 95 of 100 experiments *at one moment fixed before*. Who looks every day and stops at
//! the first good day is wrong far more often. An *asymptotic confidence sequence* is wider, and covers the truth at all
//! moments together with probability `1 − alpha`. It is the mixture of likelihood ratios over a normal distribution of effects
//! (Robbins 1970; mSPRT, Johari et al. 2017), made free of the distribution of outcomes by Waudby-Smith et al. (2021, equation
//! 9 of the 2023 version), and narrowest around `tuning` people; it is valid for any. The same as in GrowthBook's `gbstats`.

use super::check_alpha;
use super::summary::Interval;
use crate::error::{Result, require};
use serde::{Deserialize, Serialize};

/// Bounds and p-value that may be looked at any time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AlwaysValid {
    /// Bounds of the difference.
    pub interval: Interval,
    /// Never below `alpha` more often than in `alpha` of experiments without effect, however often one looks.
    pub p_value: f64,
}

/// The always-valid answer for an estimate (a difference, or a lift) with its usual standard error, from `people` in both arms
/// together. `tuning` is the number of people around which to be sharpest: those one expects at the time of the decision;
/// 5,000 is usual. Choose it before the start.
///
/// # Errors
/// [`crate::Error::Parameter`] for nobody, a standard error of 0 or less, or an `alpha` or `tuning` out of range.
pub fn always_valid(estimate: f64, standard_error: f64, people: u64, alpha: f64, tuning: f64) -> Result<AlwaysValid> {
    check_alpha(alpha)?;
    require(estimate.is_finite(), "estimate", estimate, "finite")?;
    require(standard_error > 0.0 && standard_error.is_finite(), "standard_error", standard_error, "above 0")?;
    require(people >= 1, "people", people, "at least 1")?;
    require(tuning > 0.0 && tuning.is_finite(), "tuning", tuning, "above 0")?;
    let people = people as f64;
    let spread = people * mixture_variance(alpha, tuning);
    // The bound on |estimate| / standard_error at which the mixture reaches 1 / alpha.
    let bound = (2.0 * (spread + 1.0) / spread * (0.5 * spread.ln_1p() - alpha.ln())).sqrt();
    let z = estimate / standard_error;
    let log_mixture = 0.5 * z * z * spread / (spread + 1.0) - 0.5 * spread.ln_1p();
    Ok(AlwaysValid {
        interval: Interval::around(estimate, bound * standard_error),
        p_value: (-log_mixture).exp().min(1.0),
    })
}

/// The variance of the mixture that makes the interval narrowest at `tuning` people.
fn mixture_variance(alpha: f64, tuning: f64) -> f64 {
    let two_logs = -2.0 * alpha.ln();
    (two_logs + two_logs.ln_1p()) / tuning
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::seeded;
    use crate::statistics::{Distribution, Normal};
    use rand::Rng;

    #[test]
    fn the_p_value_is_below_alpha_exactly_where_the_interval_leaves_out_zero() {
        for step in 1..400 {
            let estimate = f64::from(step) * 0.01;
            let result = always_valid(estimate, 1.0, 5_000, 0.05, 5_000.0).unwrap();
            assert_eq!(result.p_value < 0.05, !result.interval.contains(0.0), "{estimate}");
        }
    }

    #[test]
    fn it_is_wider_than_the_usual_interval_at_all_times() {
        for people in [10, 1_000, 100_000, 10_000_000] {
            let result = always_valid(0.0, 1.0, people, 0.05, 5_000.0).unwrap();
            assert!(result.interval.high > 1.96);
        }
        assert!(always_valid(0.0, 0.0, 10, 0.05, 5_000.0).is_err());
    }

    /// 400 experiments without effect, looked at 100 times each. The usual interval is the negative control.
    #[test]
    fn daily_looks_do_not_find_effects_that_are_not_there() {
        let mut rng = seeded(17);
        let (mut fooled, mut fooled_as_usual) = (0, 0);
        for _ in 0..400 {
            let (mut sum, mut found, mut found_as_usual) = (0.0, false, false);
            for look in 1..=100_u64 {
                sum += Normal::STANDARD.quantile(rng.random::<f64>()) * 10.0;
                let people = look * 100;
                let (estimate, error) = (sum / people as f64, 1.0 / (people as f64).sqrt());
                found |= always_valid(estimate, error, people, 0.05, 5_000.0).unwrap().p_value < 0.05;
                found_as_usual |= (estimate / error).abs() > 1.96;
            }
            fooled += u32::from(found);
            fooled_as_usual += u32::from(found_as_usual);
        }
        assert!(fooled <= 20, "{fooled} of 400");
        assert!(fooled_as_usual > 80, "{fooled_as_usual} of 400");
    }
}
