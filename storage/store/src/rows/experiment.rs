//! Randomised comparisons.

use crate::convert::{Reading, finite, json, micros, text, word};
use bellwether_domain::{ExperimentDefinition, ExperimentId, Money};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "experiments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub kind: String,
    pub name: String,
    pub description: String,
    pub control: String,
    pub allocation: String,
    pub metrics: String,
    pub cost_per_message: Option<i64>,
    pub currency: String,
    pub ended_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&ExperimentDefinition> for Model {
    type Error = crate::Error;

    fn try_from(experiment: &ExperimentDefinition) -> crate::Result<Self> {
        for share in &experiment.allocation {
            finite(|| format!("a planned share of experiment `{}`", experiment.slug), *share)?;
        }
        Ok(Self {
            id: experiment.id.as_uuid(),
            slug: text(&experiment.slug),
            kind: word(&experiment.kind),
            name: json(&experiment.name),
            description: json(&experiment.description),
            control: text(&experiment.control),
            allocation: json(&experiment.allocation),
            metrics: json(&experiment.metrics),
            cost_per_message: experiment.cost_per_message.map(Money::ten_thousandths),
            currency: text(&experiment.currency),
            ended_at: micros(experiment.ended_at),
        })
    }
}

impl TryFrom<Model> for ExperimentDefinition {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = ExperimentId::from_uuid(row.id);
        let read = Reading { table: "experiments", key: &id };
        Ok(Self {
            id,
            kind: read.word("kind", &row.kind)?,
            name: read.json("name", &row.name)?,
            description: read.json("description", &row.description)?,
            allocation: read.json("allocation", &row.allocation)?,
            metrics: read.json("metrics", &row.metrics)?,
            cost_per_message: row.cost_per_message.map(Money::from_ten_thousandths),
            ended_at: read.time("ended_at", row.ended_at)?,
            control: row.control,
            currency: row.currency,
            slug: row.slug,
        })
    }
}
