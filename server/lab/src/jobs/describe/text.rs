//! The description for people.

use super::{profile::ColumnProfile, suspicion::Suspicion};
use crate::{
    report::{Findings, Grid, bar, count, number, percent},
    table::ColumnType,
};

/// Adds the tables of all columns.
pub(super) fn add_sections(findings: &mut Findings, profiles: &[ColumnProfile], suspicions: &[Vec<Suspicion>]) {
    let mut overview = Grid::new(&["metric", "value"]);
    for (name, value) in &findings.metrics {
        overview.row(vec![name.clone(), count(value.as_u64().unwrap_or(0))]);
    }
    let overview = overview.print();
    findings.section("Whole table", overview);
    findings.section("Columns", columns(profiles));
    add_if_any(findings, "Numbers", numbers(profiles));
    add_if_any(findings, "Most frequent values", frequent(profiles));
    let mut grid = Grid::new(&["column", "suspicion"]);
    let mut details = String::new();
    for (profile, found) in profiles.iter().zip(suspicions) {
        for suspicion in found {
            grid.row(vec![profile.name.clone(), suspicion.code.to_owned()]);
            details.push_str(&format!("  {}: {} ({})\n", profile.name, suspicion.detail, suspicion.code));
        }
    }
    if !grid.is_empty() {
        findings.section("Suspicions", details);
    }
}

fn add_if_any(findings: &mut Findings, heading: &str, grid: Grid) {
    if !grid.is_empty() {
        findings.section(heading, grid.print());
    }
}

fn columns(profiles: &[ColumnProfile]) -> String {
    let mut grid = Grid::new(&["column", "type", "missing", "missing %", "distinct", "min", "max"]);
    for profile in profiles {
        let (min, max) = match (&profile.numbers, &profile.date_range) {
            (Some(numbers), _) => (number(Some(numbers.min)), number(Some(numbers.max))),
            (None, Some(range)) => range.clone(),
            (None, None) => Default::default(),
        };
        let rows = (profile.present + profile.missing).max(1);
        grid.row(vec![
            profile.name.clone(),
            profile.kind.name().to_owned(),
            count(profile.missing),
            percent(Some(profile.missing as f64 / rows as f64)),
            count(profile.distinct),
            min,
            max,
        ]);
    }
    grid.print()
}

fn numbers(profiles: &[ColumnProfile]) -> Grid {
    let mut grid = Grid::new(&["column", "mean", "sd", "p25", "p50", "p75", "outliers", "distribution"]);
    for profile in profiles.iter().filter(|p| p.kind != ColumnType::Boolean) {
        let Some(numbers) = &profile.numbers else { continue };
        let at = |name: &str| number(numbers.quantiles.iter().find(|(n, _)| *n == name).map(|(_, q)| *q));
        grid.row(vec![
            profile.name.clone(),
            number(Some(numbers.mean)),
            number(numbers.sd),
            at("p25"),
            at("p50"),
            at("p75"),
            count(numbers.outliers),
            sparkline(&numbers.histogram),
        ]);
    }
    grid
}

fn sparkline(counts: &[u64]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let level = |n: u64| if n == 0 { ' ' } else { LEVELS[((n as f64 / most * 7.0).round() as usize).min(7)] };
    format!("|{}|", counts.iter().map(|n| level(*n)).collect::<String>())
}

fn frequent(profiles: &[ColumnProfile]) -> Grid {
    let mut grid = Grid::new(&["column", "value", "rows", "share", ""]);
    for profile in
        profiles.iter().filter(|p| !matches!(p.kind, ColumnType::Integer | ColumnType::Number) || p.distinct <= 5)
    {
        for (index, (value, n)) in profile.top.iter().take(3).enumerate() {
            let share = *n as f64 / profile.present.max(1) as f64;
            let name = if index == 0 { profile.name.clone() } else { String::new() };
            grid.row(vec![name, value.clone(), count(*n), percent(Some(share)), bar(share, 16)]);
        }
    }
    grid
}
