//! Quantiles and the bins between them.

use crate::error::{Error, Result, require, require_data, require_finite};
use serde::{Deserialize, Serialize};

/// What to do when two quantile edges are equal, since many values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Refuse, and show the edges.
    Refuse,
    /// Merge the bins between them, so that fewer remain.
    Merge,
}

/// The quantile of sorted values at `probability` (type 7). `None` for no values or a probability outside [0, 1].
pub fn quantile_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let position = (sorted.len() - 1) as f64 * probability;
    let below = position.floor();
    let (low, high) = (sorted[below as usize], sorted[position.ceil() as usize]);
    Some(between(low, high, position - below))
}

/// Interpolates from the nearer end, as NumPy does, so that the result never leaves the two values.
fn between(low: f64, high: f64, part: f64) -> f64 {
    if part >= 0.5 { high - (high - low) * (1.0 - part) } else { low + (high - low) * part }
}

/// The quantile of values in any order.
///
/// # Errors
/// [`Error::TooLittleData`] without values, [`Error::NotFinite`], [`Error::Parameter`] outside [0, 1].
pub fn quantile(values: &[f64], probability: f64) -> Result<f64> {
    quantiles(values, &[probability]).map(|found| found[0])
}

/// Several quantiles of the same values, sorting once.
///
/// # Errors
/// As [`quantile`].
pub fn quantiles(values: &[f64], probabilities: &[f64]) -> Result<Vec<f64>> {
    require_data("a quantile", 1, values.len())?;
    require_finite("values", values)?;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    probabilities
        .iter()
        .map(|&probability| {
            quantile_sorted(&sorted, probability).ok_or(Error::Parameter {
                name: "probability",
                value: probability.to_string(),
                must: "between 0 and 1",
            })
        })
        .collect()
}

/// Bins that hold about equally many values each, as pandas' `qcut` cuts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct QuantileBins {
    edges: Vec<f64>,
}

/// Stored edges, before they were checked.
#[derive(Deserialize)]
struct Stored {
    edges: Vec<f64>,
}

impl TryFrom<Stored> for QuantileBins {
    type Error = Error;

    fn try_from(Stored { edges }: Stored) -> Result<Self> {
        require_data("quantile bins (edges)", 2, edges.len())?;
        require_finite("edges", &edges)?;
        if edges.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::DuplicateEdges { edges });
        }
        Ok(QuantileBins { edges })
    }
}

impl QuantileBins {
    /// The edges of `bins` bins for these values.
    ///
    /// # Errors
    /// As [`quantile`]; [`Error::DuplicateEdges`] where edges coincide and [`Duplicates::Refuse`] was asked for.
    pub fn fit(values: &[f64], bins: usize, duplicates: Duplicates) -> Result<Self> {
        let mut edges = quantiles(values, &probabilities(bins)?)?;
        if duplicates == Duplicates::Refuse && edges.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::DuplicateEdges { edges });
        }
        edges.dedup();
        if edges.len() == 1 {
            return Err(Error::DuplicateEdges { edges });
        }
        Ok(QuantileBins { edges })
    }

    /// The edges, one more than bins, increasing.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.edges.len() - 1
    }

    /// The bin of a value, from 0; `None` outside the values that the bins were made from.
    pub fn bin(&self, value: f64) -> Option<usize> {
        if value == self.edges[0] {
            return Some(0);
        }
        let right = self.edges.partition_point(|&edge| edge < value);
        (right > 0 && right < self.edges.len()).then(|| right - 1)
    }
}

/// `0, 1/n, …, 1` with the rounding of NumPy's `linspace` and of the way through per cent that pandas takes.
fn probabilities(bins: usize) -> Result<Vec<f64>> {
    require((1..=1_000_000).contains(&bins), "bins", bins, "1 to 1,000,000")?;
    let step = 1.0 / bins as f64;
    let plain = (0..=bins).map(|index| if index == bins { 1.0 } else { index as f64 * step });
    Ok(plain.map(|probability| (probability * 100.0 / 100.0).min(1.0)).collect())
}

/// Edges of `bins` bins without merging equal ones, for scores that keep their place.
pub(crate) fn all_edges(values: &[f64], bins: usize) -> Result<Vec<f64>> {
    quantiles(values, &probabilities(bins)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let values = [3.0, 1.0, 2.0, 4.0];
        assert_eq!(quantiles(&values, &[0.0, 0.25, 0.5, 1.0]).unwrap(), [1.0, 1.75, 2.5, 4.0]);
        assert_eq!(quantile(&[7.0], 0.3).unwrap(), 7.0);
        assert!(quantile(&[], 0.5).is_err());
        assert!(quantile(&values, 1.5).is_err());
        assert!(matches!(quantile(&[1.0, f64::NAN], 0.5), Err(Error::NotFinite { row: 1, .. })));
    }

    #[test]
    fn bins_are_closed_on_the_right_and_hold_the_minimum() {
        let bins = QuantileBins::fit(&[1.0, 2.0, 3.0, 4.0, 5.0], 2, Duplicates::Refuse).unwrap();
        let found: Vec<_> = [0.9, 1.0, 3.0, 3.1, 5.0, 5.1].map(|value| bins.bin(value)).to_vec();
        assert_eq!(found, [None, Some(0), Some(0), Some(1), Some(1), None]);
    }

    #[test]
    fn equal_edges_are_merged_or_refused() {
        let values = [1.0, 1.0, 1.0, 1.0, 2.0, 3.0];
        assert!(matches!(QuantileBins::fit(&values, 3, Duplicates::Refuse), Err(Error::DuplicateEdges { .. })));
        let merged = QuantileBins::fit(&values, 3, Duplicates::Merge).unwrap();
        assert_eq!(merged.bins(), 2);
        assert_eq!(merged.bin(1.0), Some(0));
        assert!(QuantileBins::fit(&[2.0, 2.0], 3, Duplicates::Merge).is_err(), "one value cannot be divided");
    }

    proptest! {
        #[test]
        fn every_value_has_a_bin_and_order_is_kept(values in prop::collection::vec(-50i32..50, 2..200), bins in 1usize..9) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            if let Ok(cut) = QuantileBins::fit(&values, bins, Duplicates::Merge) {
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                let found: Vec<_> = sorted.iter().map(|&value| cut.bin(value)).collect();
                prop_assert!(found.iter().all(Option::is_some));
                prop_assert!(found.windows(2).all(|pair| pair[0] <= pair[1]));
            }
        }
    }
}
