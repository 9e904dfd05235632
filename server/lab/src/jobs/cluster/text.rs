//! The clusters for people.

use super::difference::Cluster;
use crate::report::{Findings, Grid, bar, count, number, percent};
use serde_json::Value;

pub(super) fn add_sections(findings: &mut Findings, clusters: &[Cluster], candidates: &[Value]) {
    let mut grid = Grid::new(&["measure", "value"]);
    for (name, value) in &findings.metrics {
        grid.row(vec![name.clone(), number(value.as_f64())]);
    }
    findings.section("Quality", grid.print());
    if !candidates.is_empty() {
        let mut grid = Grid::new(&["k", "silhouette", "stability", "inertia", "smallest"]);
        for candidate in candidates {
            let value = |key: &str| candidate[key].as_f64();
            grid.row(vec![
                candidate["k"].to_string(),
                number(value("silhouette")),
                number(value("stability")),
                number(value("inertia")),
                percent(value("smallest_share")),
            ]);
        }
        findings.section("Numbers of clusters that were tried", grid.print());
    }
    let sizes: Vec<usize> = clusters.iter().map(|cluster| cluster.size).collect();
    let descriptions: Vec<String> = clusters.iter().map(|cluster| cluster.description.clone()).collect();
    add_sizes(findings, &sizes, &descriptions);
}

/// Size and description of each cluster.
pub(super) fn add_sizes(findings: &mut Findings, sizes: &[usize], descriptions: &[String]) {
    let all = sizes.iter().sum::<usize>().max(1) as f64;
    let mut grid = Grid::new(&["cluster", "rows", "share", ""]);
    let mut words = String::new();
    for (cluster, (size, description)) in sizes.iter().zip(descriptions).enumerate() {
        let share = *size as f64 / all;
        grid.row(vec![cluster.to_string(), count(*size as u64), percent(Some(share)), bar(share, 24)]);
        words.push_str(&format!("  {cluster}: {description}\n"));
    }
    findings.section("Clusters", grid.print() + "\n" + &words);
}
