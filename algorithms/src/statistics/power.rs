//! How many people it takes to see a difference, and what can be seen with those there are.
//!
//! Two-sided tests, two arms of equal size, normal approximation. For rates the pooled variance decides and the separate
//! variances spread (Fleiss, Levin & Paik 2003, section 4.2, without continuity correction, as R's `power.prop.test`).

use super::check_alpha;
use super::distributions::{Distribution, Normal};
use crate::error::{Error, Result, require};
use serde::{Deserialize, Serialize};

/// What the control is expected to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// A share of people, between 0 and 1.
    Rate(f64),
    /// An amount per person.
    Mean {
        /// Its mean, not 0.
        mean: f64,
        /// Its standard deviation, above 0.
        sd: f64,
    },
}

/// What a comparison is up against: the difference to see and the deviation of one pair of people, as the test assumes it
/// and as it is.
struct Task {
    difference: f64,
    assumed: f64,
    real: f64,
}

impl Baseline {
    fn task(self, relative: f64) -> Result<Task> {
        require(relative.is_finite() && relative != 0.0, "relative_difference", relative, "finite and not 0")?;
        match self {
            Baseline::Rate(rate) => {
                require(rate > 0.0 && rate < 1.0, "rate", rate, "between 0 and 1, both excluded")?;
                let other = rate * (1.0 + relative);
                require(
                    (0.0..=1.0).contains(&other),
                    "relative_difference",
                    relative,
                    "such that the rate stays a rate",
                )?;
                let middle = (rate + other) / 2.0;
                let assumed = (2.0 * middle * (1.0 - middle)).sqrt();
                let real = (rate * (1.0 - rate) + other * (1.0 - other)).sqrt();
                Ok(Task { difference: (other - rate).abs(), assumed, real })
            }
            Baseline::Mean { mean, sd } => {
                require(mean.is_finite() && mean != 0.0, "mean", mean, "finite and not 0")?;
                require(sd > 0.0 && sd.is_finite(), "sd", sd, "above 0")?;
                let deviation = sd * std::f64::consts::SQRT_2;
                Ok(Task { difference: (mean * relative).abs(), assumed: deviation, real: deviation })
            }
        }
    }
}

/// People per arm to see a relative difference (0.1 is +10 %) with a probability of `power`.
///
/// # Errors
/// [`Error::Parameter`] for a baseline, difference, `alpha` or `power` out of range.
pub fn sample_size_per_arm(baseline: Baseline, relative_difference: f64, alpha: f64, power: f64) -> Result<u64> {
    check_alpha(alpha)?;
    require(power > alpha && power < 1.0, "power", power, "between alpha and 1")?;
    let task = baseline.task(relative_difference)?;
    let z = |probability| Normal::STANDARD.quantile(probability);
    let root = (z(1.0 - alpha / 2.0) * task.assumed + z(power) * task.real) / task.difference;
    Ok((root * root).ceil() as u64)
}

/// The probability to see a relative difference with this many people per arm.
///
/// # Errors
/// As [`sample_size_per_arm`].
pub fn power(baseline: Baseline, relative_difference: f64, people_per_arm: u64, alpha: f64) -> Result<f64> {
    check_alpha(alpha)?;
    require(people_per_arm >= 1, "people_per_arm", people_per_arm, "at least 1")?;
    let task = baseline.task(relative_difference)?;
    let z = Normal::STANDARD.quantile(1.0 - alpha / 2.0);
    let distance = (people_per_arm as f64).sqrt() * task.difference - z * task.assumed;
    if task.real == 0.0 {
        return Ok(if distance > 0.0 { 1.0 } else { 0.0 });
    }
    Ok(Normal::STANDARD.cdf(distance / task.real))
}

/// The smallest relative increase that this many people per arm show with a probability of `power`; `None` where even the
/// largest possible one is too small to be seen.
///
/// # Errors
/// As [`sample_size_per_arm`].
pub fn detectable_difference(baseline: Baseline, people_per_arm: u64, alpha: f64, wanted: f64) -> Result<Option<f64>> {
    require(wanted > alpha && wanted < 1.0, "power", wanted, "between alpha and 1")?;
    let seen = |relative: f64| power(baseline, relative, people_per_arm, alpha);
    let most = match baseline {
        Baseline::Rate(rate) => 1.0 / rate - 1.0,
        Baseline::Mean { .. } => 1e9,
    };
    // Rounding may carry the largest rate past 1.
    let (mut low, mut high) = (0.0, most * (1.0 - 1e-12));
    match seen(high) {
        Ok(found) if found < wanted => return Ok(None),
        Ok(_) => {}
        Err(Error::Parameter { name: "relative_difference", .. }) => return Ok(None),
        Err(error) => return Err(error),
    }
    while high - low > 1e-12 * high {
        let middle = (low + high) / 2.0;
        if seen(middle)? < wanted { low = middle } else { high = middle }
    }
    Ok(Some(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_rate_of_one_in_ten_that_grows_by_a_fifth() {
        // (1.959964 · √(2 · 0.11 · 0.89) + 0.841621 · √(0.09 + 0.1056))² / 0.02² = 3,840.85
        assert_eq!(sample_size_per_arm(Baseline::Rate(0.1), 0.2, 0.05, 0.8).unwrap(), 3841);
    }

    #[test]
    fn a_mean_by_the_textbook() {
        // 2 · (1.959964 + 0.841621)² · 10² / 5² = 62.79
        let baseline = Baseline::Mean { mean: 50.0, sd: 10.0 };
        assert_eq!(sample_size_per_arm(baseline, 0.1, 0.05, 0.8).unwrap(), 63);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(sample_size_per_arm(Baseline::Rate(0.0), 0.1, 0.05, 0.8).is_err());
        assert!(sample_size_per_arm(Baseline::Rate(0.9), 0.5, 0.05, 0.8).is_err());
        assert!(sample_size_per_arm(Baseline::Rate(0.1), 0.0, 0.05, 0.8).is_err());
        assert!(power(Baseline::Mean { mean: 1.0, sd: 0.0 }, 0.1, 10, 0.05).is_err());
        assert_eq!(detectable_difference(Baseline::Rate(0.5), 3, 0.05, 0.99).unwrap(), None);
    }

    proptest! {
        #[test]
        fn the_three_questions_agree(rate in 0.01f64..0.4, relative in 0.02f64..0.5, wanted in 0.6f64..0.95) {
            let baseline = Baseline::Rate(rate);
            let people = sample_size_per_arm(baseline, relative, 0.05, wanted).unwrap();
            prop_assert!(power(baseline, relative, people, 0.05).unwrap() >= wanted - 1e-9);
            prop_assert!(people < 3 || power(baseline, relative, people - 1, 0.05).unwrap() < wanted + 1e-9);
            let found = detectable_difference(baseline, people, 0.05, wanted).unwrap().unwrap();
            prop_assert!(found <= relative * (1.0 + 1e-9));
        }
    }
}
