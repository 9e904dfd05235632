//! What was measured: means and rates, from sums.

use super::check_alpha;
use super::distributions::{Distribution, Normal, StudentT};
use crate::error::{Error, Result, require, require_data, require_finite};
use serde::{Deserialize, Serialize};

/// From and to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Interval {
    /// `centre ± half`.
    pub(super) fn around(centre: f64, half: f64) -> Self {
        Interval { low: centre - half, high: centre + half }
    }

    /// Whether a value lies between the bounds.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Number, mean and variance of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredSummary")]
pub struct Summary {
    n: u64,
    mean: f64,
    /// Σ (value − mean)².
    squares: f64,
}

/// A stored summary, before it was checked.
#[derive(Deserialize)]
struct StoredSummary {
    n: u64,
    mean: f64,
    squares: f64,
}

impl TryFrom<StoredSummary> for Summary {
    type Error = Error;

    fn try_from(StoredSummary { n, mean, squares }: StoredSummary) -> Result<Self> {
        Summary::from_moments(n, mean, squares)?;
        Ok(Summary { n, mean, squares })
    }
}

impl Summary {
    /// From the number of people, the sum of their outcomes and the sum of the squares.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] for nobody, [`Error::Parameter`] for sums that no numbers have.
    pub fn from_sums(n: u64, sum: f64, sum_squares: f64) -> Result<Self> {
        require_data("a mean (people)", 1, n as usize)?;
        require(sum.is_finite(), "sum", sum, "finite")?;
        require(sum_squares.is_finite() && sum_squares >= 0.0, "sum_squares", sum_squares, "finite and 0 or more")?;
        let mean = sum / n as f64;
        let squares = sum_squares - sum * mean;
        // Rounding may leave a little less than nothing; more than that means sums of different people.
        require(squares >= -1e-9 * sum_squares, "sum_squares", sum_squares, "at least sum squared over n")?;
        Ok(Summary { n, mean, squares: squares.max(0.0) })
    }

    /// From mean and sample variance (with `n − 1`).
    ///
    /// # Errors
    /// [`Error::TooLittleData`] for nobody, [`Error::Parameter`] for a negative variance.
    pub fn from_moments(n: u64, mean: f64, variance: f64) -> Result<Self> {
        require_data("a mean (people)", 1, n as usize)?;
        require(mean.is_finite(), "mean", mean, "finite")?;
        require(variance.is_finite() && variance >= 0.0, "variance", variance, "0 or more")?;
        Ok(Summary { n, mean, squares: variance * (n - 1) as f64 })
    }

    /// From single values.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] without values, [`Error::NotFinite`].
    pub fn from_values(values: &[f64]) -> Result<Self> {
        require_data("a mean (values)", 1, values.len())?;
        require_finite("values", values)?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum();
        Ok(Summary { n: values.len() as u64, mean, squares })
    }

    /// How many.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Their mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Their sum.
    pub fn sum(&self) -> f64 {
        self.mean * self.n as f64
    }

    /// Their sample variance (with `n − 1`); `None` for one.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.squares / (self.n - 1) as f64)
    }

    /// The standard error of the mean; `None` for one.
    pub fn standard_error(&self) -> Option<f64> {
        self.variance().map(|variance| (variance / self.n as f64).sqrt())
    }

    /// Student's interval for the mean; `None` for one.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an `alpha` outside (0, 1).
    pub fn interval(&self, alpha: f64) -> Result<Option<Interval>> {
        check_alpha(alpha)?;
        let Some(error) = self.standard_error() else { return Ok(None) };
        let quantile = StudentT::new((self.n - 1) as f64)?.quantile(1.0 - alpha / 2.0);
        Ok(Some(Interval::around(self.mean, quantile * error)))
    }
}

/// Successes among trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredRate")]
pub struct Rate {
    n: u64,
    successes: u64,
}

/// A stored rate, before it was checked.
#[derive(Deserialize)]
struct StoredRate {
    n: u64,
    successes: u64,
}

impl TryFrom<StoredRate> for Rate {
    type Error = Error;

    fn try_from(StoredRate { n, successes }: StoredRate) -> Result<Self> {
        Rate::new(n, successes)
    }
}

impl Rate {
    /// From counts.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] without trials, [`Error::Parameter`] for more successes than trials.
    pub fn new(n: u64, successes: u64) -> Result<Self> {
        require_data("a rate (trials)", 1, n as usize)?;
        require(successes <= n, "successes", successes, "no more than trials")?;
        Ok(Rate { n, successes })
    }

    /// Trials.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Successes.
    pub fn successes(&self) -> u64 {
        self.successes
    }

    /// Successes over trials.
    pub fn value(&self) -> f64 {
        self.successes as f64 / self.n as f64
    }

    /// The variance of one trial, `p (1 − p)`.
    pub fn variance(&self) -> f64 {
        self.value() * (1.0 - self.value())
    }

    /// The same as mean and variance of zeros and ones.
    pub fn summary(&self) -> Summary {
        let (n, successes) = (self.n as f64, self.successes as f64);
        Summary { n: self.n, mean: successes / n, squares: successes * (n - successes) / n }
    }

    /// Wilson's score interval: never leaves [0, 1], and is honest for few successes (Wilson 1927).
    ///
    /// # Errors
    /// [`Error::Parameter`] for an `alpha` outside (0, 1).
    pub fn wilson(&self, alpha: f64) -> Result<Interval> {
        check_alpha(alpha)?;
        let (n, rate) = (self.n as f64, self.value());
        let z = Normal::STANDARD.quantile(1.0 - alpha / 2.0);
        let weight = 1.0 + z * z / n;
        let centre = (rate + z * z / (2.0 * n)) / weight;
        let half = z / weight * (self.variance() / n + z * z / (4.0 * n * n)).sqrt();
        let bounded = Interval::around(centre, half);
        // At the ends the bound is 0 or 1 by algebra; rounding must not say otherwise.
        let low = if self.successes == 0 { 0.0 } else { bounded.low };
        let high = if self.successes == self.n { 1.0 } else { bounded.high };
        Ok(Interval { low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_and_values_say_the_same() {
        let values = Summary::from_values(&[1.0, 2.0, 6.0]).unwrap();
        let sums = Summary::from_sums(3, 9.0, 41.0).unwrap();
        assert_eq!((sums.mean(), sums.variance()), (3.0, Some(7.0)));
        assert_eq!(values, sums);
        assert_eq!(Summary::from_moments(3, 3.0, 7.0).unwrap(), sums);
    }

    #[test]
    fn impossible_sums_are_refused() {
        assert!(Summary::from_sums(0, 0.0, 0.0).is_err());
        assert!(Summary::from_sums(2, 10.0, 1.0).is_err());
        assert!(Summary::from_sums(2, f64::NAN, 1.0).is_err());
        assert!(Rate::new(3, 4).is_err());
        assert_eq!(Summary::from_sums(1, 5.0, 25.0).unwrap().interval(0.05).unwrap(), None);
    }

    proptest! {
        #[test]
        fn wilson_stays_within_bounds_and_holds_the_rate(n in 1u64..5000, part in 0.0f64..=1.0) {
            let rate = Rate::new(n, (n as f64 * part) as u64).unwrap();
            let interval = rate.wilson(0.05).unwrap();
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0 && interval.contains(rate.value()));
        }
    }
}
