//! The bootstrap: how much would the answer vary, had other people of the same kind come?
//!
//! Draws as many rows as there are, with replacement, again and again, and looks at how the statistic varies (Efron 1979). For
//! anything without a formula: medians, ratios, revenue with a heavy tail. Bounds are percentiles of the draws. Not for
//! extremes (the largest order), nor for fewer than about thirty rows.

use super::check_alpha;
use super::summary::Interval;
use crate::error::{Result, require, require_data};
use crate::random::fork;
use crate::scale::quantiles;
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A statistic and how it varies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// The statistic of all rows, each once.
    pub estimate: f64,
    /// Its standard deviation over the draws.
    pub standard_error: f64,
    /// Percentiles of the draws at `alpha / 2` and `1 − alpha / 2`.
    pub interval: Interval,
    /// Draws for which the statistic was finite.
    pub resamples: usize,
}

/// Bootstraps a statistic of rows, which is given the chosen row numbers below `rows`. Draws on which it is not finite are left
/// out.
///
/// # Errors
/// [`crate::Error::TooLittleData`] for fewer than two rows or finite draws, [`crate::Error::Parameter`] for an `alpha` outside
/// (0, 1) or fewer than 20 draws.
pub fn bootstrap<R: Rng + ?Sized>(
    rows: usize,
    resamples: usize,
    alpha: f64,
    rng: &mut R,
    statistic: impl Fn(&[usize]) -> f64 + Sync,
) -> Result<Bootstrap> {
    check_alpha(alpha)?;
    require_data("a bootstrap (rows)", 2, rows)?;
    require(resamples >= 20, "resamples", resamples, "at least 20")?;
    let all: Vec<usize> = (0..rows).collect();
    let draws: Vec<f64> = fork(rng, resamples)
        .into_par_iter()
        .map(|mut generator| {
            let chosen: Vec<usize> = (0..rows).map(|_| generator.random_range(0..rows)).collect();
            statistic(&chosen)
        })
        .collect();
    let draws: Vec<f64> = draws.into_iter().filter(|draw| draw.is_finite()).collect();
    require_data("a bootstrap (draws with a finite statistic)", 2, draws.len())?;
    let bounds = quantiles(&draws, &[alpha / 2.0, 1.0 - alpha / 2.0])?;
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let squares: f64 = draws.iter().map(|draw| (draw - mean).powi(2)).sum();
    Ok(Bootstrap {
        estimate: statistic(&all),
        standard_error: (squares / (draws.len() - 1) as f64).sqrt(),
        interval: Interval { low: bounds[0], high: bounds[1] },
        resamples: draws.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::seeded;
    use crate::statistics::Summary;

    #[test]
    fn for_a_mean_it_agrees_with_the_formula() {
        let values: Vec<f64> = (0..200).map(|row| f64::from(row * 7919 % 200)).collect();
        let mean = |rows: &[usize]| rows.iter().map(|&row| values[row]).sum::<f64>() / rows.len() as f64;
        let found = bootstrap(values.len(), 2_000, 0.05, &mut seeded(1), mean).unwrap();
        let summary = Summary::from_values(&values).unwrap();
        assert_eq!(found.estimate, summary.mean());
        assert!((found.standard_error / summary.standard_error().unwrap() - 1.0).abs() < 0.05);
        let formula = summary.interval(0.05).unwrap().unwrap();
        assert!((found.interval.low - formula.low).abs() < 1.0 && (found.interval.high - formula.high).abs() < 1.0);
    }

    #[test]
    fn draws_without_an_answer_are_left_out() {
        let sometimes = |rows: &[usize]| if rows.contains(&0) { 1.0 } else { f64::NAN };
        let found = bootstrap(3, 100, 0.05, &mut seeded(1), sometimes).unwrap();
        assert!(found.resamples < 100 && found.resamples > 40);
        assert!(bootstrap(1, 100, 0.05, &mut seeded(1), |_| 0.0).is_err());
        assert!(bootstrap(5, 1, 0.05, &mut seeded(1), |_| 0.0).is_err());
        assert!(bootstrap(5, 100, 0.05, &mut seeded(1), |_| f64::NAN).is_err());
    }
}
