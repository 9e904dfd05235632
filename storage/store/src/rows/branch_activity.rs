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
    /// What of it was counted of events that are past their time and not in the Lake any more.
    pub removed_events: i64,
    pub removed_orders: i64,
    pub removed_refunds: i64,
    pub removed_revenue: i64,
    /// The latest of them; without any, nothing.
    pub last_removed_at: Option<i64>,
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
            removed_events: 0,
            removed_orders: 0,
            removed_refunds: 0,
            removed_revenue: 0,
            last_removed_at: None,
        }
    }
}

impl Model {
    /// What is counted of removed events, and nothing else: they were counted when they came, or were not.
    pub fn of_removed(activity: &BranchActivity) -> Self {
        let all = Self::from(activity);
        Self {
            events: 0,
            orders: 0,
            refunds: 0,
            revenue: 0,
            removed_events: all.events,
            removed_orders: all.orders,
            removed_refunds: all.refunds,
            removed_revenue: all.revenue,
            last_removed_at: Some(all.last_event_at),
            ..all
        }
    }

    /// What was counted of removed events.
    pub fn removed(self) -> crate::Result<Option<BranchActivity>> {
        let Some(last_removed_at) = self.last_removed_at else { return Ok(None) };
        let removed = Self {
            events: self.removed_events,
            orders: self.removed_orders,
            refunds: self.removed_refunds,
            revenue: self.removed_revenue,
            last_event_at: last_removed_at,
            ..self
        };
        removed.try_into().map(Some)
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
