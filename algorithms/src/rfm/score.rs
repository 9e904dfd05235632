//! Three numbers to three scores.

use crate::error::{Result, require, require_data, require_equal};
use crate::scale::rank_bins;
use serde::{Deserialize, Serialize};

/// How values are cut into five classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binning {
    /// By quintiles of the values: equals score equally.
    Values,
    /// By quintiles of the ranks: classes are of equal size.
    RankFirst,
}

/// Three scores from 1 to 5, 5 is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RfmScore {
    /// 5: bought lately.
    pub recency: u8,
    /// 5: buys often.
    pub frequency: u8,
    /// 5: spends much.
    pub monetary: u8,
}

impl RfmScore {
    /// A score from its three parts.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] for a part outside 1 to 5.
    pub fn new(recency: u8, frequency: u8, monetary: u8) -> Result<Self> {
        for (name, part) in [("recency", recency), ("frequency", frequency), ("monetary", monetary)] {
            require((1..=5).contains(&part), name, part, "1 to 5")?;
        }
        Ok(RfmScore { recency, frequency, monetary })
    }

    /// The usual three digits, for example 545.
    pub fn code(self) -> u16 {
        u16::from(self.recency) * 100 + u16::from(self.frequency) * 10 + u16::from(self.monetary)
    }
}

/// Scores of all customers, in their order. `recency` is time since the last order (any unit), smaller is better;
/// `frequency` counts orders and `monetary` adds up their value, larger is better.
///
/// # Errors
/// [`crate::Error::Shape`] for lists of different length, [`crate::Error::TooLittleData`] for fewer than two customers,
/// [`crate::Error::NotFinite`].
pub fn scores(recency: &[f64], frequency: &[f64], monetary: &[f64], binning: Binning) -> Result<Vec<RfmScore>> {
    require_data("RFM scores", 2, recency.len())?;
    require_equal("customers with a frequency (as with a recency)", recency.len(), frequency.len())?;
    require_equal("customers with a monetary value (as with a recency)", recency.len(), monetary.len())?;
    let (recency, frequency, monetary) =
        (quintiles(recency, binning)?, quintiles(frequency, binning)?, quintiles(monetary, binning)?);
    let parts = recency.into_iter().zip(frequency).zip(monetary);
    Ok(parts.map(|((recency, frequency), monetary)| RfmScore { recency: 6 - recency, frequency, monetary }).collect())
}

/// The quintile of each value, 1 to 5, 5 for the largest.
fn quintiles(values: &[f64], binning: Binning) -> Result<Vec<u8>> {
    match binning {
        Binning::RankFirst => Ok(rank_bins(values, 5)?.into_iter().map(|bin| bin as u8 + 1).collect()),
        Binning::Values => {
            let edges = crate::scale::all_edges(values, 5)?;
            // Edges below the value, the minimum itself counting as the first class: 1 to 5.
            let class = |value: f64| edges[..5].partition_point(|&edge| edge < value).max(1) as u8;
            Ok(values.iter().map(|&value| class(value)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

    #[test]
    fn two_customers_a_class_and_recency_the_other_way_round() {
        for binning in [Binning::Values, Binning::RankFirst] {
            let found = scores(&TEN, &TEN, &TEN, binning).unwrap();
            assert_eq!(found[0].code(), 511);
            assert_eq!(found[1].code(), 511);
            assert_eq!(found[5].code(), 333);
            assert_eq!(found[9].code(), 155);
        }
    }

    #[test]
    fn equal_customers_score_equally_by_value_and_not_by_rank() {
        let orders = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 9.0];
        assert_eq!(quintiles(&orders, Binning::Values).unwrap(), [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]);
        assert_eq!(quintiles(&orders, Binning::RankFirst).unwrap(), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn lists_must_belong_together() {
        assert!(scores(&TEN, &TEN[1..], &TEN, Binning::Values).is_err());
        assert!(scores(&TEN[..1], &TEN[..1], &TEN[..1], Binning::Values).is_err());
        assert!(RfmScore::new(0, 1, 1).is_err());
        assert!(RfmScore::new(5, 5, 6).is_err());
    }
}
