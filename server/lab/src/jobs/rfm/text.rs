//! The segments for people.

use super::scoring::Scores;
use crate::report::{Findings, Grid, bar, count, number, percent};
use bellwether_algorithms::rfm::RfmSegment;
use serde_json::Value;

pub(super) fn add_sections(findings: &mut Findings, segments: &[(RfmSegment, Value)], scores: &Scores) {
    let mut grid =
        Grid::new(&["segment", "size", "share", "revenue %", "recency", "frequency", "monetary", "share of revenue"]);
    for (segment, facts) in segments {
        let value = |key: &str| facts[key].as_f64();
        grid.row(vec![
            segment.name().to_owned(),
            count(facts["size"].as_u64().unwrap_or(0)),
            percent(value("share")),
            percent(value("revenue_share")),
            number(value("mean_recency_days")),
            number(value("mean_frequency")),
            number(value("mean_monetary")),
            bar(value("revenue_share").unwrap_or(0.0), 24),
        ]);
    }
    findings.section("Segments (means of recency in days, purchases, money)", grid.print());
    let counts = scores.counts();
    let mut grid = Grid::new(&["score", "r", "f", "m"]);
    let column = |key: &str| counts[key].as_array().cloned().unwrap_or_default();
    let (r, f, m) = (column("r"), column("f"), column("m"));
    for score in (0..r.len()).rev() {
        let cell = |list: &[Value]| count(list.get(score).and_then(Value::as_u64).unwrap_or(0));
        grid.row(vec![(score + 1).to_string(), cell(&r), cell(&f), cell(&m)]);
    }
    findings.section("Customers per score (the highest is best)", grid.print());
}
