//! Our numbers against those of other, independent software, for the same input.
//!
//! Each module names the script in `algorithms/golden` that computed its values and the versions that it used.

mod clusters;
mod distributions;
mod experiments;
mod ranking;
mod recommend;
mod scale;

use bellwether_algorithms::matrix::Matrix;
use serde::de::DeserializeOwned;

/// Golden values by the name of their script.
fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Within an absolute or a relative tolerance, whichever allows more.
#[track_caller]
fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let allowed = tolerance * expected.abs().max(1.0);
    assert!((found - expected).abs() <= allowed, "{what}: {found} instead of {expected}");
}

fn matrix(rows: &[Vec<f32>]) -> Matrix {
    Matrix::from_rows(rows).unwrap()
}
