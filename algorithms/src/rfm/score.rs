//! Three numbers to three scores.

use crate::error::{Result, require, require_data, require_equal};
use serde::{Deserialize, Serialize};

/// How one measure is cut into classes: by the quantiles of its values, as pandas' `qcut` cuts them. Can be kept, to score
/// others by the same limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantileScale {
    edges: Vec<f64>,
}

impl QuantileScale {
    /// The limits of `classes` classes for these values.
    ///
    /// # Errors
    /// [`crate::Error::TooLittleData`] without values, [`crate::Error::NotFinite`], [`crate::Error::Parameter`] without classes.
    pub fn fit(values: &[f64], classes: usize) -> Result<Self> {
        Ok(Self { edges: crate::scale::all_edges(values, classes)? })
    }

    /// The limits, one more than classes, rising; neighbours may be equal.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Whether so many values are equal that limits coincide: classes are of different size then, and some are empty.
    pub fn is_tied(&self) -> bool {
        self.edges.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The class of a value, 1 for the smallest. Equal values are always in the same class; where limits coincide a value keeps the
    /// place that its quantile has. Values outside of the limits get the nearest class.
    pub fn class(&self, value: f64) -> usize {
        let classes = self.edges.len().saturating_sub(1);
        self.edges[..classes].partition_point(|edge| *edge < value).clamp(1, classes.max(1))
    }
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
pub fn scores(recency: &[f64], frequency: &[f64], monetary: &[f64]) -> Result<Vec<RfmScore>> {
    require_data("RFM scores", 2, recency.len())?;
    require_equal("customers with a frequency (as with a recency)", recency.len(), frequency.len())?;
    require_equal("customers with a monetary value (as with a recency)", recency.len(), monetary.len())?;
    let (recency, frequency, monetary) = (quintiles(recency)?, quintiles(frequency)?, quintiles(monetary)?);
    let parts = recency.into_iter().zip(frequency).zip(monetary);
    Ok(parts.map(|((recency, frequency), monetary)| RfmScore { recency: 6 - recency, frequency, monetary }).collect())
}

fn quintiles(values: &[f64]) -> Result<Vec<u8>> {
    let scale = QuantileScale::fit(values, 5)?;
    Ok(values.iter().map(|&value| scale.class(value) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

    #[test]
    fn two_customers_a_class_and_recency_the_other_way_round() {
        let found = scores(&TEN, &TEN, &TEN).unwrap();
        assert_eq!(found[0].code(), 511);
        assert_eq!(found[1].code(), 511);
        assert_eq!(found[5].code(), 333);
        assert_eq!(found[9].code(), 155);
    }

    #[test]
    fn equal_customers_score_equally() {
        let orders = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 9.0];
        assert_eq!(quintiles(&orders).unwrap(), [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]);
        assert!(QuantileScale::fit(&orders, 5).unwrap().is_tied());
        assert!(!QuantileScale::fit(&TEN, 5).unwrap().is_tied());
    }

    #[test]
    fn kept_limits_score_values_that_were_not_there() {
        let scale = QuantileScale::fit(&[10.0, 20.0, 30.0, 40.0, 50.0], 5).unwrap();
        assert_eq!([-5.0, 10.0, 26.0, 27.0, 99.0].map(|value| scale.class(value)), [1, 1, 2, 3, 5]);
        assert_eq!(QuantileScale { edges: Vec::new() }.class(3.0), 1);
    }

    #[test]
    fn lists_must_belong_together() {
        assert!(scores(&TEN, &TEN[1..], &TEN).is_err());
        assert!(scores(&TEN[..1], &TEN[..1], &TEN[..1]).is_err());
        assert!(RfmScore::new(0, 1, 1).is_err());
        assert!(RfmScore::new(5, 5, 6).is_err());
    }
}
