//! `GET /experiments/{slug}`: one randomised comparison with its honest numbers.

use crate::{
    experiments::{
        analysis::describe,
        list::{ExperimentMetric, ExperimentSummary},
    },
    extract::ApiPath,
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::Sentence,
};
use axum::{Json, extract::State};
use bellwether_evaluate::experiment::analyse;
use serde::Serialize;
use utoipa::ToSchema;

/// One randomised comparison with its numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExperimentDetail {
    /// The experiment itself.
    pub experiment: ExperimentSummary,
    /// The confidence of every interval here, for example 0.95.
    pub confidence: f64,
    /// The plain sentence on the most important metric: `better` or `worse` (`arm`, `control`, `metric`, `lift`, `low`,
    /// `high`, `p_value`), `no_difference`, `not_as_planned` (`p_value`: people were not divided as planned, and no number
    /// can be trusted), or `nothing_to_compare`.
    pub verdict: Sentence,
    /// The arms, the control first.
    pub arms: Vec<ExperimentArm>,
    /// Whether people were divided as planned.
    pub sample_ratio: SampleRatio,
    /// The numbers, one entry per metric, the most important first.
    pub metrics: Vec<MetricResult>,
    /// The steps of the customer's way per arm, in order of the metrics.
    pub funnel: Vec<ExperimentFunnelStep>,
    /// The effect within the parts of the arms that share a value of a column.
    pub segments: Vec<SegmentEffect>,
    /// What the messages returned, where their cost was stated.
    pub roi: Vec<ArmRoi>,
}

/// One arm.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExperimentArm {
    /// Its name.
    pub arm: String,
    /// Whether the others are compared with it.
    pub is_control: bool,
    /// People in it.
    pub n: u64,
    /// Share that was planned, 0 to 1.
    pub planned_share: f64,
    /// Share that came out, 0 to 1.
    pub share: f64,
}

/// Whether people were divided as planned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SampleRatio {
    /// Pearson's chi-square of the arms' sizes against the plan.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: u32,
    /// The chance of a division at least this uneven when everything works.
    pub p_value: f64,
    /// Below this p-value the division counts as broken.
    pub threshold: f64,
    /// Whether the division is as planned, as far as chance allows.
    pub ok: bool,
}

/// The numbers of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MetricResult {
    /// Which.
    pub metric: ExperimentMetric,
    /// Each arm by itself, the control first.
    pub arms: Vec<ArmEstimate>,
    /// Each other arm against the control.
    pub comparisons: Vec<ArmComparison>,
    /// People per arm needed to see an effect of a given size.
    pub power: Vec<RequiredExposures>,
}

/// One arm's mean.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArmEstimate {
    /// Which arm.
    pub arm: String,
    /// People in it.
    pub n: u64,
    /// Sum of the outcome.
    pub sum: f64,
    /// Rate, or amount per person.
    pub mean: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// One arm against the control.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArmComparison {
    /// Which arm.
    pub arm: String,
    /// Its mean less the control's.
    pub difference: f64,
    /// Lower end of the difference's interval.
    pub difference_low: f64,
    /// Upper end of the difference's interval.
    pub difference_high: f64,
    /// The difference over the control's mean; absent when that is nothing.
    pub lift: Option<f64>,
    /// Lower end of the lift's interval.
    pub lift_low: Option<f64>,
    /// Upper end of the lift's interval.
    pub lift_high: Option<f64>,
    /// The chance of a difference at least this large when there is no effect; absent where it cannot be computed.
    pub p_value: Option<f64>,
    /// Whether chance alone is an unlikely explanation.
    pub significant: bool,
    /// The same in a sentence: `better`, `worse` or `no_difference`, with `arm`, `control`, `metric` (its key), `lift`,
    /// `low`, `high` and `p_value`.
    pub verdict: Sentence,
}

/// People per arm needed to see an effect.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RequiredExposures {
    /// The effect over the control's mean, for example 0.1.
    pub relative_effect: f64,
    /// The chance of seeing it, for example 0.8.
    pub power: f64,
    /// People per arm; absent where the control's mean is nothing.
    pub per_arm: Option<u64>,
}

/// One step of the customer's way.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExperimentFunnelStep {
    /// The metric's key, or `exposed` for the first step.
    pub step: String,
    /// Each arm, the control first.
    pub arms: Vec<FunnelArm>,
}

/// One arm at one step.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FunnelArm {
    /// Which arm.
    pub arm: String,
    /// People who came this far.
    pub count: u64,
    /// Of all people in the arm, 0 to 1.
    pub rate: f64,
}

/// The effect within a part of the arms.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SegmentEffect {
    /// The column, for example `channel`.
    pub column: String,
    /// Its value, for example `Web`.
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

/// What the messages of an arm returned.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArmRoi {
    /// Which arm.
    pub arm: String,
    /// The amount metric that counts as revenue.
    pub metric: String,
    /// What the messages cost.
    pub cost: f64,
    /// Revenue that they caused: the difference per person, times people.
    pub incremental_revenue: f64,
    /// Lower end of its interval.
    pub incremental_revenue_low: f64,
    /// Upper end of its interval.
    pub incremental_revenue_high: f64,
    /// Caused revenue less cost, over cost; absent when the cost is nothing.
    pub roi: Option<f64>,
    /// Lower end of its interval.
    pub roi_low: Option<f64>,
    /// Upper end of its interval.
    pub roi_high: Option<f64>,
}

/// One randomised comparison with its honest numbers.
#[utoipa::path(get, path = "/experiments/{slug}", tag = "experiments", operation_id = "getExperiment",
    params(("slug" = String, Path, description = "For example `open-bandit-women`")),
    responses(
        (status = 200, body = ExperimentDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_experiment(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<Json<ExperimentDetail>, Problem> {
    let found = state.store.experiment_by_slug(&slug).await?;
    let (definition, arms, segments) = found.ok_or_else(|| Problem::not_found("experiment", &slug))?;
    let analysis = analyse(&definition, &arms, &segments).map_err(|error| {
        tracing::error!(%error, "an experiment cannot be analysed");
        Problem::new(ProblemCode::Internal, error.to_string())
    })?;
    Ok(Json(describe(&definition, analysis)))
}
