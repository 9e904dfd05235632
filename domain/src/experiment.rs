//! Randomised comparisons, from any source, as summaries.

use crate::{ExperimentId, Localized, Money};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where an experiment's numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentKind {
    /// Run elsewhere and imported when it was over.
    Imported,
    /// A campaign of this platform against its hold-out.
    Campaign,
}

/// What kind of number an outcome is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// Happened or not: 0 or 1.
    Rate,
    /// An amount per person.
    Amount,
}

/// An outcome that is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Its key, for example `conversion`.
    pub key: String,
    /// What people call it.
    pub name: Localized,
    /// What kind of number.
    pub kind: MetricKind,
}

/// An experiment: who was compared with whom, by what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentDefinition {
    /// Which.
    pub id: ExperimentId,
    /// A stable short name for commands and addresses.
    pub slug: String,
    /// What people call it.
    pub name: Localized,
    /// What was shown to whom, where the data comes from, and its licence.
    pub description: Localized,
    /// Where its numbers come from.
    pub kind: ExperimentKind,
    /// The arm that the others are compared with.
    pub control: String,
    /// Planned share of each arm, in the order of the arms; equal shares where it is empty.
    pub allocation: Vec<f64>,
    /// The outcomes, the most important first; they stand in the order of the customer's way (visit, conversion, spend).
    pub metrics: Vec<Metric>,
    /// Cost of one message, for the return on investment, where it was stated.
    pub cost_per_message: Option<Money>,
    /// ISO 4217 of amounts.
    pub currency: String,
    /// When it was imported or ended.
    pub ended_at: DateTime<Utc>,
}

/// One arm's sufficient statistics for one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmSummary {
    /// Which arm.
    pub arm: String,
    /// Which metric.
    pub metric: String,
    /// People in the arm.
    pub n: u64,
    /// Sum of the outcome.
    pub sum: f64,
    /// Sum of its squares.
    pub sum_squares: f64,
}

/// The same for the part of an arm that shares a value of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentArm {
    /// The column, for example `channel`.
    pub column: String,
    /// Its value, for example `Web`.
    pub value: String,
    /// The numbers.
    pub summary: ArmSummary,
}
