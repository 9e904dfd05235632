//! `GET /experiments`: every randomised comparison.

use crate::{problem::Problem, state::ApiState, words::LocalizedText};
use axum::{Json, extract::State};
use bellwether_domain::{ExperimentDefinition, ExperimentKind, Metric, MetricKind};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// An experiment in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExperimentSummary {
    /// Which.
    pub id: String,
    /// Its address: `/experiments/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What was shown to whom, where the data comes from, and its licence.
    pub description: LocalizedText,
    /// Where its numbers come from.
    pub kind: ExperimentKindName,
    /// The arm that the others are compared with.
    pub control: String,
    /// The outcomes, the most important first.
    pub metrics: Vec<ExperimentMetric>,
    /// ISO 4217 of amounts.
    pub currency: String,
    /// When it was imported or ended.
    pub ended_at: DateTime<Utc>,
}

impl From<&ExperimentDefinition> for ExperimentSummary {
    fn from(experiment: &ExperimentDefinition) -> Self {
        Self {
            id: experiment.id.to_string(),
            slug: experiment.slug.clone(),
            name: experiment.name.clone().into(),
            description: experiment.description.clone().into(),
            kind: match experiment.kind {
                ExperimentKind::Imported => ExperimentKindName::Imported,
                ExperimentKind::Campaign => ExperimentKindName::Campaign,
            },
            control: experiment.control.clone(),
            metrics: experiment.metrics.iter().map(ExperimentMetric::from).collect(),
            currency: experiment.currency.clone(),
            ended_at: experiment.ended_at,
        }
    }
}

impl From<&Metric> for ExperimentMetric {
    fn from(metric: &Metric) -> Self {
        let kind = match metric.kind {
            MetricKind::Rate => MetricKindName::Rate,
            MetricKind::Amount => MetricKindName::Amount,
        };
        Self { key: metric.key.clone(), name: metric.name.clone().into(), kind }
    }
}

/// Where an experiment's numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentKindName {
    /// Run elsewhere and imported when it was over.
    Imported,
    /// A campaign of this platform against its hold-out.
    Campaign,
}

/// An outcome that is measured.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ExperimentMetric {
    /// Its key, for example `conversion`.
    pub key: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What kind of number.
    pub kind: MetricKindName,
}

/// What kind of number an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricKindName {
    /// Happened or not: 0 or 1.
    Rate,
    /// An amount per person.
    Amount,
}

/// Every experiment, the one that ended last first.
#[utoipa::path(get, path = "/experiments", tag = "experiments", operation_id = "listExperiments", responses(
    (status = 200, body = Vec<ExperimentSummary>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_experiments(State(state): State<ApiState>) -> Result<Json<Vec<ExperimentSummary>>, Problem> {
    let mut experiments = state.store.experiments().await?;
    experiments.sort_by_key(|experiment| std::cmp::Reverse(experiment.ended_at));
    Ok(Json(experiments.iter().map(ExperimentSummary::from).collect()))
}
