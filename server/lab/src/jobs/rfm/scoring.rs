//! Three numbers to three scores, and limits that can be kept for new customers.

use super::purchases::{Customers, PurchaseColumns};
use crate::{LabError, Result, jobs::refused, report::Findings};
use bellwether_algorithms::rfm::{QuantileScale, RfmScore, RfmSegment};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What `--save` keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RfmModel {
    pub columns: PurchaseColumns,
    bins: usize,
    recency: QuantileScale,
    frequency: QuantileScale,
    monetary: QuantileScale,
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
        let scale = |values: &[f64]| QuantileScale::fit(values, bins).map_err(refused);
        let (recency, frequency) = (scale(&customers.recency)?, scale(&customers.frequency)?);
        let monetary = scale(&customers.monetary)?;
        let model = Self { columns, bins, recency, frequency, monetary };
        let scores = model.score(customers)?;
        Ok((model, scores))
    }

    /// Scores other customers by the same limits; values outside of them get the nearest class.
    pub fn score(&self, customers: &Customers) -> Result<Scores> {
        let classes = |scale: &QuantileScale, values: &[f64]| values.iter().map(|v| scale.class(*v)).collect();
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
        let limits = measures.iter().map(|(name, scale)| ((*name).to_owned(), json!(scale.edges())));
        findings.result("limits", Value::Object(limits.collect()));
        for (name, _) in measures.iter().filter(|(_, scale)| scale.is_tied()) {
            findings.warn(format!(
                "{name} has too many equal values for {} quantile classes; equal customers score equally, so that classes differ in size",
                self.bins
            ));
        }
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
    fn other_numbers_of_classes_reach_all_segments_from_best_to_worst() {
        for bins in [2, 3, 4, 10] {
            let best = Scores::new(vec![1, bins], vec![bins, 1], vec![bins, 1], bins).unwrap();
            assert_eq!(best.segments, [RfmSegment::Champions, RfmSegment::Lost], "{bins}");
        }
    }
}
