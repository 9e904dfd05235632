//! The marks of events that went on although something is wrong with them.

use crate::convert::{Reading, big, json, micros, text};
use bellwether_domain::{EventId, PlanMark, PlanVersion};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_marks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    pub version: i64,
    pub problems: String,
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&PlanMark> for Model {
    fn from(mark: &PlanMark) -> Self {
        Self {
            event_id: mark.event.as_uuid(),
            version: big(mark.version.0),
            problems: text(&json(&mark.problems)),
            at: micros(mark.at),
        }
    }
}

impl TryFrom<Model> for PlanMark {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let event = EventId::from_uuid(row.event_id);
        let read = Reading { table: "plan_marks", key: &event };
        Ok(Self {
            event,
            version: PlanVersion(read.count("version", row.version)?),
            problems: read.json("problems", &row.problems)?,
            at: read.time("at", row.at)?,
        })
    }
}
