//! The item catalogue.

use crate::Money;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something the shop sells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The shop's number.
    pub product: String,
    /// The name it was last sold under.
    pub name: String,
    /// Which group of items it belongs to.
    pub category: String,
    /// The price it was last sold at.
    pub price: Money,
    /// First and last time it was seen.
    pub first_seen: DateTime<Utc>,
    /// Last time it was seen; name and price are of this moment.
    pub last_seen: DateTime<Utc>,
    /// Whether it is goods, and not postage or a fee.
    pub is_product: bool,
}
