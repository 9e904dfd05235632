//! Model inputs: skewed amounts on a logarithmic scale, centred on the median, divided by the interquartile range.

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

/// Fills in `standardized`: `sign(x) · ln(1 + |x|)`, less the median, over the interquartile range.
///
/// Where half of all customers share one value (most return nothing) the range is zero; the standard deviation takes
/// its place, and a column without any variation becomes all zeros.
pub fn standardize(all: &mut [ProfileFeatures]) {
    let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(all.len()); MODEL_FEATURES.len()];
    for features in all.iter() {
        for (column, value) in columns.iter_mut().zip(raw(features)) {
            column.push(value.signum() * value.abs().ln_1p());
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
    let mut sorted = column.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(median) = quantile(&sorted, 0.5) else { return };
    let range = quantile(&sorted, 0.75).unwrap_or(median) - quantile(&sorted, 0.25).unwrap_or(median);
    let spread = if range > 0.0 { range } else { standard_deviation(column) };
    for value in column {
        *value = if spread > 0.0 { (*value - median) / spread } else { 0.0 };
    }
}

/// Linear between the two nearest ranks (type 7, as numpy has it).
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(below + (above - below) * place.fract())
}

fn standard_deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt()
}
