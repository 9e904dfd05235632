//! Do two divisions agree, beyond chance?

use crate::error::{Result, require_data, require_equal};
use std::collections::HashMap;

/// The adjusted Rand index: the share of pairs of rows that both divisions put together or apart alike, less what chance
/// gives, 1 for the same division, about 0 for unrelated ones. Labels need not match in name.
///
/// # Errors
/// [`crate::Error::Shape`] for lists of different length, [`crate::Error::TooLittleData`] without rows.
pub fn adjusted_rand_index(left: &[u32], right: &[u32]) -> Result<f64> {
    require_equal("labels (as in the other division)", left.len(), right.len())?;
    require_data("agreement of two divisions (rows)", 1, left.len())?;
    let together = pairs(left.iter().zip(right));
    let in_left = pairs(left);
    let in_right = pairs(right);
    let rows = left.len() as f64;
    let all = rows * (rows - 1.0) / 2.0;
    let expected = if all > 0.0 { in_left * in_right / all } else { 0.0 };
    let most = (in_left + in_right) / 2.0;
    // Both put everything together, or everything apart: they agree.
    Ok(if most == expected { 1.0 } else { (together - expected) / (most - expected) })
}

/// Pairs of equal things.
fn pairs<T: Eq + std::hash::Hash>(things: impl IntoIterator<Item = T>) -> f64 {
    let mut counts: HashMap<T, u64> = HashMap::new();
    things.into_iter().for_each(|thing| *counts.entry(thing).or_insert(0) += 1);
    // Whole numbers, so the order in which the map gives them does not matter.
    counts.values().map(|&count| u128::from(count) * u128::from(count.saturating_sub(1)) / 2).sum::<u128>() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_cases() {
        assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[1, 1, 0, 0]).unwrap(), 1.0);
        assert!((adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]).unwrap() + 0.5).abs() < 1e-12);
        // scikit-learn's documentation gives 0.57 for this one; by hand (1 − 1/3) / (1.5 − 1/3).
        let partly = adjusted_rand_index(&[0, 0, 1, 1], &[0, 0, 1, 2]).unwrap();
        assert!((partly - 4.0 / 7.0).abs() < 1e-12);
        assert!(adjusted_rand_index(&[], &[]).is_err());
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_blind_to_names(left in prop::collection::vec(0u32..4, 12), right in prop::collection::vec(0u32..4, 12)) {
            let renamed: Vec<u32> = left.iter().map(|label| 9 - label).collect();
            let index = adjusted_rand_index(&left, &right).unwrap();
            prop_assert_eq!(index, adjusted_rand_index(&right, &left).unwrap());
            prop_assert_eq!(index, adjusted_rand_index(&renamed, &right).unwrap());
            prop_assert_eq!(adjusted_rand_index(&left, &left).unwrap(), 1.0);
        }
    }
}
