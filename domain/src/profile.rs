//! One person, as the events add up to.

use crate::{Money, ProfileId, Quantity, Touch};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Who.
    pub id: ProfileId,
    /// The id that the shop uses.
    pub user_id: String,
    /// Facts: country, e-mail, language …
    pub traits: BTreeMap<String, serde_json::Value>,
    /// When facts were stated that are older than `last_seen`; all others are as old as that.
    #[serde(default)]
    pub trait_times: BTreeMap<String, DateTime<Utc>>,
    /// Time of the earliest event.
    pub first_seen: DateTime<Utc>,
    /// Time of the latest event.
    pub last_seen: DateTime<Utc>,
    /// How many events.
    pub events: u64,
    /// What was bought.
    pub commerce: Commerce,
    /// How the person came first; `None` while no event says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_touch: Option<Touch>,
    /// How the person came last. Who comes back directly came back because of what was before, so a direct touch stands
    /// here only where there is no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_touch: Option<Touch>,
}

impl Profile {
    /// Counts one way by which the person came. In whatever order touches arrive, and however often, the result is the
    /// same; two profiles of one person are made one by adding the two touches of the one to the other.
    pub fn add_touch(&mut self, touch: Touch) {
        if self.latest_touch.as_ref().is_none_or(|latest| latest.rank() < touch.rank()) {
            self.latest_touch = Some(touch.clone());
        }
        if self.first_touch.as_ref().is_none_or(|first| touch < *first) {
            self.first_touch = Some(touch);
        }
    }
}

/// Running sums over a person's orders. Every field is a sum, a minimum or a maximum, so order of arrival does not matter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Commerce {
    /// Completed orders with at least one ordinary line.
    pub orders: u64,
    /// Refund and cancellation documents.
    pub refunds: u64,
    /// Pieces bought.
    pub units: Quantity,
    /// Goods bought.
    pub revenue: Money,
    /// Goods returned or cancelled, as a positive amount.
    pub refunded: Money,
    /// Postage, fees and corrections.
    pub fees: Money,
    /// First and last completed order.
    pub first_order: Option<DateTime<Utc>>,
    /// Last completed order.
    pub last_order: Option<DateTime<Utc>>,
}

impl Commerce {
    /// What remained of the revenue.
    pub fn net_revenue(&self) -> Money {
        self.revenue - self.refunded
    }
}
