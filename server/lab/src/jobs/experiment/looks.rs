//! With an order in time: what one would have seen by looking on the way, with intervals that allow it.

use super::{
    arms::Arms,
    verdict::{Measured, sequential},
};
use crate::{Result, table::format_moment};
use serde_json::{Value, json};

const LOOKS: usize = 20;

/// The main outcome at twenty moments with equally many people between them.
pub(super) fn over_time(arms: &Arms, alpha: f64) -> Result<Vec<Value>> {
    let (Some(order), Some(outcome)) = (&arms.order, arms.outcomes.first()) else { return Ok(Vec::new()) };
    let mut times: Vec<_> = arms.rows.iter().flatten().filter_map(|&row| order[row]).collect();
    times.sort_unstable();
    let mut looks = Vec::new();
    for look in 1..=LOOKS.min(times.len()) {
        let until = times[(times.len() * look / LOOKS.min(times.len())) - 1];
        let seen = |rows: &Vec<usize>| -> Vec<f64> {
            rows.iter()
                .filter(|&&row| order[row].is_some_and(|time| time <= until))
                .map(|&row| outcome.values[row])
                .collect()
        };
        let values: Vec<Vec<f64>> = arms.rows.iter().map(seen).collect();
        if values.iter().any(|values| values.len() < 2) {
            continue;
        }
        let measured = values.iter().map(|v| Measured::of(v, outcome.is_rate)).collect::<Result<Vec<_>>>()?;
        let mut variants = Vec::new();
        for (name, treatment) in arms.names.iter().zip(&measured).skip(1) {
            let comparison = measured[0].compare(treatment, alpha)?;
            let people = measured[0].summary.n() + treatment.summary.n();
            let bounds = comparison.lift.and_then(|lift| sequential(&lift, people, alpha));
            let clear = sequential(&comparison.difference, people, alpha).is_some_and(|found| found.p_value < alpha);
            variants.push(json!({
                "variant": name,
                "lift": comparison.lift.map(|l| l.value),
                "sequential_ci_low": bounds.map(|b| b.interval.low),
                "sequential_ci_high": bounds.map(|b| b.interval.high),
                "clear": clear,
            }));
        }
        let n: usize = values.iter().map(Vec::len).sum();
        looks.push(
            json!({ "look": looks.len() + 1, "until": format_moment(until, true), "n": n, "variants": variants }),
        );
    }
    Ok(looks)
}
