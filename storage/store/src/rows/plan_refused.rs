//! What the tracking plan refused of batches whose events are in no file yet.

use crate::convert::{Reading, big};
use bellwether_domain::{EventId, Offset, PlanRefusal};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_refused")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub copy: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&PlanRefusal> for Model {
    fn from(refusal: &PlanRefusal) -> Self {
        Self { batch: big(refusal.batch.0), event_id: refusal.event.as_uuid(), copy: refusal.copy.into() }
    }
}

impl TryFrom<Model> for PlanRefusal {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let event = EventId::from_uuid(row.event_id);
        let read = Reading { table: "plan_refused", key: &event };
        let (batch, copy) = (Offset(read.count("batch", row.batch)?), read.count("copy", row.copy)?);
        Ok(Self { batch, event, copy: u32::try_from(copy).unwrap_or(u32::MAX) })
    }
}
