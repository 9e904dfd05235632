//! Trained models.

use crate::ModelRecord;
use crate::convert::{Reading, json, micros, text};
use bellwether_domain::ModelId;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "models")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub trained_at: i64,
    pub data_until: i64,
    pub parameters: String,
    pub metrics: String,
    pub serving: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&ModelRecord> for Model {
    fn from(model: &ModelRecord) -> Self {
        Self {
            id: model.id.as_uuid(),
            kind: text(&model.kind),
            trained_at: micros(model.trained_at),
            data_until: micros(model.data_until),
            parameters: json(&model.parameters),
            metrics: json(&model.metrics),
            serving: model.serving,
        }
    }
}

impl TryFrom<Model> for ModelRecord {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = ModelId::from_uuid(row.id);
        let read = Reading { table: "models", key: &id };
        Ok(Self {
            id,
            trained_at: read.time("trained_at", row.trained_at)?,
            data_until: read.time("data_until", row.data_until)?,
            parameters: read.json("parameters", &row.parameters)?,
            metrics: read.json("metrics", &row.metrics)?,
            serving: row.serving,
            kind: row.kind,
        })
    }
}
