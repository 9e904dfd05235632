//! `distributions.py`: SciPy 1.17.1, mpmath 1.4.1.

use crate::{close, read};
use bellwether_algorithms::statistics::{
    Beta, Binomial, ChiSquared, Distribution, Normal, StudentT, erfc, ln_beta, ln_gamma,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
    ln_gamma: Vec<[f64; 2]>,
    ln_beta: Vec<[f64; 3]>,
    erfc: Vec<[f64; 2]>,
}

#[derive(Debug, Deserialize)]
struct Case {
    family: String,
    parameters: Vec<f64>,
    probability: f64,
    quantile: f64,
    cdf: f64,
    survival: f64,
}

fn distribution(case: &Case) -> Box<dyn Distribution> {
    let first = case.parameters[0];
    match case.family.as_str() {
        "normal" => Box::new(Normal::new(first, case.parameters[1]).unwrap()),
        "student" => Box::new(StudentT::new(first).unwrap()),
        "chi_squared" => Box::new(ChiSquared::new(first).unwrap()),
        "beta" => Box::new(Beta::new(first, case.parameters[1]).unwrap()),
        "binomial" => Box::new(Binomial::new(first as u64, case.parameters[1]).unwrap()),
        other => panic!("no distribution {other}"),
    }
}

/// Relative to the number itself, so that tails count as much as the middle.
#[track_caller]
fn relatively(case: &Case, what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{what} {found} instead of {expected}: {case:?}");
}

#[test]
fn distribution_functions_and_quantiles() {
    let golden: Golden = read("distributions");
    assert!(golden.cases.len() > 200);
    for case in &golden.cases {
        let found = distribution(case);
        relatively(case, "cdf", found.cdf(case.quantile), case.cdf, 1e-10);
        relatively(case, "survival", found.survival(case.quantile), case.survival, 1e-10);
        relatively(case, "quantile", found.quantile(case.probability), case.quantile, 1e-9);
    }
}

#[test]
fn special_functions() {
    let golden: Golden = read("distributions");
    golden.ln_gamma.iter().for_each(|&[x, expected]| close("ln_gamma", ln_gamma(x), expected, 1e-14));
    golden.ln_beta.iter().for_each(|&[a, b, expected]| close("ln_beta", ln_beta(a, b), expected, 1e-14));
    for [x, expected] in golden.erfc {
        assert!((erfc(x) / expected - 1.0).abs() < 1e-13, "erfc({x})");
    }
}
