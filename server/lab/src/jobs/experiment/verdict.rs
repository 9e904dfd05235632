//! One outcome, all variants: how sure one can be.

use super::arms::{Arms, Outcome};
use crate::{Result, jobs::refused};
use bellwether_algorithms::statistics::{
    AlwaysValid, ArmChance, Baseline, Comparison, Covaried, Estimate, Interval, Rate, Summary, always_valid, best_mean,
    best_rate, compare_means, compare_rates, cuped, detectable_difference, sample_size_per_arm,
};
use serde_json::{Map, Value, json};

/// People around which the sequential interval is sharpest; the usual choice, made before seeing any data.
pub(super) const TUNING: f64 = 5_000.0;
const POWER: f64 = 0.8;

/// One entry per variant, the control first.
pub(super) fn variants(arms: &Arms, outcome: &Outcome, alpha: f64) -> Result<Vec<Value>> {
    let measured =
        arms.rows.iter().map(|rows| Measured::of(&outcome.of(rows), outcome.is_rate)).collect::<Result<Vec<_>>>()?;
    let chances = chances(&measured, outcome.is_rate);
    let mut entries = Vec::new();
    for (index, name) in arms.names.iter().enumerate() {
        let mut entry = Map::new();
        entry.insert("variant".into(), json!(name));
        entry.insert("is_control".into(), json!(index == 0));
        measured[index].add_to(&mut entry, alpha)?;
        let comparison = match index {
            0 => None,
            _ => Some(measured[0].compare(&measured[index], alpha)?),
        };
        let people = measured[0].summary.n() + measured[index].summary.n();
        add_comparison(&mut entry, comparison.as_ref(), people, alpha);
        let chance = chances.as_ref().map(|chances| chances[index]);
        entry.insert("probability_best".into(), json!(chance.map(|c| c.probability_best.clamp(0.0, 1.0))));
        entry.insert("expected_loss".into(), json!(chance.map(|c| c.expected_loss.max(0.0))));
        add_cuped(&mut entry, arms, outcome, index, alpha)?;
        entries.push(Value::Object(entry));
    }
    Ok(entries)
}

/// What this many people can show at all.
pub(super) fn power(arms: &Arms, outcome: &Outcome, alpha: f64) -> Value {
    let Ok(control) = Measured::of(&outcome.of(&arms.rows[0]), outcome.is_rate) else { return Value::Null };
    let baseline = match control.rate {
        Some(rate) => Baseline::Rate(rate.value()),
        None => Baseline::Mean { mean: control.summary.mean(), sd: control.summary.variance().unwrap_or(0.0).sqrt() },
    };
    let smallest = arms.rows.iter().map(Vec::len).min().unwrap_or(0) as u64;
    let needed = |lift: f64| sample_size_per_arm(baseline, lift, alpha, POWER).ok();
    json!({
        "power": POWER,
        "people_in_smallest_variant": smallest,
        "detectable_lift": detectable_difference(baseline, smallest, alpha, POWER).ok().flatten(),
        "people_per_variant_for_lift_10_percent": needed(0.1),
        "people_per_variant_for_lift_20_percent": needed(0.2),
    })
}

/// One arm's outcome.
pub(super) struct Measured {
    pub summary: Summary,
    rate: Option<Rate>,
}

impl Measured {
    pub fn of(values: &[f64], is_rate: bool) -> Result<Self> {
        if is_rate {
            let successes = values.iter().filter(|v| **v == 1.0).count() as u64;
            let rate = Rate::new(values.len() as u64, successes).map_err(refused)?;
            return Ok(Self { summary: rate.summary(), rate: Some(rate) });
        }
        Ok(Self { summary: Summary::from_values(values).map_err(refused)?, rate: None })
    }

    /// This arm as the control of another.
    pub fn compare(&self, treatment: &Self, alpha: f64) -> Result<Comparison> {
        match (&self.rate, &treatment.rate) {
            (Some(control), Some(treatment)) => compare_rates(control, treatment, alpha),
            _ => compare_means(&self.summary, &treatment.summary, alpha),
        }
        .map_err(refused)
    }

    fn add_to(&self, entry: &mut Map<String, Value>, alpha: f64) -> Result<()> {
        let interval: Option<Interval> = match &self.rate {
            Some(rate) => Some(rate.wilson(alpha).map_err(refused)?),
            None => self.summary.interval(alpha).map_err(refused)?,
        };
        entry.insert("n".into(), json!(self.summary.n()));
        entry.insert("sum".into(), json!(self.summary.sum()));
        entry.insert("mean".into(), json!(self.summary.mean()));
        entry.insert("sd".into(), json!(self.summary.variance().map(f64::sqrt)));
        entry.insert("mean_ci_low".into(), json!(interval.map(|i| i.low)));
        entry.insert("mean_ci_high".into(), json!(interval.map(|i| i.high)));
        Ok(())
    }
}

fn chances(measured: &[Measured], is_rate: bool) -> Option<Vec<ArmChance>> {
    if is_rate {
        let rates: Vec<Rate> = measured.iter().filter_map(|m| m.rate).collect();
        return best_rate(&rates, (1.0, 1.0)).ok();
    }
    // Not defined where an arm does not vary.
    best_mean(&measured.iter().map(|m| m.summary).collect::<Vec<_>>()).ok()
}

fn add_comparison(entry: &mut Map<String, Value>, comparison: Option<&Comparison>, people: u64, alpha: f64) {
    let lift = comparison.and_then(|c| c.lift);
    let difference = comparison.map(|c| c.difference);
    let sequential = |estimate: Option<Estimate>| estimate.and_then(|estimate| sequential(&estimate, people, alpha));
    let (lift_sequence, difference_sequence) = (sequential(lift), sequential(difference));
    let mut add = |name: &str, value: Option<f64>| entry.insert(name.to_owned(), json!(value));
    add("lift", lift.map(|l| l.value));
    add("ci_low", lift.map(|l| l.interval.low));
    add("ci_high", lift.map(|l| l.interval.high));
    add("p_value", comparison.and_then(|c| c.p_value));
    add("sequential_ci_low", lift_sequence.map(|s| s.interval.low));
    add("sequential_ci_high", lift_sequence.map(|s| s.interval.high));
    add("sequential_p_value", difference_sequence.map(|s| s.p_value));
    add("difference", difference.map(|d| d.value));
    add("difference_ci_low", difference.map(|d| d.interval.low));
    add("difference_ci_high", difference.map(|d| d.interval.high));
    add("difference_sequential_ci_low", difference_sequence.map(|s| s.interval.low));
    add("difference_sequential_ci_high", difference_sequence.map(|s| s.interval.high));
}

/// The interval that may be looked at any time; `None` where nothing varies.
pub(super) fn sequential(estimate: &Estimate, people: u64, alpha: f64) -> Option<AlwaysValid> {
    always_valid(estimate.value, estimate.standard_error, people, alpha, TUNING).ok()
}

/// The comparison with what was known before taken out.
fn add_cuped(entry: &mut Map<String, Value>, arms: &Arms, outcome: &Outcome, index: usize, alpha: f64) -> Result<()> {
    let (Some(covariate), 1..) = (&arms.covariate, index) else {
        entry.insert("cuped_variance_reduction".into(), Value::Null);
        return Ok(());
    };
    let covaried = |rows: &[usize]| {
        Covaried::from_pairs(&rows.iter().map(|&row| (covariate[row], outcome.values[row])).collect::<Vec<_>>())
    };
    let adjusted = cuped(&covaried(&arms.rows[0]), &covaried(&arms.rows[index])).map_err(refused)?;
    let comparison = compare_means(&adjusted.control, &adjusted.treatment, alpha).map_err(refused)?;
    entry.insert("cuped_variance_reduction".into(), json!(adjusted.variance_reduction));
    entry.insert(
        "cuped".into(),
        json!({
            "theta": adjusted.theta,
            "lift": comparison.lift.map(|l| l.value),
            "ci_low": comparison.lift.map(|l| l.interval.low),
            "ci_high": comparison.lift.map(|l| l.interval.high),
            "p_value": comparison.p_value,
            "difference": comparison.difference.value,
            "difference_ci_low": comparison.difference.interval.low,
            "difference_ci_high": comparison.difference.interval.high,
        }),
    );
    Ok(())
}
