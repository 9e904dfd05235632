//! One centre and one unit per column.

use super::quantile::quantile_sorted;
use crate::error::{Result, require_data, require_equal, require_finite};
use crate::matrix::Matrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What centre and unit are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleMethod {
    /// Leave values as they are.
    None,
    /// Mean and population standard deviation (z-score).
    Standard,
    /// Minimum and range.
    MinMax,
    /// Median and interquartile range.
    Robust,
}

/// Centre and unit of one column.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ColumnScale {
    /// What becomes 0.
    pub centre: f64,
    /// What becomes 1 above the centre; never 0.
    pub unit: f64,
}

impl ColumnScale {
    /// Learns centre and unit.
    ///
    /// # Errors
    /// [`crate::Error::TooLittleData`] without values, [`crate::Error::NotFinite`].
    pub fn fit(method: ScaleMethod, values: &[f64]) -> Result<Self> {
        require_data("a scale", 1, values.len())?;
        require_finite("values", values)?;
        let (centre, unit) = match method {
            ScaleMethod::None => (0.0, 1.0),
            ScaleMethod::Standard => mean_and_deviation(values),
            ScaleMethod::MinMax => minimum_and_range(values),
            ScaleMethod::Robust => median_and_quartile_range(values),
        };
        Ok(ColumnScale { centre, unit: if unit > 0.0 { unit } else { 1.0 } })
    }

    /// The scaled value.
    pub fn apply(self, value: f64) -> f64 {
        (value - self.centre) / self.unit
    }

    /// The value that was scaled.
    pub fn invert(self, scaled: f64) -> f64 {
        scaled * self.unit + self.centre
    }
}

/// Centre and unit of every column of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// One per column.
    pub columns: Vec<ColumnScale>,
}

impl Scaler {
    /// Learns from a matrix.
    ///
    /// # Errors
    /// As [`ColumnScale::fit`], naming row and column.
    pub fn fit(method: ScaleMethod, data: &Matrix) -> Result<Self> {
        data.require_finite("data to scale")?;
        let column = |column| -> Vec<f64> { data.column(column).into_iter().map(f64::from).collect() };
        let columns: Result<_> =
            (0..data.columns()).into_par_iter().map(|index| ColumnScale::fit(method, &column(index))).collect();
        Ok(Scaler { columns: columns? })
    }

    /// A matrix with every column scaled.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for another number of columns.
    pub fn transform(&self, data: &Matrix) -> Result<Matrix> {
        self.each(data, |scale, value| scale.apply(value))
    }

    /// The matrix before it was scaled, up to rounding.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] for another number of columns.
    pub fn inverse(&self, data: &Matrix) -> Result<Matrix> {
        self.each(data, |scale, value| scale.invert(value))
    }

    fn each(&self, data: &Matrix, change: impl Fn(ColumnScale, f64) -> f64) -> Result<Matrix> {
        require_equal("columns of the data (as fitted)", self.columns.len(), data.columns())?;
        let mut changed = data.clone();
        for row in 0..changed.rows() {
            for (value, &scale) in changed.row_mut(row).iter_mut().zip(&self.columns) {
                *value = change(scale, f64::from(*value)) as f32;
            }
        }
        Ok(changed)
    }
}

/// `ln(1 + |value|)` with the sign of the value: like the logarithm far from 0, like the value itself near it, and defined
/// for refunds too.
pub fn signed_log1p(value: f64) -> f64 {
    value.abs().ln_1p().copysign(value)
}

/// Undoes [`signed_log1p`].
pub fn signed_expm1(value: f64) -> f64 {
    value.abs().exp_m1().copysign(value)
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    // A constant column must not be blown up by the rounding of its mean.
    let rounding = 10.0 * f64::EPSILON * mean.abs();
    (mean, if variance.sqrt() > rounding { variance.sqrt() } else { 0.0 })
}

fn minimum_and_range(values: &[f64]) -> (f64, f64) {
    let minimum = values.iter().copied().fold(f64::INFINITY, f64::min);
    let maximum = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (minimum, maximum - minimum)
}

fn median_and_quartile_range(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |probability| quantile_sorted(&sorted, probability).unwrap_or(0.0);
    (at(0.5), at(0.75) - at(0.25))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(method: ScaleMethod, values: &[f64], expected: &[f64]) {
        let scale = ColumnScale::fit(method, values).unwrap();
        let scaled: Vec<f64> = values.iter().map(|&value| scale.apply(value)).collect();
        assert!(scaled.iter().zip(expected).all(|(left, right)| (left - right).abs() < 1e-12), "{scaled:?}");
    }

    #[test]
    fn every_method_on_numbers_that_one_can_check_by_hand() {
        check(ScaleMethod::None, &[1.0, 5.0], &[1.0, 5.0]);
        check(ScaleMethod::Standard, &[2.0, 4.0], &[-1.0, 1.0]);
        check(ScaleMethod::MinMax, &[10.0, 20.0, 30.0], &[0.0, 0.5, 1.0]);
        // Quartiles 2 and 4, median 3: the outlier stays an outlier and moves nobody else.
        check(ScaleMethod::Robust, &[1.0, 2.0, 3.0, 4.0, 1000.0], &[-1.0, -0.5, 0.0, 0.5, 498.5]);
        for method in [ScaleMethod::Standard, ScaleMethod::MinMax, ScaleMethod::Robust] {
            check(method, &[0.1, 0.1, 0.1], &[0.0, 0.0, 0.0]);
        }
    }

    #[test]
    fn a_matrix_is_scaled_by_column_and_back() {
        let data = Matrix::from_rows(&[[1.0_f32, 10.0], [3.0, 30.0]]).unwrap();
        let scaler = Scaler::fit(ScaleMethod::Standard, &data).unwrap();
        let scaled = scaler.transform(&data).unwrap();
        assert_eq!(scaled.values(), [-1.0, -1.0, 1.0, 1.0]);
        assert_eq!(scaler.inverse(&scaled).unwrap(), data);
        assert!(scaler.transform(&Matrix::filled(1, 3, 0.0)).is_err());
    }

    proptest! {
        #[test]
        fn the_signed_logarithm_keeps_sign_and_order_and_can_be_undone(left in -1e6f64..1e6, right in -1e6f64..1e6) {
            prop_assert_eq!(left < right, signed_log1p(left) < signed_log1p(right));
            prop_assert!((signed_expm1(signed_log1p(left)) - left).abs() <= 1e-9 * left.abs().max(1.0));
        }
    }
}
