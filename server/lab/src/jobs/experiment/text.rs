//! The comparison for people.

use crate::report::{Findings, Grid, bar, change, count, number, percent};
use serde_json::Value;

pub(super) fn add_sections(findings: &mut Findings, outcomes: &[Value]) {
    let p = findings.metrics.get("srm_p_value").and_then(Value::as_f64);
    let verdict = match p {
        Some(p) if p < super::SPLIT_ALARM => "the sizes do NOT fit the plan; trust nothing below",
        _ => "the sizes fit the plan",
    };
    findings.section("Split", format!("  sample-ratio check: p = {}; {verdict}\n", number(p)));
    for outcome in outcomes {
        let heading = format!(
            "{} ({})",
            outcome["outcome"].as_str().unwrap_or_default(),
            outcome["kind"].as_str().unwrap_or_default()
        );
        let body = table(outcome) + "\n" + &sentences(outcome);
        findings.section(&heading, body);
    }
}

fn table(outcome: &Value) -> String {
    let is_rate = outcome["kind"] == "rate";
    let mut grid =
        Grid::new(&["variant", "n", "mean", "lift", "from", "to", "p", "always valid from", "to", "best", "loss", ""]);
    for variant in outcome["variants"].as_array().into_iter().flatten() {
        let value = |key: &str| variant[key].as_f64();
        grid.row(vec![
            variant["variant"].as_str().unwrap_or_default().to_owned(),
            count(variant["n"].as_u64().unwrap_or(0)),
            if is_rate { percent(value("mean")) } else { number(value("mean")) },
            change(value("lift")),
            change(value("ci_low")),
            change(value("ci_high")),
            number(value("p_value")),
            change(value("sequential_ci_low")),
            change(value("sequential_ci_high")),
            percent(value("probability_best")),
            number(value("expected_loss")),
            bar(value("probability_best").unwrap_or(0.0), 12),
        ]);
    }
    grid.print()
}

/// One plain sentence per treatment, and what this many people can show.
fn sentences(outcome: &Value) -> String {
    let mut text = String::new();
    for variant in outcome["variants"].as_array().into_iter().flatten().filter(|v| v["is_control"] == false) {
        let name = variant["variant"].as_str().unwrap_or_default();
        // The difference decides: the interval of a ratio is rougher where the control is small.
        let (low, high) = (variant["difference_ci_low"].as_f64(), variant["difference_ci_high"].as_f64());
        let verdict = match (low, high) {
            (Some(low), _) if low > 0.0 => "is better than the control",
            (_, Some(high)) if high < 0.0 => "is worse than the control",
            _ => "cannot be told from the control",
        };
        let shown = |value: Option<f64>| match outcome["kind"] == "rate" {
            true => format!("{:+.2}", value.unwrap_or(0.0) * 100.0),
            false => format!("{:+.4}", value.unwrap_or(0.0)),
        };
        let unit = if outcome["kind"] == "rate" { " percentage points" } else { "" };
        let difference = variant["difference"].as_f64();
        text.push_str(&format!(
            "  {name} {verdict}: {}{unit}, between {} and {}\n",
            shown(difference),
            shown(low),
            shown(high)
        ));
        if let Some(reduction) = variant["cuped_variance_reduction"].as_f64() {
            let adjusted = &variant["cuped"];
            text.push_str(&format!(
                "  {name} with the covariate taken out ({} of the variance): lift {}, p {}\n",
                percent(Some(reduction)),
                change(adjusted["lift"].as_f64()),
                number(adjusted["p_value"].as_f64())
            ));
        }
    }
    let power = &outcome["power"];
    if let Some(lift) = power["detectable_lift"].as_f64() {
        let needed = |key: &str| power[key].as_u64().map_or("–".to_owned(), count);
        text.push_str(&format!(
            "  With {} people in the smallest variant a lift of {} is seen in 8 of 10 cases; +10% takes {} per variant, +20% {}\n",
            power["people_in_smallest_variant"].as_u64().map_or("–".to_owned(), count),
            change(Some(lift)),
            needed("people_per_variant_for_lift_10_percent"),
            needed("people_per_variant_for_lift_20_percent"),
        ));
    }
    text
}
