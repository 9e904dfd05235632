//! Sufficient statistics of an arm for a metric, for everybody or for one value of a column.

use crate::convert::{Reading, big, finite, text};
use bellwether_domain::{ArmSummary, ExperimentDefinition, SegmentArm};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "experiment_arms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub experiment_id: Uuid,
    /// Empty where the numbers are of the whole arm.
    #[sea_orm(primary_key, auto_increment = false)]
    pub segment_column: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub segment_value: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub arm: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    /// Place in the list that was given.
    pub position: i32,
    pub n: i64,
    pub sum: f64,
    pub sum_squares: f64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The row of an arm's summary at this place of its list; `of` is column and value of its segment, if it is one.
    pub fn at(
        position: usize,
        experiment: &ExperimentDefinition,
        of: Option<(&str, &str)>,
        summary: &ArmSummary,
    ) -> crate::Result<Self> {
        let number = |name: &str, value| {
            finite(|| format!("{name} of {} in arm `{}` of `{}`", summary.metric, summary.arm, experiment.slug), value)
        };
        let (column, value) = of.unwrap_or_default();
        Ok(Self {
            experiment_id: experiment.id.as_uuid(),
            segment_column: text(column),
            segment_value: text(value),
            arm: text(&summary.arm),
            metric: text(&summary.metric),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            n: big(summary.n),
            sum: number("the sum", summary.sum)?,
            sum_squares: number("the sum of squares", summary.sum_squares)?,
        })
    }
}

impl TryFrom<Model> for ArmSummary {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let n = Reading { table: "experiment_arms", key: &row.arm }.count("n", row.n)?;
        Ok(Self { arm: row.arm, metric: row.metric, n, sum: row.sum, sum_squares: row.sum_squares })
    }
}

impl TryFrom<Model> for SegmentArm {
    type Error = crate::Error;

    fn try_from(mut row: Model) -> crate::Result<Self> {
        let (column, value) = (std::mem::take(&mut row.segment_column), std::mem::take(&mut row.segment_value));
        Ok(Self { column, value, summary: row.try_into()? })
    }
}
