//! What to offer whom, and why.

use crate::{ModelId, ProfileId};
use serde::{Deserialize, Serialize};

/// Why an item is on somebody's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// Of all that this person bought, this item spoke most for it.
    BecauseBought {
        /// The item that was bought.
        product: String,
    },
    /// Many people buy it.
    Popular,
}

/// One item on a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// What.
    pub product: String,
    /// The model's score; comparable within one list only.
    pub score: f32,
    /// Why.
    pub reason: Reason,
}

/// The best items for one person, best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecommendationList {
    /// For whom.
    pub profile: ProfileId,
    /// By which version of the model.
    pub model: ModelId,
    /// What, best first.
    pub items: Vec<Recommendation>,
}
