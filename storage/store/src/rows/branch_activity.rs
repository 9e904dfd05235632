//! What happened at each branch, day by day.

use super::source_activity::day_text;
use crate::convert::{Reading, big, micros, text};
use bellwether_domain::{BranchActivity, Money};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "branch_activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// As in `source_activity`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    /// Empty for events without an order: a key cannot be missing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    pub events: i64,
    pub orders: i64,
    pub refunds: i64,
    /// Ten-thousandths.
    pub revenue: i64,
    pub last_event_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&BranchActivity> for Model {
    fn from(activity: &BranchActivity) -> Self {
        Self {
            code: text(activity.code.as_str()),
            day: day_text(activity.day),
            currency: text(&activity.currency),
            events: big(activity.events),
            orders: big(activity.orders),
            refunds: big(activity.refunds),
            revenue: activity.revenue.ten_thousandths(),
            last_event_at: micros(activity.last_event_at),
        }
    }
}

impl TryFrom<Model> for BranchActivity {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let key = format!("{} {} {}", row.code, row.day, row.currency);
        let read = Reading { table: "branch_activity", key: &key };
        Ok(Self {
            code: row.code.parse().map_err(|error| read.impossible("code", error))?,
            day: row.day.parse().map_err(|error| read.impossible("day", error))?,
            events: read.count("events", row.events)?,
            orders: read.count("orders", row.orders)?,
            refunds: read.count("refunds", row.refunds)?,
            revenue: Money::from_ten_thousandths(row.revenue),
            last_event_at: read.time("last_event_at", row.last_event_at)?,
            currency: row.currency,
        })
    }
}
