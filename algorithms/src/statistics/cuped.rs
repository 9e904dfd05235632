//! CUPED: use what was known before the experiment to take noise out of its result.
//!
//! Part of the difference between people was there before (who spent much will spend much). With `x` measured before the
//! start, `y − θ (x − x̄)` has the same mean as `y`, since `x` cannot be changed by the treatment, but less variance:
//! `1 − ρ²` of it for the best `θ = cov(x, y) / var(x)` (Deng, Xu, Kohavi & Walker 2013). `θ` is pooled within the arms, so that
//! the effect itself has no part in it.

use super::summary::Summary;
use crate::error::{Result, require, require_data};
use serde::{Deserialize, Serialize};

/// Sums of an outcome `y` and of something known before, `x`, over the same people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Covaried {
    /// How many.
    pub n: u64,
    /// Σ y.
    pub sum_outcome: f64,
    /// Σ y².
    pub sum_outcome_squares: f64,
    /// Σ x.
    pub sum_covariate: f64,
    /// Σ x².
    pub sum_covariate_squares: f64,
    /// Σ x y.
    pub sum_products: f64,
}

/// Both arms, adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cuped {
    /// How much of the covariate is taken off.
    pub theta: f64,
    /// The control, to be compared by [`super::compare_means`].
    pub control: Summary,
    /// The treatment.
    pub treatment: Summary,
    /// Part of the variance of the difference that is gone, 0 to 1.
    pub variance_reduction: f64,
}

impl Covaried {
    /// From single people, as (x, y).
    pub fn from_pairs(pairs: &[(f64, f64)]) -> Self {
        let sum = |term: fn(f64, f64) -> f64| pairs.iter().map(|&(x, y)| term(x, y)).sum();
        Covaried {
            n: pairs.len() as u64,
            sum_outcome: sum(|_, y| y),
            sum_outcome_squares: sum(|_, y| y * y),
            sum_covariate: sum(|x, _| x),
            sum_covariate_squares: sum(|x, _| x * x),
            sum_products: sum(|x, y| x * y),
        }
    }

    fn outcome(&self) -> Result<Summary> {
        Summary::from_sums(self.n, self.sum_outcome, self.sum_outcome_squares)
    }

    fn covariate(&self) -> Result<Summary> {
        Summary::from_sums(self.n, self.sum_covariate, self.sum_covariate_squares)
    }

    /// Σ (x − x̄)(y − ȳ).
    fn products(&self) -> f64 {
        self.sum_products - self.sum_covariate * self.sum_outcome / self.n as f64
    }
}

/// Adjusts both arms by the same `θ`. A covariate that does not vary changes nothing.
///
/// # Errors
/// [`crate::Error::TooLittleData`] for an arm of fewer than two, [`crate::Error::Parameter`] for impossible sums.
pub fn cuped(control: &Covaried, treatment: &Covaried) -> Result<Cuped> {
    for arm in [control, treatment] {
        require_data("CUPED (people per arm)", 2, arm.n as usize)?;
        require(arm.sum_products.is_finite(), "sum_products", arm.sum_products, "finite")?;
    }
    let covariates = [control.covariate()?, treatment.covariate()?];
    let squares: f64 = covariates.iter().map(|x| x.variance().unwrap_or(0.0) * (x.n() - 1) as f64).sum();
    let theta = if squares > 0.0 { (control.products() + treatment.products()) / squares } else { 0.0 };
    let people = (control.n + treatment.n) as f64;
    let centre = (control.sum_covariate + treatment.sum_covariate) / people;
    let adjusted = [adjust(control, theta, centre)?, adjust(treatment, theta, centre)?];
    let before = error(&control.outcome()?) + error(&treatment.outcome()?);
    let after = error(&adjusted[0]) + error(&adjusted[1]);
    let variance_reduction = if before > 0.0 { 1.0 - after / before } else { 0.0 };
    Ok(Cuped { theta, control: adjusted[0], treatment: adjusted[1], variance_reduction })
}

fn adjust(arm: &Covaried, theta: f64, centre: f64) -> Result<Summary> {
    let (outcome, covariate) = (arm.outcome()?, arm.covariate()?);
    let degrees = (arm.n - 1) as f64;
    let variance = outcome.variance().unwrap_or(0.0) + theta * theta * covariate.variance().unwrap_or(0.0)
        - 2.0 * theta * arm.products() / degrees;
    Summary::from_moments(arm.n, outcome.mean() - theta * (covariate.mean() - centre), variance.max(0.0))
}

fn error(arm: &Summary) -> f64 {
    arm.standard_error().unwrap_or(0.0).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_give_what_adjusting_each_person_gives() {
        let control = [(1.0, 2.0), (2.0, 3.5), (3.0, 7.0), (4.0, 7.5)];
        let treatment = [(2.0, 5.0), (3.0, 6.0), (5.0, 12.0)];
        let result = cuped(&Covaried::from_pairs(&control), &Covaried::from_pairs(&treatment)).unwrap();
        let centre = 20.0 / 7.0;
        let by_person = |arm: &[(f64, f64)]| {
            let adjusted: Vec<f64> = arm.iter().map(|(x, y)| y - result.theta * (x - centre)).collect();
            Summary::from_values(&adjusted).unwrap()
        };
        for (found, expected) in [(result.control, by_person(&control)), (result.treatment, by_person(&treatment))] {
            assert!((found.mean() - expected.mean()).abs() < 1e-12);
            assert!((found.variance().unwrap() - expected.variance().unwrap()).abs() < 1e-12);
        }
        assert!(result.variance_reduction > 0.8);
    }

    #[test]
    fn a_covariate_that_says_nothing_changes_nothing() {
        let arm = Covaried::from_pairs(&[(1.0, 2.0), (1.0, 4.0), (1.0, 3.0)]);
        let result = cuped(&arm, &arm).unwrap();
        assert_eq!((result.theta, result.variance_reduction, result.control.mean()), (0.0, 0.0, 3.0));
        let alone = Covaried::from_pairs(&[(1.0, 1.0)]);
        assert!(cuped(&alone, &arm).is_err());
    }
}
