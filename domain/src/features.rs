//! What models and people look at in a customer, as of a moment.

use crate::{Money, ProfileId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One customer in numbers, from the events before `as_of` and no other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileFeatures {
    /// Who.
    pub profile: ProfileId,
    /// The moment that the numbers are of.
    pub as_of: DateTime<Utc>,
    /// Days since the last completed order.
    pub recency_days: f64,
    /// Completed orders.
    pub frequency: u64,
    /// Goods bought, less returns.
    pub monetary: Money,
    /// Days since the first completed order.
    pub tenure_days: f64,
    /// Mean value of a completed order.
    pub average_order: Money,
    /// Mean number of pieces in a completed order.
    pub units_per_order: f64,
    /// Different products bought.
    pub distinct_products: u64,
    /// Returned value over bought value, 0 to 1.
    pub returns_share: f64,
    /// Mean days between orders; `None` with fewer than two.
    pub days_between_orders: Option<f64>,
    /// Up to three categories with their share of this customer's spending, largest first.
    pub favourite_categories: Vec<(String, f64)>,
    /// Completed orders by hour of the local day.
    pub orders_by_hour: [u32; 24],
    /// RFM scores, 1 to 5, 5 is best; zeros before segmentation.
    pub rfm: [u8; 3],
    /// The model inputs: log-scaled and robustly standardised, in the order of `bellwether_profile::MODEL_FEATURES`.
    pub standardized: Vec<f32>,
}
