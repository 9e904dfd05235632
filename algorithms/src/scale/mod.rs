//! Bring columns onto one scale, and cut values into quantile bins.
//!
//! # Idea
//! Distances add up units, so a column in pounds drowns one in orders. A [`Scaler`] learns one centre and one unit per
//! column and turns a value into `(value - centre) / unit`:
//!
//! | method | centre | unit | after it |
//! | --- | --- | --- | --- |
//! | [`ScaleMethod::Standard`] | mean | population standard deviation | mean 0, deviation 1 (not within [-1, 1]) |
//! | [`ScaleMethod::MinMax`] | minimum | range | within [0, 1] on the data it was fitted on |
//! | [`ScaleMethod::Robust`] | median | interquartile range | half of the values lie in a span of 1; outliers do not move it |
//! | [`ScaleMethod::None`] | 0 | 1 | unchanged |
//!
//! A constant column has no unit; 1 is taken, so it becomes 0. Money and counts are skewed: [`signed_log1p`] first.
//!
//! Quantiles are type 7 of Hyndman & Fan (1996) (linear between order statistics; the default of NumPy and R), to the last
//! bit as NumPy computes them, and [`QuantileBins`] cuts as pandas' `qcut` does: right-closed intervals, the minimum in
//! the first.
//!
//! # Shapes, errors, cost
//! Columns of `f64` values or a matrix of `f32`; empty input and values that are not finite are refused with their place.
//! Quantiles sort: O(n log n); the rest is O(n). Results do not depend on the number of threads.
//!
//! # When not to use it
//! Trees and ranks do not care about scale. Standard and min-max suffer from outliers. Equal-frequency bins throw away
//! distance; where many values are equal, fewer bins remain than asked for.
//!
//! # Source
//! Hyndman & Fan (1996), *Sample quantiles in statistical packages*. Held against scikit-learn 1.9.1, NumPy and pandas.

mod quantile;
mod rank;
mod scaler;

pub(crate) use quantile::all_edges;
pub use quantile::{Duplicates, QuantileBins, quantile, quantile_sorted, quantiles};
pub use rank::{rank_average, rank_bins, rank_first};
pub use scaler::{ColumnScale, ScaleMethod, Scaler, signed_expm1, signed_log1p};
