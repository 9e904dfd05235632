//! Randomised experiments: what an arm caused, from sums per arm.
//!
//! The order of questions is fixed. Were people divided as planned? If not, no number is trusted. Then each arm against
//! the control: difference, relative lift, intervals, p-value. Then: how many people would a clearer answer need? With
//! several arms against one control, a difference counts only at `alpha` divided by their number (Bonferroni); among the
//! many parts of arms, only what is left when the share of false alarms is held at `alpha` (Benjamini and Hochberg).

mod verdict;

pub use verdict::Verdict;

use bellwether_algorithms::statistics::{
    Baseline, Comparison, Rate, Summary, benjamini_hochberg, compare_means, compare_rates, sample_ratio_check,
    sample_size_per_arm,
};
use bellwether_domain::{ArmSummary, ExperimentDefinition, Metric, MetricKind, SegmentArm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The chance of a false alarm that is accepted.
pub const ALPHA: f64 = 0.05;
/// Below this p-value of the sample ratio the division of people is broken.
pub const SAMPLE_RATIO_THRESHOLD: f64 = 0.001;
/// The chance of seeing an effect that is there.
const POWER: f64 = 0.8;
/// The relative effects that the power table is about.
const EFFECTS: [f64; 2] = [0.1, 0.2];

/// Why an experiment cannot be analysed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The definition speaks of an arm or metric that has no numbers.
    #[error("experiment `{experiment}` has no numbers for arm `{arm}` and metric `{metric}`; import its data again")]
    Missing {
        /// Which experiment.
        experiment: String,
        /// Which arm.
        arm: String,
        /// Which metric.
        metric: String,
    },
    /// The planned shares are not those of these arms.
    #[error(
        "experiment `{experiment}` plans {shares} shares for {arms} arms; give every arm a share, or none, and import its data again"
    )]
    Allocation {
        /// Which experiment.
        experiment: String,
        /// Planned shares.
        shares: usize,
        /// Arms that have numbers.
        arms: usize,
    },
    /// The numbers are not such that statistics can be made of them.
    #[error("experiment `{experiment}`: {source}")]
    Statistics {
        /// Which experiment.
        experiment: String,
        /// What is wrong.
        source: bellwether_algorithms::Error,
    },
}

/// Everything that an experiment says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Of every interval here.
    pub confidence: f64,
    /// The plain answer on the most important metric.
    pub verdict: Verdict,
    /// Arms, the control first.
    pub arms: Vec<ArmShare>,
    /// Whether people were divided as planned.
    pub sample_ratio: SampleRatio,
    /// One per metric, the most important first.
    pub metrics: Vec<MetricAnalysis>,
    /// The steps of the customer's way: the exposed, then each rate in the metrics' order.
    pub funnel: Vec<FunnelStep>,
    /// The effect within parts of the arms.
    pub segments: Vec<SegmentEffect>,
    /// What messages returned, where their cost was stated and an amount was measured.
    pub returns: Vec<ArmReturn>,
}

/// How many people an arm has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmShare {
    /// Which.
    pub arm: String,
    /// People in it.
    pub n: u64,
    /// Planned part of all, 0 to 1.
    pub planned_share: f64,
    /// Part of all that came out, 0 to 1.
    pub share: f64,
}

/// Whether people were divided as planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleRatio {
    /// Pearson's χ².
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: u32,
    /// How often a sound division deviates so much or more.
    pub p_value: f64,
    /// Whether that is above the threshold.
    pub ok: bool,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricAnalysis {
    /// Which.
    pub metric: Metric,
    /// Each arm by itself, the control first.
    pub arms: Vec<ArmEstimate>,
    /// Each other arm against the control.
    pub comparisons: Vec<ArmComparison>,
    /// People per arm that clearer answers need.
    pub power: Vec<Required>,
}

/// An arm's mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmEstimate {
    /// Which.
    pub arm: String,
    /// People.
    pub n: u64,
    /// Sum of the outcome.
    pub sum: f64,
    /// Rate, or amount per person.
    pub mean: f64,
    /// Lower bound: Wilson's for rates, Student's for amounts.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// An arm against the control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmComparison {
    /// Which.
    pub arm: String,
    /// Its mean less the control's.
    pub difference: f64,
    /// Lower bound.
    pub difference_low: f64,
    /// Upper bound.
    pub difference_high: f64,
    /// The difference over the control's mean; `None` where that is nothing.
    pub lift: Option<f64>,
    /// Lower bound.
    pub lift_low: Option<f64>,
    /// Upper bound.
    pub lift_high: Option<f64>,
    /// Two-sided; `None` where nothing varies.
    pub p_value: Option<f64>,
    /// Whether chance is an unlikely explanation, the number of comparisons considered.
    pub significant: bool,
}

/// People per arm to see an effect, as many arms as there are considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Required {
    /// Over the control's mean.
    pub relative_effect: f64,
    /// The chance of seeing it.
    pub power: f64,
    /// People per arm; `None` where the control's mean is nothing.
    pub per_arm: Option<u64>,
}

/// One step of the customer's way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelStep {
    /// `exposed`, or the metric's key.
    pub step: String,
    /// Arm, people who came this far, part of the arm.
    pub arms: Vec<(String, u64, f64)>,
}

/// The effect within the part of the arms that shares a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentEffect {
    /// The column.
    pub column: String,
    /// Its value.
    pub value: String,
    /// The metric's key.
    pub metric: String,
    /// The control's part.
    pub control: ArmEstimate,
    /// The arm's part.
    pub treated: ArmEstimate,
    /// One against the other.
    pub comparison: ArmComparison,
}

/// What an arm's messages returned. The cost is that of one message to everybody in the arm and to nobody in the control, which
/// is right where the control got nothing; the return is revenue, of which goods and handling are still to be paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmReturn {
    /// Which.
    pub arm: String,
    /// The amount that counts as revenue.
    pub metric: String,
    /// What the messages cost.
    pub cost: f64,
    /// Difference per person times people: value, lower and upper bound.
    pub incremental_revenue: [f64; 3],
    /// Incremental revenue less cost, over cost: value, lower and upper bound. `None` where messages cost nothing.
    pub roi: Option<[f64; 3]>,
}

/// Analyses an experiment from its sums.
pub fn analyse(
    definition: &ExperimentDefinition,
    arms: &[ArmSummary],
    segments: &[SegmentArm],
) -> Result<Analysis, Error> {
    let names = arm_names(definition, arms);
    let first = definition.metrics.first().map_or("", |metric| metric.key.as_str());
    let sizes = names
        .iter()
        .map(|arm| find(definition, arms, arm, first).map(|summary| summary.n))
        .collect::<Result<Vec<_>, _>>()?;
    let planned = planned_shares(definition, arms, &names)?;
    let sample_ratio = statistics(definition, sample_ratio(&sizes, &planned))?;
    let metrics = definition
        .metrics
        .iter()
        .map(|metric| analyse_metric(definition, metric, &names, arms))
        .collect::<Result<Vec<_>, _>>()?;
    let total: u64 = sizes.iter().sum();
    Ok(Analysis {
        confidence: 1.0 - ALPHA,
        verdict: verdict::of(&sample_ratio, metrics.first()),
        arms: names
            .iter()
            .zip(&sizes)
            .zip(&planned)
            .map(|((arm, n), planned_share)| ArmShare {
                arm: arm.clone(),
                n: *n,
                planned_share: *planned_share,
                share: *n as f64 / total.max(1) as f64,
            })
            .collect(),
        funnel: funnel(&metrics, &names, &sizes),
        segments: segment_effects(definition, segments)?,
        returns: returns(definition, &metrics),
        sample_ratio,
        metrics,
    })
}

/// The control first, then the others in the order in which they were given.
fn arm_names(definition: &ExperimentDefinition, arms: &[ArmSummary]) -> Vec<String> {
    let mut names = vec![definition.control.clone()];
    for arm in arms {
        if !names.contains(&arm.arm) {
            names.push(arm.arm.clone());
        }
    }
    names
}

/// `allocation` follows the order in which the arms were given; the control stands first here.
fn planned_shares(definition: &ExperimentDefinition, arms: &[ArmSummary], names: &[String]) -> Result<Vec<f64>, Error> {
    let shares = definition.allocation.len();
    if shares == 0 {
        return Ok(vec![1.0 / names.len() as f64; names.len()]);
    }
    let mut given: Vec<&str> = Vec::new();
    for arm in arms {
        if !given.contains(&arm.arm.as_str()) {
            given.push(&arm.arm);
        }
    }
    if shares != given.len() || shares != names.len() {
        return Err(Error::Allocation { experiment: definition.slug.clone(), shares, arms: names.len() });
    }
    let whole: f64 = definition.allocation.iter().sum();
    let share = |name: &String| given.iter().zip(&definition.allocation).find(|(arm, _)| *arm == name);
    Ok(names.iter().filter_map(share).map(|(_, share)| share / whole).collect())
}

fn sample_ratio(sizes: &[u64], planned: &[f64]) -> bellwether_algorithms::Result<SampleRatio> {
    if sizes.len() < 2 || sizes.iter().sum::<u64>() == 0 {
        // Nothing was divided, so nothing was divided wrongly.
        return Ok(SampleRatio { chi_square: 0.0, degrees_of_freedom: 0, p_value: 1.0, ok: true });
    }
    let check = sample_ratio_check(sizes, planned)?;
    Ok(SampleRatio {
        chi_square: check.statistic,
        degrees_of_freedom: sizes.len() as u32 - 1,
        p_value: check.p_value,
        ok: check.p_value >= SAMPLE_RATIO_THRESHOLD,
    })
}

/// Whether the arms lost different parts of their rows to bad data, more clearly than chance explains: what is left of them
/// may be unlike people then.
pub fn lost_unevenly(rejected: &[u64], kept: &[u64]) -> bool {
    let read: Vec<f64> = rejected.iter().zip(kept).map(|(rejected, kept)| (rejected + kept) as f64).collect();
    sample_ratio_check(rejected, &read).is_ok_and(|check| check.p_value < SAMPLE_RATIO_THRESHOLD)
}

fn find<'a>(
    definition: &ExperimentDefinition,
    arms: &'a [ArmSummary],
    arm: &str,
    metric: &str,
) -> Result<&'a ArmSummary, Error> {
    arms.iter().find(|summary| summary.arm == arm && summary.metric == metric).ok_or_else(|| Error::Missing {
        experiment: definition.slug.clone(),
        arm: arm.to_owned(),
        metric: metric.to_owned(),
    })
}

fn statistics<T>(definition: &ExperimentDefinition, result: bellwether_algorithms::Result<T>) -> Result<T, Error> {
    result.map_err(|source| Error::Statistics { experiment: definition.slug.clone(), source })
}

fn analyse_metric(
    definition: &ExperimentDefinition,
    metric: &Metric,
    names: &[String],
    arms: &[ArmSummary],
) -> Result<MetricAnalysis, Error> {
    let summaries =
        names.iter().map(|name| find(definition, arms, name, &metric.key)).collect::<Result<Vec<_>, _>>()?;
    statistics(definition, metric_of(metric, &summaries))
}

fn metric_of(metric: &Metric, summaries: &[&ArmSummary]) -> bellwether_algorithms::Result<MetricAnalysis> {
    let (control, treated) = (summaries[0], &summaries[1..]);
    let threshold = ALPHA / treated.len().max(1) as f64;
    let comparisons = treated
        .iter()
        .filter(|arm| can_be_compared(control, arm))
        .map(|arm| comparison(metric.kind, control, arm, threshold))
        .collect::<bellwether_algorithms::Result<_>>()?;
    let people = summaries.iter().filter(|arm| arm.n > 0);
    Ok(MetricAnalysis {
        metric: metric.clone(),
        arms: people.map(|arm| estimate(metric.kind, arm)).collect::<bellwether_algorithms::Result<_>>()?,
        comparisons,
        power: EFFECTS.iter().map(|effect| required(metric.kind, control, *effect, threshold)).collect(),
    })
}

/// One person has no variance, and no effect can be said.
fn can_be_compared(control: &ArmSummary, arm: &ArmSummary) -> bool {
    arm.n >= 2 && control.n >= 2
}

fn rate(arm: &ArmSummary) -> bellwether_algorithms::Result<Rate> {
    Rate::new(arm.n, arm.sum.round() as u64)
}

fn summary(arm: &ArmSummary) -> bellwether_algorithms::Result<Summary> {
    Summary::from_sums(arm.n, arm.sum, arm.sum_squares)
}

fn estimate(kind: MetricKind, arm: &ArmSummary) -> bellwether_algorithms::Result<ArmEstimate> {
    let mean = summary(arm)?.mean();
    let interval = match kind {
        MetricKind::Rate => Some(rate(arm)?.wilson(ALPHA)?),
        MetricKind::Amount => summary(arm)?.interval(ALPHA)?,
    };
    let (low, high) = interval.map_or((mean, mean), |interval| (interval.low, interval.high));
    Ok(ArmEstimate { arm: arm.arm.clone(), n: arm.n, sum: arm.sum, mean, low, high })
}

/// `threshold` is the p-value from which chance is a likely explanation.
fn comparison(
    kind: MetricKind,
    control: &ArmSummary,
    arm: &ArmSummary,
    threshold: f64,
) -> bellwether_algorithms::Result<ArmComparison> {
    let Comparison { difference, lift, p_value, .. } = match kind {
        MetricKind::Rate => compare_rates(&rate(control)?, &rate(arm)?, ALPHA)?,
        MetricKind::Amount => compare_means(&summary(control)?, &summary(arm)?, ALPHA)?,
    };
    Ok(ArmComparison {
        arm: arm.arm.clone(),
        difference: difference.value,
        difference_low: difference.interval.low,
        difference_high: difference.interval.high,
        lift: lift.map(|lift| lift.value),
        lift_low: lift.map(|lift| lift.interval.low),
        lift_high: lift.map(|lift| lift.interval.high),
        p_value,
        significant: p_value.is_some_and(|p| p < threshold),
    })
}

fn required(kind: MetricKind, control: &ArmSummary, effect: f64, alpha: f64) -> Required {
    let mean = if control.n > 0 { control.sum / control.n as f64 } else { 0.0 };
    let baseline = match kind {
        MetricKind::Rate => Some(Baseline::Rate(mean)),
        MetricKind::Amount => {
            let variance = summary(control).ok().and_then(|summary| summary.variance());
            variance.map(|variance| Baseline::Mean { mean, sd: variance.sqrt() })
        }
    };
    let per_arm = baseline.and_then(|baseline| sample_size_per_arm(baseline, effect, alpha, POWER).ok());
    Required { relative_effect: effect, power: POWER, per_arm }
}

fn funnel(metrics: &[MetricAnalysis], names: &[String], sizes: &[u64]) -> Vec<FunnelStep> {
    let exposed = names.iter().zip(sizes).map(|(arm, n)| (arm.clone(), *n, 1.0)).collect();
    let mut steps = vec![FunnelStep { step: "exposed".to_owned(), arms: exposed }];
    for metric in metrics.iter().filter(|metric| metric.metric.kind == MetricKind::Rate) {
        let arms = metric.arms.iter().map(|arm| (arm.arm.clone(), arm.sum.round() as u64, arm.mean)).collect();
        steps.push(FunnelStep { step: metric.metric.key.clone(), arms });
    }
    steps
}

fn segment_effects(definition: &ExperimentDefinition, segments: &[SegmentArm]) -> Result<Vec<SegmentEffect>, Error> {
    let mut cells: BTreeMap<(&str, &str, &str), Vec<&ArmSummary>> = BTreeMap::new();
    for part in segments {
        cells.entry((&part.column, &part.value, &part.summary.metric)).or_default().push(&part.summary);
    }
    let mut effects = Vec::new();
    for ((column, value, key), arms) in cells {
        let Some(metric) = definition.metrics.iter().find(|metric| metric.key == key) else { continue };
        let Some(control) = arms.iter().find(|arm| arm.arm == definition.control) else { continue };
        let treated: Vec<_> = arms.iter().filter(|arm| arm.arm != definition.control).collect();
        for arm in &treated {
            if !can_be_compared(control, arm) {
                continue;
            }
            effects.push(SegmentEffect {
                column: column.to_owned(),
                value: value.to_owned(),
                metric: key.to_owned(),
                control: statistics(definition, estimate(metric.kind, control))?,
                treated: statistics(definition, estimate(metric.kind, arm))?,
                comparison: statistics(definition, comparison(metric.kind, control, arm, ALPHA))?,
            });
        }
    }
    // Of so many parts some look clear by chance.
    let p_values: Vec<Option<f64>> = effects.iter().map(|effect: &SegmentEffect| effect.comparison.p_value).collect();
    for (effect, clear) in effects.iter_mut().zip(benjamini_hochberg(&p_values, ALPHA)) {
        effect.comparison.significant = clear;
    }
    Ok(effects)
}

fn returns(definition: &ExperimentDefinition, metrics: &[MetricAnalysis]) -> Vec<ArmReturn> {
    let Some(cost_each) = definition.cost_per_message.map(|cost| cost.to_f64()) else { return Vec::new() };
    let Some(amount) = metrics.iter().find(|metric| metric.metric.kind == MetricKind::Amount) else {
        return Vec::new();
    };
    amount
        .comparisons
        .iter()
        .filter_map(|comparison| {
            let people = amount.arms.iter().find(|arm| arm.arm == comparison.arm)?.n as f64;
            let cost = cost_each * people;
            let revenue = [comparison.difference, comparison.difference_low, comparison.difference_high]
                .map(|per_person| per_person * people);
            Some(ArmReturn {
                arm: comparison.arm.clone(),
                metric: amount.metric.key.clone(),
                cost,
                incremental_revenue: revenue,
                roi: (cost > 0.0).then(|| revenue.map(|revenue| (revenue - cost) / cost)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
