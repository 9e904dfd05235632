//! Model inputs: skewed amounts on a logarithmic scale, centred on the median, divided by the interquartile range.

use bellwether_algorithms::scale::{ColumnScale, ScaleMethod, quantiles, signed_log1p};
use bellwether_domain::ProfileFeatures;

/// The model inputs, in the order of `ProfileFeatures::standardized`.
pub const MODEL_FEATURES: [&str; 8] = [
    "recency_days",
    "frequency",
    "monetary",
    "tenure_days",
    "average_order",
    "units_per_order",
    "distinct_products",
    "returns_share",
];

/// Beyond this many units a value only says "far out": otherwise a handful of customers whose returns outweigh what they
/// bought would be a cluster of their own in every division.
const LIMIT: f64 = 3.0;

fn raw(features: &ProfileFeatures) -> [f64; MODEL_FEATURES.len()] {
    [
        features.recency_days,
        features.frequency as f64,
        features.monetary.to_f64(),
        features.tenure_days,
        features.average_order.to_f64(),
        features.units_per_order,
        features.distinct_products as f64,
        features.returns_share,
    ]
}

/// Fills in `standardized`: `sign(x) · ln(1 + |x|)`, less the median, over the interquartile range, within ±3.
///
/// Where half of all customers share one value (most return nothing) the range is zero; the standard deviation takes
/// its place, and a column without any variation becomes all zeros.
pub fn standardize(all: &mut [ProfileFeatures]) {
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(all.len()); MODEL_FEATURES.len()];
    for features in all.iter() {
        for (column, value) in columns.iter_mut().zip(raw(features)) {
            column.push(signed_log1p(value));
        }
    }
    for column in &mut columns {
        centre_and_scale(column);
    }
    for (row, features) in all.iter_mut().enumerate() {
        features.standardized = columns.iter().map(|column| column[row] as f32).collect();
    }
}

fn centre_and_scale(column: &mut [f64]) {
    let robust = ColumnScale::fit(ScaleMethod::Robust, column);
    // A robust unit of 1 with a range of nothing is what the scaler gives to a column that hardly varies.
    let scale = match robust {
        Ok(scale) if interquartile_range(column) > 0.0 => scale,
        Ok(scale) => {
            ColumnScale::fit(ScaleMethod::Standard, column).map_or(scale, |s| ColumnScale { unit: s.unit, ..scale })
        }
        Err(_) => return,
    };
    column.iter_mut().for_each(|value| *value = scale.apply(*value).clamp(-LIMIT, LIMIT));
}

fn interquartile_range(column: &[f64]) -> f64 {
    quantiles(column, &[0.25, 0.75]).map_or(0.0, |q| q[1] - q[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut column: Vec<f64>, expected: &[f64]) {
        centre_and_scale(&mut column);
        assert_eq!(column, expected);
    }

    #[test]
    fn columns_are_centred_on_the_median_and_scaled_by_the_quartiles() {
        check(vec![1.0, 2.0, 3.0, 4.0, 5.0], &[-1.0, -0.5, 0.0, 0.5, 1.0]);
        check(vec![7.0; 4], &[0.0; 4]);
        check(vec![], &[]);
    }

    #[test]
    fn where_most_share_one_value_the_deviation_is_the_unit() {
        check(vec![0.0, 0.0, 0.0, 0.0, 5.0], &[0.0, 0.0, 0.0, 0.0, 2.5]);
    }
}
