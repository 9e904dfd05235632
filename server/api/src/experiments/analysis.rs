//! From what the evaluate stage says of an experiment to the API's shapes.

use crate::{
    experiments::{
        list::ExperimentSummary,
        show::{
            ArmComparison, ArmEstimate, ArmRoi, ExperimentArm, ExperimentDetail, ExperimentFunnelStep, FunnelArm,
            MetricResult, RequiredExposures, SampleRatio, SegmentEffect,
        },
    },
    words::Sentence,
};
use bellwether_domain::ExperimentDefinition;
use bellwether_evaluate::experiment::{self, Analysis, MetricAnalysis, SAMPLE_RATIO_THRESHOLD, Verdict};
use serde_json::{Value, json};

/// Everything that an experiment says.
pub fn describe(definition: &ExperimentDefinition, analysis: Analysis) -> ExperimentDetail {
    let control = definition.control.as_str();
    let metric = definition.metrics.first().map_or("", |metric| metric.key.as_str());
    ExperimentDetail {
        experiment: ExperimentSummary::from(definition),
        confidence: analysis.confidence,
        verdict: verdict(&analysis.verdict, metric),
        arms: analysis.arms.into_iter().map(|arm| share(arm, control)).collect(),
        sample_ratio: sample_ratio(&analysis.sample_ratio),
        metrics: analysis.metrics.into_iter().map(|metric| result(metric, control)).collect(),
        funnel: analysis.funnel.into_iter().map(funnel_step).collect(),
        segments: analysis.segments.into_iter().map(|effect| segment(effect, control)).collect(),
        roi: analysis.returns.into_iter().map(roi).collect(),
    }
}

fn verdict(verdict: &Verdict, metric: &str) -> Sentence {
    let (code, params) = match verdict {
        Verdict::NotAsPlanned { p_value } => ("not_as_planned", json!({ "p_value": p_value })),
        Verdict::Better(f) => ("better", found([&f.arm, &f.control, metric], f.lift, f.p_value)),
        Verdict::Worse(f) => ("worse", found([&f.arm, &f.control, metric], f.lift, f.p_value)),
        Verdict::NoDifferenceSeen { .. } => ("no_difference", json!({ "metric": metric })),
        Verdict::NothingToCompare => ("nothing_to_compare", json!({})),
    };
    Sentence { code: code.to_owned(), params: params.into() }
}

fn found([arm, control, metric]: [&str; 3], lift: Option<[f64; 3]>, p_value: f64) -> Value {
    let [lift, low, high] = lift.map_or([None; 3], |bounds| bounds.map(Some));
    json!({
        "arm": arm,
        "control": control,
        "metric": metric,
        "lift": lift,
        "low": low,
        "high": high,
        "p_value": p_value,
    })
}

fn share(arm: experiment::ArmShare, control: &str) -> ExperimentArm {
    ExperimentArm {
        is_control: arm.arm == control,
        arm: arm.arm,
        n: arm.n,
        planned_share: arm.planned_share,
        share: arm.share,
    }
}

fn sample_ratio(ratio: &experiment::SampleRatio) -> SampleRatio {
    SampleRatio {
        chi_square: ratio.chi_square,
        degrees_of_freedom: ratio.degrees_of_freedom,
        p_value: ratio.p_value,
        threshold: SAMPLE_RATIO_THRESHOLD,
        ok: ratio.ok,
    }
}

fn result(analysis: MetricAnalysis, control: &str) -> MetricResult {
    let key = &analysis.metric.key;
    let required = |required: experiment::Required| RequiredExposures {
        relative_effect: required.relative_effect,
        power: required.power,
        per_arm: required.per_arm,
    };
    MetricResult {
        metric: (&analysis.metric).into(),
        arms: analysis.arms.into_iter().map(estimate).collect(),
        comparisons: analysis.comparisons.into_iter().map(|arm| comparison(arm, control, key)).collect(),
        power: analysis.power.into_iter().map(required).collect(),
    }
}

fn estimate(arm: experiment::ArmEstimate) -> ArmEstimate {
    ArmEstimate { arm: arm.arm, n: arm.n, sum: arm.sum, mean: arm.mean, low: arm.low, high: arm.high }
}

fn comparison(arm: experiment::ArmComparison, control: &str, metric: &str) -> ArmComparison {
    let code = match (arm.significant, arm.difference > 0.0) {
        (false, _) => "no_difference",
        (true, true) => "better",
        (true, false) => "worse",
    };
    let params = json!({
        "arm": arm.arm,
        "control": control,
        "metric": metric,
        "lift": arm.lift,
        "low": arm.lift_low,
        "high": arm.lift_high,
        "p_value": arm.p_value,
    });
    ArmComparison {
        arm: arm.arm,
        difference: arm.difference,
        difference_low: arm.difference_low,
        difference_high: arm.difference_high,
        lift: arm.lift,
        lift_low: arm.lift_low,
        lift_high: arm.lift_high,
        p_value: arm.p_value,
        significant: arm.significant,
        verdict: Sentence { code: code.to_owned(), params: params.into() },
    }
}

fn funnel_step(step: experiment::FunnelStep) -> ExperimentFunnelStep {
    let arms = step.arms.into_iter().map(|(arm, count, rate)| FunnelArm { arm, count, rate }).collect();
    ExperimentFunnelStep { step: step.step, arms }
}

fn segment(effect: experiment::SegmentEffect, control: &str) -> SegmentEffect {
    SegmentEffect {
        comparison: comparison(effect.comparison, control, &effect.metric),
        column: effect.column,
        value: effect.value,
        metric: effect.metric,
        control: estimate(effect.control),
        treated: estimate(effect.treated),
    }
}

fn roi(arm: experiment::ArmReturn) -> ArmRoi {
    let [revenue, low, high] = arm.incremental_revenue;
    let [roi, roi_low, roi_high] = arm.roi.map_or([None; 3], |bounds| bounds.map(Some));
    ArmRoi {
        arm: arm.arm,
        metric: arm.metric,
        cost: arm.cost,
        incremental_revenue: revenue,
        incremental_revenue_low: low,
        incremental_revenue_high: high,
        roi,
        roi_low,
        roi_high,
    }
}
