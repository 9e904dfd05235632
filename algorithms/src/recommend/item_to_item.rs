//! Item-to-item: items taken by the same people are alike.
//!
//! # Idea
//! Each pair of items gets a similarity from the people who took both; each item keeps its `neighbours` most similar ones. A
//! person's score for an item is the sum, over the own items, of how much they took of it times its similarity:
//! `score(j) = Σ_i r_i · s(i, j)`, and the largest term of that sum is the reason.
//!
//! - [`Similarity::Cosine`]: `Σ_u w_ui w_uj / (|w_i| |w_j|)` of the values as given.
//! - [`Similarity::Bm25`]: the product of values weighted by Okapi BM25, with people as documents' terms and items as documents:
//!   a person who took everything says little about any item, and much of one item says only a little more than some.
//!
//! *Shrinkage* multiplies by `n / (n + shrinkage)` with `n` the people who took both, so that two items that one person took do
//! not look like twins.
//!
//! # Cost
//! Σ over people of (items taken)² to fit, in parallel by item. Memory: `items · neighbours · 8` bytes for the model, and one
//! number per item for each thread.

use super::top_n::Best;
use super::{Contribution, Recommender, Request, ScoredItem, check_interactions};
use crate::error::{Error, Result, require, require_equal};
use crate::matrix::CsrMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// When two items are alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Similarity {
    /// The angle between the items' columns.
    Cosine,
    /// The product of the columns after BM25 weighting.
    Bm25 {
        /// From where on more of the same counts little, above 0; 1.2 is usual.
        k1: f32,
        /// How much long columns are weighed down, 0 to 1; 0.75 is usual.
        b: f32,
    },
}

/// What is wished; [`ItemToItem::check`] makes it valid.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemToItem {
    neighbours: usize,
    similarity: Similarity,
    shrinkage: f32,
}

/// Valid parameters; the only type that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedItemToItem(ItemToItem);

/// The most similar items of each item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct ItemToItemModel {
    /// Row `i`: the similarities of item `i` to its neighbours.
    similarities: CsrMatrix,
}

/// What a stored model claims to be, before its shape was checked.
#[derive(Deserialize)]
struct Stored {
    similarities: CsrMatrix,
}

impl TryFrom<Stored> for ItemToItemModel {
    type Error = Error;

    fn try_from(Stored { similarities }: Stored) -> Result<Self> {
        require_equal("columns of stored similarities (as rows)", similarities.rows(), similarities.columns())?;
        Ok(ItemToItemModel { similarities })
    }
}

impl ItemToItem {
    /// This many neighbours per item; cosine, no shrinkage.
    pub fn new(neighbours: usize) -> Self {
        ItemToItem { neighbours, similarity: Similarity::Cosine, shrinkage: 0.0 }
    }

    /// When two items are alike.
    pub fn similarity(self, similarity: Similarity) -> Self {
        ItemToItem { similarity, ..self }
    }

    /// How many people in common it takes for half of the similarity to count.
    pub fn shrinkage(self, shrinkage: f32) -> Self {
        ItemToItem { shrinkage, ..self }
    }

    /// Makes the parameters valid.
    ///
    /// # Errors
    /// [`Error::Parameter`] naming the parameter.
    pub fn check(self) -> Result<CheckedItemToItem> {
        require(self.neighbours >= 1, "neighbours", self.neighbours, "at least 1")?;
        let shrinkage = self.shrinkage;
        require(shrinkage >= 0.0 && shrinkage.is_finite(), "shrinkage", shrinkage, "0 or more")?;
        if let Similarity::Bm25 { k1, b } = self.similarity {
            require(k1 > 0.0 && k1.is_finite(), "k1", k1, "above 0")?;
            require((0.0..=1.0).contains(&b), "b", b, "between 0 and 1")?;
        }
        Ok(CheckedItemToItem(self))
    }

    /// [`ItemToItem::check`], then [`CheckedItemToItem::fit`].
    ///
    /// # Errors
    /// Those of both.
    pub fn fit(self, interactions: &CsrMatrix) -> Result<ItemToItemModel> {
        self.check()?.fit(interactions)
    }
}

impl CheckedItemToItem {
    /// Compares all items.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] without interactions, [`Error::Parameter`] for a value of 0 or less.
    pub fn fit(&self, interactions: &CsrMatrix) -> Result<ItemToItemModel> {
        check_interactions(interactions)?;
        let weighted = self.weigh(interactions);
        let by_item = weighted.transpose();
        let items = weighted.columns();
        let rows: Vec<Vec<ScoredItem>> = (0..items)
            .into_par_iter()
            .map_init(|| Scratch::new(items), |scratch, item| self.neighbours_of(item, &weighted, &by_item, scratch))
            .collect();
        let triples = rows
            .iter()
            .enumerate()
            .flat_map(|(item, row)| row.iter().map(move |neighbour| (item as u32, neighbour.item, neighbour.score)));
        Ok(ItemToItemModel { similarities: CsrMatrix::from_triples(items, items, triples)? })
    }

    /// Values whose products are the similarities.
    fn weigh(&self, interactions: &CsrMatrix) -> CsrMatrix {
        match self.0.similarity {
            Similarity::Cosine => {
                let mut squares = vec![0.0_f64; interactions.columns()];
                interactions.triples().for_each(|(_, item, value)| squares[item as usize] += f64::from(value).powi(2));
                interactions.map_values(|_, item, value| (f64::from(value) / squares[item as usize].sqrt()) as f32)
            }
            Similarity::Bm25 { k1, b } => bm25(interactions, f64::from(k1), f64::from(b)),
        }
    }

    fn neighbours_of(
        &self,
        item: usize,
        weighted: &CsrMatrix,
        by_item: &CsrMatrix,
        scratch: &mut Scratch,
    ) -> Vec<ScoredItem> {
        for (person, weight) in by_item.row(item) {
            for (other, other_weight) in weighted.row(person as usize) {
                scratch.add(other, weight * other_weight);
            }
        }
        let mut best = Best::new(self.0.neighbours);
        scratch.drain(|other, sum, common| {
            let score = sum * (common as f32 / (common as f32 + self.0.shrinkage));
            best.offer(other, score, || other as usize != item && score > 0.0);
        });
        best.into_list()
    }
}

/// Okapi BM25 with items as documents and people as terms.
fn bm25(interactions: &CsrMatrix, k1: f64, b: f64) -> CsrMatrix {
    let items = interactions.columns() as f64;
    let mut lengths = vec![0.0; interactions.columns()];
    interactions.triples().for_each(|(_, item, value)| lengths[item as usize] += f64::from(value));
    let mean = lengths.iter().sum::<f64>() / items;
    interactions.map_values(|person, item, value| {
        let value = f64::from(value);
        let rarity = items.ln() - (interactions.row_len(person as usize) as f64).ln_1p();
        let length = 1.0 - b + b * lengths[item as usize] / mean;
        (value * (k1 + 1.0) / (k1 * length + value) * rarity) as f32
    })
}

/// Sums per item, of which few are touched.
struct Scratch {
    sums: Vec<f32>,
    common: Vec<u32>,
    touched: Vec<u32>,
}

impl Scratch {
    fn new(items: usize) -> Self {
        Scratch { sums: vec![0.0; items], common: vec![0; items], touched: Vec::new() }
    }

    fn add(&mut self, item: u32, value: f32) {
        if self.common[item as usize] == 0 {
            self.touched.push(item);
        }
        self.common[item as usize] += 1;
        self.sums[item as usize] += value;
    }

    /// Gives every touched item with its sum and count, and forgets it.
    fn drain(&mut self, mut take: impl FnMut(u32, f32, u32)) {
        for item in self.touched.drain(..) {
            let sum = std::mem::take(&mut self.sums[item as usize]);
            let common = std::mem::take(&mut self.common[item as usize]);
            take(item, sum, common);
        }
    }
}

impl ItemToItemModel {
    /// The most similar items of an item, best first; empty for an unknown one.
    pub fn neighbours(&self, item: u32) -> Vec<ScoredItem> {
        if item as usize >= self.similarities.rows() {
            return Vec::new();
        }
        let mut best = Best::new(self.similarities.columns());
        self.similarities.row(item as usize).for_each(|(other, score)| best.offer(other, score, || true));
        best.into_list()
    }

    /// Which of a person's own items spoke how much for an item, the largest first.
    ///
    /// # Errors
    /// As [`Recommender::recommend`], and [`Error::Index`] for an unknown item.
    pub fn explain(&self, history: &CsrMatrix, person: u32, item: u32) -> Result<Vec<Contribution>> {
        Request::new(&[person], history, 1).check(self.items())?;
        super::als::check_item(item, self.items())?;
        let mut contributions: Vec<Contribution> = history
            .row(person as usize)
            .map(|(own, value)| Contribution { item: own, score: value * self.similarities.get(own as usize, item) })
            .filter(|contribution| contribution.score != 0.0)
            .collect();
        contributions.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.item.cmp(&right.item)));
        Ok(contributions)
    }
}

impl Recommender for ItemToItemModel {
    fn items(&self) -> usize {
        self.similarities.columns()
    }

    fn recommend(&self, request: &Request<'_>) -> Result<Vec<Vec<ScoredItem>>> {
        request.check(self.items())?;
        let list = |scratch: &mut Scratch, &person: &u32| {
            for (own, value) in request.history.row(person as usize) {
                for (other, similarity) in self.similarities.row(own as usize) {
                    scratch.add(other, value * similarity);
                }
            }
            let mut best = Best::new(request.n);
            scratch.drain(|item, score, _| best.offer(item, score, || request.may_show(person, item)));
            best.into_list()
        };
        Ok(request.people.par_iter().map_init(|| Scratch::new(self.items()), list).collect())
    }
}
