//! `experiments.py`: gbstats 0.8.0 (lift, sequential intervals) and SciPy 1.17.1.

use crate::{close, read};
use bellwether_algorithms::statistics::{
    Baseline, Covaried, Distribution, Interval, Normal, Rate, Summary, always_valid, best_rate, compare_means,
    compare_rates, cuped, power, sample_ratio_check, sample_size_per_arm,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    means: Vec<Means>,
    rates: Vec<Rates>,
    cuped: Vec<Adjusted>,
    chances: Vec<Chances>,
    sample_size: Vec<SampleSize>,
    ratio: Vec<Ratio>,
}

#[derive(Deserialize)]
struct Sums {
    n: u64,
    sum: f64,
    sum_squares: f64,
}

#[derive(Deserialize)]
struct Means {
    control: Sums,
    treatment: Sums,
    alpha: f64,
    p_value: f64,
    difference: [f64; 2],
    lift: [f64; 3],
    sequential_relative: [f64; 3],
    sequential_absolute: [f64; 3],
}

#[derive(Deserialize)]
struct Rates {
    control: [u64; 2],
    treatment: [u64; 2],
    alpha: f64,
    p_value: f64,
    difference: [f64; 2],
    wilson: [[f64; 2]; 2],
}

#[derive(Deserialize)]
struct Adjusted {
    control: Covaried,
    treatment: Covaried,
    theta: f64,
    p_value: f64,
    difference: [f64; 2],
    variance_reduction: f64,
}

#[derive(Deserialize)]
struct Chances {
    arms: Vec<[u64; 2]>,
    chances: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct SampleSize {
    rate: f64,
    relative: f64,
    alpha: f64,
    power: f64,
    people: u64,
    at_5000: f64,
}

#[derive(Deserialize)]
struct Ratio {
    observed: Vec<u64>,
    shares: Vec<f64>,
    statistic: f64,
    p_value: f64,
}

#[track_caller]
fn bounds(found: Interval, low: f64, high: f64) {
    close("lower bound", found.low, low, 1e-9);
    close("upper bound", found.high, high, 1e-9);
}

#[test]
fn means_lift_and_sequential_intervals() {
    for golden in read::<Golden>("experiments").means {
        let arm = |sums: &Sums| Summary::from_sums(sums.n, sums.sum, sums.sum_squares).unwrap();
        let found = compare_means(&arm(&golden.control), &arm(&golden.treatment), golden.alpha).unwrap();
        close("p-value", found.p_value.unwrap(), golden.p_value, 1e-10);
        bounds(found.difference.interval, golden.difference[0], golden.difference[1]);
        let lift = found.lift.unwrap();
        close("lift", lift.value, golden.lift[0], 1e-10);
        // gbstats takes the degrees of freedom of the absolute difference here too.
        bounds(lift.interval, golden.lift[1], golden.lift[2]);
        let people = golden.control.n + golden.treatment.n;
        for (estimate, [low, high, p_value]) in
            [(lift, golden.sequential_relative), (found.difference, golden.sequential_absolute)]
        {
            let found = always_valid(estimate.value, estimate.standard_error, people, golden.alpha, 2000.0).unwrap();
            bounds(found.interval, low, high);
            close("sequential p-value", found.p_value, p_value, 1e-9);
        }
    }
}

#[test]
fn rates_and_wilson() {
    for golden in read::<Golden>("experiments").rates {
        let arm = |[n, successes]: [u64; 2]| Rate::new(n, successes).unwrap();
        let (control, treatment) = (arm(golden.control), arm(golden.treatment));
        let found = compare_rates(&control, &treatment, golden.alpha).unwrap();
        let few = [golden.control, golden.treatment].iter().any(|[n, successes]| *successes.min(&(n - successes)) < 5);
        if !few {
            close("p-value", found.p_value.unwrap(), golden.p_value, 1e-12);
        }
        // The reference gives Wald's bounds; ours are Newcombe's, so what is held against it is the standard error.
        let half = Normal::STANDARD.quantile(1.0 - golden.alpha / 2.0) * found.difference.standard_error;
        let (low, high) = (found.difference.value - half, found.difference.value + half);
        bounds(Interval { low, high }, golden.difference[0], golden.difference[1]);
        for (arm, [low, high]) in [control, treatment].iter().zip(golden.wilson) {
            bounds(arm.wilson(golden.alpha).unwrap(), low, high);
        }
    }
}

#[test]
fn adjustment_by_history() {
    for golden in read::<Golden>("experiments").cuped {
        let found = cuped(&golden.control, &golden.treatment).unwrap();
        close("theta", found.theta, golden.theta, 1e-9);
        close("variance reduction", found.variance_reduction, golden.variance_reduction, 1e-9);
        let compared = compare_means(&found.control, &found.treatment, 0.05).unwrap();
        close("p-value", compared.p_value.unwrap(), golden.p_value, 1e-9);
        bounds(compared.difference.interval, golden.difference[0], golden.difference[1]);
    }
}

#[test]
fn probability_best_and_expected_loss() {
    for golden in read::<Golden>("experiments").chances {
        let arms: Vec<Rate> = golden.arms.iter().map(|&[n, successes]| Rate::new(n, successes).unwrap()).collect();
        for (found, [probability, loss]) in best_rate(&arms, (1.0, 1.0)).unwrap().iter().zip(golden.chances) {
            close("probability best", found.probability_best, probability, 1e-9);
            close("expected loss", found.expected_loss, loss, 1e-11);
        }
    }
}

#[test]
fn people_needed_and_power() {
    for golden in read::<Golden>("experiments").sample_size {
        let baseline = Baseline::Rate(golden.rate);
        let people = sample_size_per_arm(baseline, golden.relative, golden.alpha, golden.power).unwrap();
        assert_eq!(people, golden.people);
        let reached = power(baseline, golden.relative, 5000, golden.alpha).unwrap();
        close("power", reached, golden.at_5000, 1e-10);
    }
}

#[test]
fn sample_ratio() {
    for golden in read::<Golden>("experiments").ratio {
        let found = sample_ratio_check(&golden.observed, &golden.shares).unwrap();
        close("statistic", found.statistic, golden.statistic, 1e-12);
        close("p-value", found.p_value, golden.p_value, 1e-12);
    }
}
