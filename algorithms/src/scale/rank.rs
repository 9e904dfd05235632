//! Ranks, and bins by rank.

use super::quantile::{Duplicates, QuantileBins};
use crate::error::{Result, require_data, require_finite};

/// Ranks from 1; of equal values the earlier has the lower rank (pandas' `rank(method="first")`).
///
/// # Errors
/// [`crate::Error::NotFinite`].
pub fn rank_first(values: &[f64]) -> Result<Vec<f64>> {
    let mut ranks = vec![0.0; values.len()];
    for (rank, row) in order(values)?.into_iter().enumerate() {
        ranks[row] = (rank + 1) as f64;
    }
    Ok(ranks)
}

/// Ranks from 1; equal values share the mean of their ranks (pandas' `rank()`).
///
/// # Errors
/// [`crate::Error::NotFinite`].
pub fn rank_average(values: &[f64]) -> Result<Vec<f64>> {
    let order = order(values)?;
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for equal in order.chunk_by(|&left, &right| values[left] == values[right]) {
        let shared = start as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|&row| ranks[row] = shared);
        start += equal.len();
    }
    Ok(ranks)
}

/// Bins of equal size by rank, from 0, equal values in order of appearance: `qcut(rank(method="first"), bins)`.
///
/// # Errors
/// [`crate::Error::TooLittleData`] with fewer than two values, [`crate::Error::NotFinite`].
pub fn rank_bins(values: &[f64], bins: usize) -> Result<Vec<usize>> {
    require_data("bins by rank", 2, values.len())?;
    let ranks = rank_first(values)?;
    let cut = QuantileBins::fit(&ranks, bins, Duplicates::Merge)?;
    Ok(ranks.iter().map(|&rank| cut.bin(rank).unwrap_or(0)).collect())
}

fn order(values: &[f64]) -> Result<Vec<usize>> {
    require_finite("values", values)?;
    let mut rows: Vec<usize> = (0..values.len()).collect();
    // Stable, and 0 equals -0, so that order of appearance decides between equals.
    rows.sort_by(|&left, &right| values[left].partial_cmp(&values[right]).unwrap_or(std::cmp::Ordering::Equal));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_ranked_by_appearance_or_by_their_mean() {
        let values = [3.0, 1.0, 3.0, 2.0];
        assert_eq!(rank_first(&values).unwrap(), [3.0, 1.0, 4.0, 2.0]);
        assert_eq!(rank_average(&values).unwrap(), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn bins_by_rank_are_of_equal_size_even_where_all_values_are_equal() {
        assert_eq!(rank_bins(&[5.0; 10], 5).unwrap(), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert!(rank_bins(&[1.0], 5).is_err());
    }
}
