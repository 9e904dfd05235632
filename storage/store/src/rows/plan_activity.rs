//! How events kept to the tracking plan, hour by hour.

use crate::convert::{Reading, big, micros, text};
use bellwether_domain::{PlanActivity, SourceError};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: i64,
    pub checked: i64,
    pub failed: i64,
    pub last_problem: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&PlanActivity> for Model {
    fn from(activity: &PlanActivity) -> Self {
        let shortened = |problem: &String| text(problem).chars().take(SourceError::MAX).collect();
        Self {
            event: text(&activity.event),
            source: text(&activity.source),
            hour: micros(activity.hour),
            checked: big(activity.checked),
            failed: big(activity.failed),
            last_problem: activity.last_problem.as_ref().map(shortened),
        }
    }
}

impl TryFrom<Model> for PlanActivity {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let key = format!("{} {} {}", row.event, row.source, row.hour);
        let read = Reading { table: "plan_activity", key: &key };
        Ok(Self {
            hour: read.time("hour", row.hour)?,
            checked: read.count("checked", row.checked)?,
            failed: read.count("failed", row.failed)?,
            last_problem: row.last_problem,
            event: row.event.into(),
            source: row.source.into(),
        })
    }
}
