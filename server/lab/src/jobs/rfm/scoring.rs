//! Three numbers to three scores, and limits that can be kept for new customers.

use super::purchases::{Customers, PurchaseColumns};
use crate::{LabError, Result, jobs::refused, report::Findings};
use bellwether_algorithms::{
    Error,
    rfm::{RfmScore, RfmSegment},
    scale::{Duplicates, QuantileBins, quantiles, rank_bins},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a measure was cut into classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cut {
    /// By quantiles of the values: `qcut(values, bins)`.
    Values,
    /// By quantiles of the ranks, since quantiles of the values coincide: `qcut(values.rank(method="first"), bins)`.
    RankFirst,
}

/// How one measure is scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Measure {
    cut: Cut,
    /// Quantiles of the values, `bins + 1` of them; neighbours may be equal.
    edges: Vec<f64>,
}

/// What `--save` keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RfmModel {
    pub columns: PurchaseColumns,
    bins: usize,
    recency: Measure,
    frequency: Measure,
    monetary: Measure,
}

/// Scores of all customers, 1 to `bins`, the highest is best.
#[derive(Debug)]
pub(crate) struct Scores {
    pub recency: Vec<usize>,
    pub frequency: Vec<usize>,
    pub monetary: Vec<usize>,
    pub segments: Vec<RfmSegment>,
    bins: usize,
}

impl RfmModel {
    /// Learns the limits and scores the customers that they come from.
    pub fn fit(columns: PurchaseColumns, customers: &Customers, bins: usize) -> Result<(Self, Scores)> {
        if !(2..=20).contains(&bins) {
            return Err(LabError::usage(format!("--bins {bins} is not between 2 and 20")));
        }
        if customers.names.len() < bins {
            let have = customers.names.len();
            return Err(LabError::too_little(format!(
                "{bins} score classes need at least {bins} customers, there are {have}"
            )));
        }
        let (recency, long_ago) = Measure::fit(&customers.recency, bins)?;
        let (frequency, often) = Measure::fit(&customers.frequency, bins)?;
        let (monetary, much) = Measure::fit(&customers.monetary, bins)?;
        let scores = Scores::new(long_ago, often, much, bins)?;
        Ok((Self { columns, bins, recency, frequency, monetary }, scores))
    }

    /// Scores other customers by the same limits; values outside of them get the nearest class.
    pub fn score(&self, customers: &Customers) -> Result<Scores> {
        let classes = |measure: &Measure, values: &[f64]| values.iter().map(|v| measure.class(*v)).collect();
        Scores::new(
            classes(&self.recency, &customers.recency),
            classes(&self.frequency, &customers.frequency),
            classes(&self.monetary, &customers.monetary),
            self.bins,
        )
    }

    /// Puts the limits into the report.
    pub fn describe(&self, findings: &mut Findings) {
        let measures = [("recency_days", &self.recency), ("frequency", &self.frequency), ("monetary", &self.monetary)];
        findings.parameter("bins", self.bins);
        let by = |of: &dyn Fn(&Measure) -> Value| {
            Value::Object(measures.iter().map(|(name, measure)| ((*name).to_owned(), of(measure))).collect())
        };
        findings.parameter("cut", by(&|measure| json!(measure.cut)));
        findings.result("limits", by(&|measure| json!(measure.edges)));
        for (name, _) in measures.iter().filter(|(_, measure)| measure.cut == Cut::RankFirst) {
            findings.warn(format!(
                "{name} has too many equal values for {} quantile classes; it is cut by rank, so that equal customers can score differently",
                self.bins
            ));
        }
    }
}

impl Measure {
    /// The limits, and the class of each value, 1 for the smallest.
    fn fit(values: &[f64], bins: usize) -> Result<(Self, Vec<usize>)> {
        let probabilities: Vec<f64> = (0..=bins).map(|i| i as f64 / bins as f64).collect();
        let edges = quantiles(values, &probabilities).map_err(refused)?;
        match QuantileBins::fit(values, bins, Duplicates::Refuse) {
            Ok(cut) => {
                let classes = values.iter().map(|v| cut.bin(*v).map_or(1, |bin| bin + 1)).collect();
                Ok((Self { cut: Cut::Values, edges: cut.edges().to_vec() }, classes))
            }
            Err(Error::DuplicateEdges { .. }) => {
                let classes = rank_bins(values, bins).map_err(refused)?.into_iter().map(|bin| bin + 1).collect();
                Ok((Self { cut: Cut::RankFirst, edges }, classes))
            }
            Err(error) => Err(refused(error)),
        }
    }

    /// The class of a value that need not be among those that the limits come from.
    fn class(&self, value: f64) -> usize {
        let bins = self.edges.len() - 1;
        self.edges[..bins].partition_point(|edge| *edge < value).clamp(1, bins)
    }
}

impl Scores {
    fn new(long_ago: Vec<usize>, frequency: Vec<usize>, monetary: Vec<usize>, bins: usize) -> Result<Self> {
        let recency: Vec<usize> = long_ago.into_iter().map(|class| bins + 1 - class).collect();
        let fifth = |score: usize| (1.0 + (score - 1) as f64 * 4.0 / (bins - 1) as f64).round() as u8;
        let segments = (0..recency.len())
            .map(|row| {
                RfmScore::new(fifth(recency[row]), fifth(frequency[row]), fifth(monetary[row])).map(RfmSegment::of)
            })
            .map(|segment| segment.map_err(refused))
            .collect::<Result<_>>()?;
        Ok(Self { recency, frequency, monetary, segments, bins })
    }

    /// Customers per score of each measure, from the lowest score.
    pub fn counts(&self) -> Value {
        let count =
            |scores: &[usize]| (1..=self.bins).map(|s| scores.iter().filter(|x| **x == s).count()).collect::<Vec<_>>();
        json!({ "r": count(&self.recency), "f": count(&self.frequency), "m": count(&self.monetary) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_values_are_cut_by_value_and_ties_by_rank() {
        let (by_value, classes) = Measure::fit(&[10.0, 20.0, 30.0, 40.0, 50.0], 5).unwrap();
        assert_eq!((by_value.cut, classes), (Cut::Values, vec![1, 2, 3, 4, 5]));
        let (by_rank, classes) = Measure::fit(&[1.0, 1.0, 1.0, 1.0, 9.0], 5).unwrap();
        assert_eq!((by_rank.cut, classes), (Cut::RankFirst, vec![1, 2, 3, 4, 5]));
    }

    #[test]
    fn kept_limits_score_values_that_were_not_there() {
        let (measure, _) = Measure::fit(&[10.0, 20.0, 30.0, 40.0, 50.0], 5).unwrap();
        let classes: Vec<_> = [-5.0, 10.0, 26.0, 27.0, 99.0].map(|v| measure.class(v)).to_vec();
        assert_eq!(classes, [1, 1, 2, 3, 5]);
    }

    #[test]
    fn other_numbers_of_classes_reach_all_segments_from_best_to_worst() {
        for bins in [2, 3, 4, 10] {
            let best = Scores::new(vec![1, bins], vec![bins, 1], vec![bins, 1], bins).unwrap();
            assert_eq!(best.segments, [RfmSegment::Champions, RfmSegment::Lost], "{bins}");
        }
    }
}
