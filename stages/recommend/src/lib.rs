//! What to offer whom, and why.
//!
//! **Takes** the order history and a moment. **Gives** how well three kinds of lists foresaw what was bought after that
//! moment, which of them deserves to be served, and the lists with a reason each. **Promises** that training never sees
//! what it is judged on, and that a model which does not beat popularity clearly is not served. **Never** reads a clock.

mod interactions;
mod judge;
mod serve;

pub use interactions::Interactions;
pub use judge::{Evaluation, MARGIN, ModelKind, Quality, judge};
pub use serve::{Lists, lists};

use bellwether_algorithms::recommend::{Als, Confidence, ItemToItem, Similarity};
use serde::{Deserialize, Serialize};

/// Length of a list.
pub const LIST_LENGTH: usize = 10;

/// How the models are trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Hidden tastes of the factor model.
    pub factors: usize,
    /// Weight of the penalty on large factors.
    pub regularization: f32,
    /// How much more a purchase counts than its absence.
    pub alpha: f32,
    /// Sweeps over people and items.
    pub iterations: usize,
    /// Similar items that are kept per item.
    pub neighbours: usize,
    /// Items that were not sold for this many days are on no list: they are probably gone.
    pub sold_within_days: i64,
}

impl Default for Parameters {
    /// Chosen on the first eleven months of the Online Retail data, judged on the four weeks before the backtest's.
    fn default() -> Self {
        Self { factors: 64, regularization: 0.05, alpha: 10.0, iterations: 15, neighbours: 50, sold_within_days: 60 }
    }
}

impl Parameters {
    fn als(&self) -> Als {
        Als::new(self.factors)
            .regularization(self.regularization)
            .confidence(Confidence::Linear { alpha: self.alpha })
            .iterations(self.iterations)
    }

    fn item_to_item(&self) -> ItemToItem {
        ItemToItem::new(self.neighbours).similarity(Similarity::Cosine)
    }
}

#[cfg(test)]
mod tests;
