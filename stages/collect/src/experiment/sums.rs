//! Sums per arm: all that the statistics need to know of the people in it.

use bellwether_domain::{ArmSummary, SegmentArm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How an outcome moves with a number from before the experiment, in one arm. With the arm's own summary this is all that
/// CUPED needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovariateSummary {
    /// Which arm.
    pub arm: String,
    /// Which outcome.
    pub metric: String,
    /// Which column.
    pub covariate: String,
    /// People in the arm.
    pub n: u64,
    /// Sum of the covariate.
    pub sum: f64,
    /// Sum of its squares.
    pub sum_squares: f64,
    /// Sum of covariate times outcome.
    pub sum_products: f64,
}

/// One running sum and the sum of squares.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sum {
    n: u64,
    sum: f64,
    squares: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        self.n += 1;
        self.sum += value;
        self.squares += value * value;
    }
}

/// The sums of one arm.
#[derive(Debug, Clone)]
pub(super) struct ArmSums {
    pub name: String,
    outcomes: Vec<Sum>,
    covariates: Vec<Sum>,
    /// By covariate, then by outcome.
    products: Vec<f64>,
    /// By segment column: the value, and a sum for each outcome.
    segments: Vec<BTreeMap<String, Vec<Sum>>>,
}

/// One row, read.
pub(super) struct Person<'r> {
    pub outcomes: &'r [f64],
    pub covariates: &'r [f64],
    pub segments: &'r [&'r str],
}

impl ArmSums {
    pub fn new(name: &str, outcomes: usize, covariates: usize, segments: usize) -> Self {
        Self {
            name: name.to_owned(),
            outcomes: vec![Sum::default(); outcomes],
            covariates: vec![Sum::default(); covariates],
            products: vec![0.0; outcomes * covariates],
            segments: vec![BTreeMap::new(); segments],
        }
    }

    pub fn add(&mut self, person: &Person<'_>) {
        let add_all = |sums: &mut [Sum], values: &[f64]| sums.iter_mut().zip(values).for_each(|(sum, v)| sum.add(*v));
        add_all(&mut self.outcomes, person.outcomes);
        add_all(&mut self.covariates, person.covariates);
        let pairs = person.covariates.iter().flat_map(|x| person.outcomes.iter().map(move |y| x * y));
        self.products.iter_mut().zip(pairs).for_each(|(sum, product)| *sum += product);
        for (values, value) in self.segments.iter_mut().zip(person.segments) {
            match values.get_mut(*value) {
                Some(sums) => add_all(sums, person.outcomes),
                None => {
                    let mut sums = vec![Sum::default(); person.outcomes.len()];
                    add_all(&mut sums, person.outcomes);
                    values.insert((*value).to_owned(), sums);
                }
            }
        }
    }

    /// The number of different values of the segment column that has most of them.
    pub fn widest_segment(&self) -> Option<(usize, usize)> {
        self.segments.iter().map(BTreeMap::len).enumerate().max_by_key(|(_, values)| *values)
    }

    pub fn summaries<'s>(&'s self, metrics: &'s [String]) -> impl Iterator<Item = ArmSummary> + 's {
        metrics.iter().zip(&self.outcomes).map(|(metric, sum)| self.summary(metric, sum))
    }

    pub fn segment_summaries(&self, columns: &[String], metrics: &[String]) -> Vec<SegmentArm> {
        let of_value = |column: &String, value: &String, sums: &[Sum]| -> Vec<SegmentArm> {
            let summary = |(metric, sum): (&String, &Sum)| SegmentArm {
                column: column.clone(),
                value: value.clone(),
                summary: self.summary(metric, sum),
            };
            metrics.iter().zip(sums).map(summary).collect()
        };
        let columns = columns.iter().zip(&self.segments);
        columns
            .flat_map(|(column, values)| values.iter().flat_map(move |(v, sums)| of_value(column, v, sums)))
            .collect()
    }

    pub fn covariate_summaries(&self, covariates: &[String], metrics: &[String]) -> Vec<CovariateSummary> {
        let mut all = Vec::new();
        for (x, covariate) in covariates.iter().enumerate() {
            for (y, metric) in metrics.iter().enumerate() {
                let sum = self.covariates[x];
                all.push(CovariateSummary {
                    arm: self.name.clone(),
                    metric: metric.clone(),
                    covariate: covariate.clone(),
                    n: sum.n,
                    sum: sum.sum,
                    sum_squares: sum.squares,
                    sum_products: self.products[x * metrics.len() + y],
                });
            }
        }
        all
    }

    fn summary(&self, metric: &str, sum: &Sum) -> ArmSummary {
        ArmSummary {
            arm: self.name.clone(),
            metric: metric.to_owned(),
            n: sum.n,
            sum: sum.sum,
            sum_squares: sum.squares,
        }
    }
}
