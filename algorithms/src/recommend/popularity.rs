//! What many people take.
//!
//! The score of an item is the number of people who took it (not how much of it, so that one wholesaler does not decide). The
//! measure for every other model, and the list for people of whom nothing is known. O(stored) to fit.

use super::top_n::Best;
use super::{Recommender, Request, ScoredItem, check_interactions};
use crate::error::Result;
use crate::matrix::CsrMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Items by the number of people who took them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    people_with_item: Vec<u32>,
}

impl Popularity {
    /// Counts.
    ///
    /// # Errors
    /// [`crate::Error::TooLittleData`] without interactions, [`crate::Error::Parameter`] for a value of 0 or less.
    pub fn fit(interactions: &CsrMatrix) -> Result<Self> {
        check_interactions(interactions)?;
        Ok(Popularity { people_with_item: interactions.column_counts() })
    }

    /// People who took each item.
    pub fn people_with_item(&self) -> &[u32] {
        &self.people_with_item
    }

    /// All items, the most popular first.
    fn ranked(&self) -> Vec<ScoredItem> {
        let mut best = Best::new(self.people_with_item.len());
        for (item, &people) in self.people_with_item.iter().enumerate() {
            best.offer(item as u32, people as f32, || true);
        }
        best.into_list()
    }
}

impl Recommender for Popularity {
    fn items(&self) -> usize {
        self.people_with_item.len()
    }

    fn recommend(&self, request: &Request<'_>) -> Result<Vec<Vec<ScoredItem>>> {
        request.check(self.items())?;
        let ranked = self.ranked();
        let list = |&person: &u32| {
            ranked.iter().copied().filter(|one| request.may_show(person, one.item)).take(request.n).collect()
        };
        Ok(request.people.par_iter().map(list).collect())
    }
}
