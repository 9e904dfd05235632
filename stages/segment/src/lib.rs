//! Who belongs together: RFM segments, and clusters that the data shows.
//!
//! **Takes** features as of a moment. **Gives** segments with names in both languages, sizes, shares and memberships.
//! **Promises** that every customer with an order is in exactly one RFM segment and exactly one cluster. **Never** reads
//! a clock or a database; chance is an argument.

mod clusters;
mod naming;
mod rfm;

pub use clusters::{Clustering, KChoice, cluster};
pub use rfm::rfm;

use bellwether_domain::{Membership, Money, ProfileFeatures, ProfileId, Segment};

/// Segments and who is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// The segments, the most valuable first.
    pub segments: Vec<Segment>,
    /// Who is where, by profile.
    pub memberships: Vec<Membership>,
}

/// Why there are no segments.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fewer customers than can be divided.
    #[error("{found} customers with an order are too few to divide; at least {needed} are needed")]
    TooFewCustomers {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The algorithm refused its input.
    #[error(transparent)]
    Algorithm(#[from] bellwether_algorithms::Error),
}

/// Sums over a group of customers.
#[derive(Debug, Clone, Default)]
struct GroupSums {
    members: Vec<ProfileId>,
    recency: f64,
    frequency: f64,
    monetary: Money,
}

impl GroupSums {
    fn add(&mut self, features: &ProfileFeatures) {
        self.members.push(features.profile);
        self.recency += features.recency_days;
        self.frequency += features.frequency as f64;
        self.monetary += features.monetary;
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.members.is_empty() { 0.0 } else { sum / self.members.len() as f64 }
    }

    /// The three means that every segment shows.
    fn means(&self) -> serde_json::Value {
        serde_json::json!({
            "recency_days": self.mean(self.recency),
            "frequency": self.mean(self.frequency),
            "monetary": self.mean(self.monetary.to_f64()),
        })
    }
}

/// A part of a whole, 0 where there is no whole.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
