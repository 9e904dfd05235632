//! Which arm is best, how sure is that, and what does a wrong choice cost?
//!
//! With a distribution for each arm's true value, arm `k` is best with probability `∫ f_k Π_{j≠k} F_j`, and choosing it loses on
//! average `∫ F_k (1 − Π_{j≠k} F_j)`: what the best of the others has more, where it has more. Both are integrals over one
//! variable for any number of arms, computed by Gauss–Legendre quadrature on panels that follow every arm; nothing is drawn
//! at random. Rates are integrated over `asin √x`, in which a beta distribution is nearly normal and has no sharp ends.

use super::distributions::{Beta, Distribution, Normal};
use super::summary::{Rate, Summary};
use crate::error::{Error, Result, require, require_data};
use serde::{Deserialize, Serialize};

/// An arm's chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ArmChance {
    /// Probability that its true value is the highest.
    pub probability_best: f64,
    /// What choosing it loses on average against the best, in units of the outcome.
    pub expected_loss: f64,
}

/// Arms with successes and trials, and `prior` successes and failures known before (1 and 1: every rate as likely as another).
///
/// # Errors
/// [`Error::TooLittleData`] for fewer than two arms, [`Error::Parameter`] for a prior below 0.5.
pub fn best_rate(arms: &[Rate], prior: (f64, f64)) -> Result<Vec<ArmChance>> {
    for (name, value) in [("prior successes", prior.0), ("prior failures", prior.1)] {
        require(value >= 0.5 && value.is_finite(), name, value, "0.5 or more")?;
    }
    let posteriors: Result<Vec<Beta>> = arms
        .iter()
        .map(|arm| Beta::new(prior.0 + arm.successes() as f64, prior.1 + (arm.n() - arm.successes()) as f64))
        .collect();
    compare(&posteriors?)
}

/// Arms with a mean and its standard error, normally distributed (no prior knowledge, many people).
///
/// # Errors
/// [`Error::TooLittleData`] for fewer than two arms or two people in one, [`Error::Parameter`] for an arm without variance.
pub fn best_mean(arms: &[Summary]) -> Result<Vec<ArmChance>> {
    let posterior = |arm: &Summary| {
        let error = arm.standard_error().ok_or(Error::TooLittleData { what: "an arm (people)", need: 2, have: 1 })?;
        Normal::new(arm.mean(), error)
    };
    compare(&arms.iter().map(posterior).collect::<Result<Vec<Normal>>>()?)
}

/// A distribution of an arm's true value, over a coordinate in which it is smooth.
trait Posterior {
    /// Where nearly all of it lies.
    fn span(&self) -> (f64, f64);

    /// Distribution function at a coordinate.
    fn below(&self, coordinate: f64) -> f64;

    /// Density per unit of the coordinate.
    fn density_at(&self, coordinate: f64) -> f64;

    /// Units of the outcome per unit of the coordinate.
    fn slope(coordinate: f64) -> f64;
}

/// Beyond this many deviations a tail is below the rounding of the rest.
const DEVIATIONS: f64 = 9.0;

impl Posterior for Normal {
    fn span(&self) -> (f64, f64) {
        (self.mean() - DEVIATIONS * self.sd(), self.mean() + DEVIATIONS * self.sd())
    }

    fn below(&self, coordinate: f64) -> f64 {
        self.cdf(coordinate)
    }

    fn density_at(&self, coordinate: f64) -> f64 {
        self.density(coordinate)
    }

    fn slope(_: f64) -> f64 {
        1.0
    }
}

impl Posterior for Beta {
    fn span(&self) -> (f64, f64) {
        let centre = self.mean().sqrt().asin();
        let half = DEVIATIONS * 0.5 / self.weight().sqrt();
        ((centre - half).max(0.0), (centre + half).min(std::f64::consts::FRAC_PI_2))
    }

    fn below(&self, coordinate: f64) -> f64 {
        self.cdf_of_parts(coordinate.sin().powi(2), coordinate.cos().powi(2))
    }

    fn density_at(&self, coordinate: f64) -> f64 {
        // density(x) · dx/dt with x = sin² t, dx/dt = 2 sin t cos t and kernel = density · x (1 − x).
        let (sine, cosine) = coordinate.sin_cos();
        2.0 * self.kernel(sine * sine, cosine * cosine) / (sine * cosine)
    }

    fn slope(coordinate: f64) -> f64 {
        let (sine, cosine) = coordinate.sin_cos();
        2.0 * sine * cosine
    }
}

fn compare<P: Posterior>(arms: &[P]) -> Result<Vec<ArmChance>> {
    require_data("a choice between arms", 2, arms.len())?;
    let mut chances = vec![ArmChance { probability_best: 0.0, expected_loss: 0.0 }; arms.len()];
    for (coordinate, weight) in nodes(&panels(arms)) {
        let below: Vec<f64> = arms.iter().map(|arm| arm.below(coordinate)).collect();
        for (arm, chance) in chances.iter_mut().enumerate() {
            let others: f64 = (0..arms.len()).filter(|&other| other != arm).map(|other| below[other]).product();
            chance.probability_best += weight * arms[arm].density_at(coordinate) * others;
            chance.expected_loss += weight * below[arm] * (1.0 - others) * P::slope(coordinate);
        }
    }
    Ok(chances)
}

/// Ends of panels: every arm's span in 32 parts, all together in order.
fn panels<P: Posterior>(arms: &[P]) -> Vec<f64> {
    const PARTS: i32 = 32;
    let mut ends: Vec<f64> = arms
        .iter()
        .flat_map(|arm| {
            let (low, high) = arm.span();
            (0..=PARTS).map(move |part| low + (high - low) * f64::from(part) / f64::from(PARTS))
        })
        .collect();
    ends.sort_by(f64::total_cmp);
    ends.dedup();
    ends
}

/// Points and weights of the eight-point Gauss–Legendre rule on each panel.
fn nodes(ends: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    const RULE: [(f64, f64); 4] = [
        (0.183_434_642_495_649_8, 0.362_683_783_378_362),
        (0.525_532_409_916_329, 0.313_706_645_877_887_3),
        (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
        (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
    ];
    ends.windows(2).flat_map(|pair| {
        let (centre, half) = ((pair[0] + pair[1]) / 2.0, (pair[1] - pair[0]) / 2.0);
        RULE.into_iter().flat_map(move |(point, weight)| {
            [(centre - half * point, half * weight), (centre + half * point, half * weight)]
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rates(arms: &[(u64, u64)]) -> Vec<ArmChance> {
        let arms: Vec<Rate> = arms.iter().map(|&(n, successes)| Rate::new(n, successes).unwrap()).collect();
        best_rate(&arms, (1.0, 1.0)).unwrap()
    }

    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-10, "{found} instead of {expected}");
    }

    #[test]
    fn small_betas_by_hand() {
        // Beta(2, 1) against Beta(1, 2): ∫ 2x (1 − (1 − x)²) dx = 4/3 − 1/2 = 5/6.
        let found = rates(&[(1, 1), (1, 0)]);
        check(found[0].probability_best, 5.0 / 6.0);
        check(found[1].probability_best, 1.0 / 6.0);
        // ∫ x² (1 − x)² dx = 1/30; ∫ (1 − (1 − x)²)(1 − x²) dx = 1/30 + mean difference 1/3.
        check(found[0].expected_loss, 1.0 / 30.0);
        check(found[1].expected_loss, 1.0 / 30.0 + 1.0 / 3.0);
    }

    #[test]
    fn two_normals_have_a_closed_form() {
        let arm = |mean| Summary::from_moments(100, mean, 100.0).unwrap();
        let found = best_mean(&[arm(0.0), arm(1.0)]).unwrap();
        let deviation = 2.0_f64.sqrt();
        check(found[1].probability_best, Normal::STANDARD.cdf(1.0 / deviation));
        let z = 1.0 / deviation;
        check(found[1].expected_loss, deviation * (Normal::STANDARD.density(z) - z * Normal::STANDARD.survival(z)));
    }

    #[test]
    fn arms_of_very_different_size_are_seen_sharply() {
        let found = rates(&[(100, 10), (100_000_000, 10_000_000)]);
        // The large arm is all but a point at 0.1; the small one is Beta(11, 91).
        let expected = Beta::new(11.0, 91.0).unwrap().cdf(0.1);
        assert!((found[1].probability_best - expected).abs() < 1e-6);
        assert!((found[0].probability_best + found[1].probability_best - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn chances_add_up_and_the_best_loses_least(arms in prop::collection::vec((1u64..5000, 0.0f64..=1.0), 2..5)) {
            let arms: Vec<(u64, u64)> = arms.into_iter().map(|(n, rate)| (n, (n as f64 * rate) as u64)).collect();
            let found = rates(&arms);
            let sum: f64 = found.iter().map(|chance| chance.probability_best).sum();
            prop_assert!((sum - 1.0).abs() < 1e-8, "{sum}");
            prop_assert!(found.iter().all(|chance| chance.expected_loss >= 0.0));
        }
    }

    #[test]
    fn one_arm_is_no_choice() {
        assert!(best_rate(&[Rate::new(1, 1).unwrap()], (1.0, 1.0)).is_err());
        assert!(best_rate(&[Rate::new(1, 1).unwrap(); 2], (0.0, 1.0)).is_err());
        assert!(best_mean(&[Summary::from_moments(5, 1.0, 0.0).unwrap(); 2]).is_err());
    }
}
