//! A model with its settings, fitted on demand.

use crate::{Result, jobs::refused};
use bellwether_algorithms::{
    matrix::CsrMatrix,
    random::seeded,
    recommend::{Als, Confidence, ItemToItem, Popularity, Recommender, Similarity},
};
use serde_json::{Map, Value, json};

/// What the value of an interaction counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Weight {
    /// Every pair counts the same.
    Binary,
    /// As it stands.
    Value,
    /// Its logarithm: twice as much is a bit more.
    Logarithm,
}

/// A model with its settings.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Candidate {
    Popular,
    ItemKnn { neighbours: usize, bm25: bool, shrinkage: f32, weight: Weight },
    Als { factors: usize, regularization: f32, alpha: f32, iterations: usize, weight: Weight },
}

impl Weight {
    fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Value => "value",
            Self::Logarithm => "logarithm",
        }
    }

    fn apply(self, history: &CsrMatrix) -> CsrMatrix {
        history.map_values(|_, _, value| match self {
            Self::Binary => 1.0,
            Self::Value => value,
            Self::Logarithm => value.ln_1p(),
        })
    }
}

/// The number that people wrote: 0.1, not 0.10000000149.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

impl Candidate {
    /// The name of the algorithm, as on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Popular => "popular",
            Self::ItemKnn { .. } => "item-knn",
            Self::Als { .. } => "als",
        }
    }

    /// All settings, for the report.
    pub fn parameters(&self) -> Map<String, Value> {
        let settings = match self {
            Self::Popular => json!({ "algorithm": self.name() }),
            Self::ItemKnn { neighbours, bm25, shrinkage, weight } => json!({
                "algorithm": self.name(),
                "neighbours": neighbours,
                "similarity": if *bm25 { "bm25" } else { "cosine" },
                "shrinkage": shortest(*shrinkage),
                "weight": weight.name(),
            }),
            Self::Als { factors, regularization, alpha, iterations, weight } => json!({
                "algorithm": self.name(),
                "factors": factors,
                "regularization": shortest(*regularization),
                "alpha": shortest(*alpha),
                "iterations": iterations,
                "weight": weight.name(),
            }),
        };
        match settings {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// Learns from users × items.
    pub fn fit(&self, history: &CsrMatrix, seed: u64) -> Result<Box<dyn Recommender>> {
        Ok(match *self {
            Self::Popular => Box::new(Popularity::fit(history).map_err(refused)?),
            Self::ItemKnn { neighbours, bm25, shrinkage, weight } => {
                let similarity = if bm25 { Similarity::Bm25 { k1: 1.2, b: 0.75 } } else { Similarity::Cosine };
                let wished = ItemToItem::new(neighbours).similarity(similarity).shrinkage(shrinkage);
                Box::new(wished.fit(&weight.apply(history)).map_err(refused)?)
            }
            Self::Als { factors, regularization, alpha, iterations, weight } => {
                let wished = Als::new(factors)
                    .regularization(regularization)
                    .confidence(Confidence::Linear { alpha })
                    .iterations(iterations);
                Box::new(wished.fit(&weight.apply(history), &mut seeded(seed)).map_err(refused)?)
            }
        })
    }
}
