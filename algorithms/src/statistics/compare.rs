//! Does the treatment differ from the control?

use super::check_alpha;
use super::distributions::{ChiSquared, Distribution, Normal, StudentT};
use super::fisher::fisher_exact;
use super::summary::{Interval, Rate, Summary};
use crate::error::{Error, Result, require, require_data, require_equal};
use serde::{Deserialize, Serialize};

/// With fewer successes or failures than this, the normal distribution is no approximation.
const FEW: u64 = 5;

/// A number, how sure it is, and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its bounds at the asked `alpha`. For a difference of rates they are Newcombe's, which do not need the standard error.
    pub interval: Interval,
}

/// Treatment against control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Treatment less control.
    pub difference: Estimate,
    /// The difference over the control; `None` where the control is 0, or an arm does not vary and so says nothing of its error.
    pub lift: Option<Estimate>,
    /// Two-sided: how often chance alone gives such a difference or a larger one. `None` where nothing varies, but the means
    /// differ, so that no answer can be given.
    pub p_value: Option<f64>,
    /// Degrees of freedom of Welch's t; `None` where the normal distribution was used.
    pub degrees_of_freedom: Option<f64>,
    /// The probability of error of the intervals.
    pub alpha: f64,
}

/// Compares means by Welch's test, which does not assume equal variances (Welch 1947); lift by the delta method.
///
/// # Errors
/// [`Error::TooLittleData`] for an arm of fewer than two, [`Error::Parameter`] for an `alpha` outside (0, 1).
pub fn compare_means(control: &Summary, treatment: &Summary, alpha: f64) -> Result<Comparison> {
    check_alpha(alpha)?;
    let (control_error, treatment_error) = (squared_error(control)?, squared_error(treatment)?);
    let variance = control_error + treatment_error;
    let difference = treatment.mean() - control.mean();
    if variance == 0.0 {
        return Ok(without_variance(difference, alpha));
    }
    let degrees = variance * variance
        / (control_error.powi(2) / (control.n() - 1) as f64 + treatment_error.powi(2) / (treatment.n() - 1) as f64);
    let distribution = StudentT::new(degrees)?;
    let quantile = distribution.quantile(1.0 - alpha / 2.0);
    let estimate = estimator(quantile);
    Ok(Comparison {
        difference: estimate(difference, variance),
        lift: lift_variance(control.mean(), treatment.mean(), control_error, treatment_error)
            .map(|variance| estimate(difference / control.mean(), variance)),
        p_value: Some(distribution.two_sided(difference / variance.sqrt())),
        degrees_of_freedom: Some(degrees),
        alpha,
    })
}

/// Compares rates: the p-value from z with the pooled variance (as if both were equal), or, with fewer than five successes or
/// failures in an arm, from [`fisher_exact`]; the bounds of the difference are Newcombe's; lift by the delta method.
///
/// # Errors
/// [`Error::Parameter`] for an `alpha` outside (0, 1).
pub fn compare_rates(control: &Rate, treatment: &Rate, alpha: f64) -> Result<Comparison> {
    check_alpha(alpha)?;
    let (control_error, treatment_error) =
        (control.variance() / control.n() as f64, treatment.variance() / treatment.n() as f64);
    let difference = treatment.value() - control.value();
    let estimate = estimator(Normal::STANDARD.quantile(1.0 - alpha / 2.0));
    let interval = newcombe_interval(control, treatment, alpha)?;
    Ok(Comparison {
        difference: Estimate { interval, ..estimate(difference, control_error + treatment_error) },
        lift: lift_variance(control.value(), treatment.value(), control_error, treatment_error)
            .map(|variance| estimate(difference / control.value(), variance)),
        p_value: Some(p_value_of_rates(control, treatment, difference)?),
        degrees_of_freedom: None,
        alpha,
    })
}

fn p_value_of_rates(control: &Rate, treatment: &Rate, difference: f64) -> Result<f64> {
    let rarest = |rate: &Rate| rate.successes().min(rate.n() - rate.successes());
    if rarest(control).min(rarest(treatment)) < FEW {
        return Ok(fisher_exact(control, treatment));
    }
    let both = Rate::new(control.n() + treatment.n(), control.successes() + treatment.successes())?;
    let pooled = both.variance() * (1.0 / control.n() as f64 + 1.0 / treatment.n() as f64);
    Ok(2.0 * Normal::STANDARD.survival((difference / pooled.sqrt()).abs()))
}

/// Bounds of the difference of two rates (treatment less control) from their Wilson intervals: honest for few successes
/// (Newcombe 1998, method 10).
///
/// # Errors
/// [`Error::Parameter`] for an `alpha` outside (0, 1).
pub fn newcombe_interval(control: &Rate, treatment: &Rate, alpha: f64) -> Result<Interval> {
    let (from, to) = (control.wilson(alpha)?, treatment.wilson(alpha)?);
    let difference = treatment.value() - control.value();
    let below = (treatment.value() - to.low).hypot(from.high - control.value());
    let above = (to.high - treatment.value()).hypot(control.value() - from.low);
    Ok(Interval { low: difference - below, high: difference + above })
}

fn squared_error(arm: &Summary) -> Result<f64> {
    let variance =
        arm.variance().ok_or(Error::TooLittleData { what: "a comparison (people per arm)", need: 2, have: 1 })?;
    Ok(variance / arm.n() as f64)
}

fn estimator(quantile: f64) -> impl Fn(f64, f64) -> Estimate {
    move |value, variance: f64| {
        let standard_error = variance.sqrt();
        Estimate { value, standard_error, interval: Interval::around(value, quantile * standard_error) }
    }
}

/// The variance of `treatment / control` to first order. An arm that does not vary has none that could be trusted.
fn lift_variance(control: f64, treatment: f64, control_error: f64, treatment_error: f64) -> Option<f64> {
    let square = control * control;
    (square > 0.0 && control_error > 0.0 && treatment_error > 0.0)
        .then(|| treatment_error / square + control_error * (treatment / control).powi(2) / square)
}

fn without_variance(difference: f64, alpha: f64) -> Comparison {
    let difference = Estimate { value: difference, standard_error: 0.0, interval: Interval::around(difference, 0.0) };
    Comparison {
        p_value: (difference.value == 0.0).then_some(1.0),
        difference,
        lift: None,
        degrees_of_freedom: None,
        alpha,
    }
}

/// Whether people were divided as planned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SampleRatio {
    /// Pearson's χ².
    pub statistic: f64,
    /// How often a sound division deviates so much or more; below 0.001 something is broken and no result can be trusted.
    pub p_value: f64,
}

/// Compares the people in each arm with the planned shares (any positive numbers; only their ratio counts). Pearson's χ².
///
/// # Errors
/// [`Error::Shape`] unless there is one share per arm, [`Error::TooLittleData`] for fewer than two arms or nobody,
/// [`Error::Parameter`] for a share of 0 or less.
pub fn sample_ratio_check(observed: &[u64], shares: &[f64]) -> Result<SampleRatio> {
    require_equal("planned shares (one per arm)", observed.len(), shares.len())?;
    require_data("a sample-ratio check (arms)", 2, observed.len())?;
    shares.iter().try_for_each(|&share| require(share > 0.0 && share.is_finite(), "share", share, "above 0"))?;
    let total: u64 = observed.iter().sum();
    require_data("a sample-ratio check (people)", 1, total as usize)?;
    let whole: f64 = shares.iter().sum();
    let expected = shares.iter().map(|share| total as f64 * share / whole);
    let statistic = observed.iter().zip(expected).map(|(&seen, wanted)| (seen as f64 - wanted).powi(2) / wanted).sum();
    let p_value = ChiSquared::new((observed.len() - 1) as f64)?.survival(statistic);
    Ok(SampleRatio { statistic, p_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rates_do_not_differ_and_the_interval_says_how_little_that_proves() {
        let arm = Rate::new(10_000, 46).unwrap();
        let comparison = compare_rates(&arm, &arm, 0.05).unwrap();
        assert_eq!((comparison.difference.value, comparison.p_value), (0.0, Some(1.0)));
        let lift = comparison.lift.unwrap();
        assert!(lift.interval.low < -0.35 && lift.interval.high > 0.35, "{lift:?}");
    }

    #[test]
    fn where_nothing_varies_there_is_no_number_to_make_up() {
        let nobody = Rate::new(100, 0).unwrap();
        let comparison = compare_rates(&nobody, &nobody, 0.05).unwrap();
        assert_eq!((comparison.p_value, comparison.lift), (Some(1.0), None));
        let constant = |value| Summary::from_values(&[value; 3]).unwrap();
        assert_eq!(compare_means(&constant(1.0), &constant(2.0), 0.05).unwrap().p_value, None);
        assert!(compare_means(&constant(1.0), &Summary::from_values(&[1.0]).unwrap(), 0.05).is_err());
        assert!(compare_rates(&nobody, &nobody, 0.0).is_err());
    }

    #[test]
    fn a_sound_division_passes_and_a_broken_one_does_not() {
        let check = |observed: &[u64], shares: &[f64]| sample_ratio_check(observed, shares).unwrap().p_value;
        assert!((check(&[50, 50], &[1.0, 1.0]) - 1.0).abs() < 1e-12);
        assert!(check(&[21_307, 21_387, 21_306], &[1.0, 1.0, 1.0]) > 0.5);
        assert!(check(&[5_200, 4_800], &[0.5, 0.5]) < 1e-4);
        assert!(check(&[9_000, 1_000], &[0.9, 0.1]) > 0.9);
        assert!(sample_ratio_check(&[1, 2], &[1.0]).is_err());
        assert!(sample_ratio_check(&[1, 2], &[1.0, 0.0]).is_err());
    }

    /// Table II of Newcombe 1998, method 10: treatment and control with their interval.
    #[test]
    fn newcombe_gives_the_published_intervals() {
        for ([a, m], [b, n], low, high) in [
            ([56, 70], [48, 80], 0.0524, 0.3339),
            ([9, 10], [3, 10], 0.1705, 0.8090),
            ([6, 7], [2, 7], 0.0582, 0.8062),
            ([5, 56], [0, 29], -0.0381, 0.1926),
            ([0, 10], [0, 20], -0.1611, 0.2775),
            ([0, 10], [0, 10], -0.2775, 0.2775),
            ([10, 10], [0, 20], 0.6791, 1.0),
            ([10, 10], [0, 10], 0.6075, 1.0),
        ] {
            let (treatment, control) = (Rate::new(m, a).unwrap(), Rate::new(n, b).unwrap());
            let found = compare_rates(&control, &treatment, 0.05).unwrap().difference.interval;
            let close = |found: f64, expected: f64| (found - expected).abs() < 5.1e-5;
            assert!(close(found.low, low) && close(found.high, high), "{a}/{m} against {b}/{n}: {found:?}");
        }
    }

    #[test]
    fn few_people_are_no_certainty() {
        let compare = |[a, m]: [u64; 2], [b, n]: [u64; 2]| {
            compare_rates(&Rate::new(m, a).unwrap(), &Rate::new(n, b).unwrap(), 0.05).unwrap()
        };
        let all = compare([0, 2], [2, 2]);
        assert!(all.difference.interval.low < 0.1 && all.p_value.unwrap() > 0.3 && all.lift.is_none(), "{all:?}");
        let none = compare([0, 10], [0, 10]);
        assert!(none.difference.interval.low < -0.2 && none.difference.interval.high > 0.2, "{none:?}");
        assert_eq!((none.p_value, none.lift), (Some(1.0), None));
        let gone = compare([5, 10], [0, 10]);
        assert!(gone.lift.is_none(), "an interval of no width: {gone:?}");
    }

    #[test]
    fn newcombe_keeps_away_from_impossible_differences() {
        let (none, all) = (Rate::new(5, 0).unwrap(), Rate::new(5, 5).unwrap());
        let interval = newcombe_interval(&none, &all, 0.05).unwrap();
        assert!(interval.low > 0.0 && interval.high <= 1.0, "{interval:?}");
    }
}
