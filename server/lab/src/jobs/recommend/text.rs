//! The judgement for people.

use crate::report::{Findings, Grid, count, number, percent};
use serde_json::Value;

pub(super) fn add_sections(findings: &mut Findings) {
    let mut grid = Grid::new(&["", "count"]);
    for name in ["users", "items", "train_interactions", "test_interactions", "judged_users", "cold_users"] {
        if let Some(value) = findings.metrics.get(name).and_then(Value::as_u64) {
            grid.row(vec![name.replace('_', " "), count(value)]);
        }
    }
    findings.section("Data", grid.print());
    let top = findings.parameters.get("top").and_then(Value::as_u64).unwrap_or(10);
    let Some(models) = findings.result.get("models").and_then(Value::as_array).cloned() else { return };
    let mut cut_offs: Vec<u64> = vec![1, 5, 10, 20, 50, 100, top];
    cut_offs.sort_unstable();
    cut_offs.dedup();
    let mut grid = Grid::new(&["model", "k", "recall", "ndcg", "map", "mrr", "hit rate", "coverage", "novelty"]);
    for model in &models {
        for k in &cut_offs {
            let value = |name: &str| model[format!("{name}@{k}").as_str()].as_f64();
            grid.row(vec![
                model["model"].as_str().unwrap_or_default().to_owned(),
                k.to_string(),
                number(value("recall")),
                number(value("ndcg")),
                number(value("map")),
                number(value("mrr")),
                percent(value("hit_rate")),
                percent(value("coverage")),
                number(value("novelty")),
            ]);
        }
    }
    findings.section("On what was held out, ranking all items", grid.print());
}
