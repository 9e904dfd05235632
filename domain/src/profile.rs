//! One person, as the events add up to.

use crate::{Money, ProfileId, Quantity};
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
