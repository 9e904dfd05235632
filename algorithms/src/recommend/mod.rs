//! What to offer whom, and why: three models of "people who took these will take that".
//!
//! # Idea
//! All start from a sparse matrix of people × items whose values say how much somebody showed an interest (pieces bought,
//! times viewed). Nobody says what they dislike, so an empty cell is only weak evidence.
//!
//! | model | idea | knows new people | explains by |
//! | --- | --- | --- | --- |
//! | [`Als`] | a few dozen hidden tastes per person and item; best on sparse, large data | from their first items | the own items that spoke most for it |
//! | [`ItemToItem`] | items taken by the same people are alike | from their first items | the most similar own item |
//! | [`Popularity`] | what many take | yes | many people take it |
//!
//! Popularity is also the measure: a model that does not beat it should not be served.
//!
//! # Shapes and units
//! In: [`CsrMatrix`] people × items, values above 0. Out: per person the best items with a score, best first; scores compare
//! items for one person only. Of equal scores the item with the lower index comes first.
//!
//! # Errors
//! Values of 0 or less, another number of items than the model was fitted on, people out of range, no data at all.
//!
//! # When not to use it
//! With fewer than a few hundred people or items nothing is learned beyond popularity. Items that nobody took yet are never
//! recommended by any of these; that takes their content.
//!
//! # Sources
//! Hu, Koren & Volinsky (2008); Takács, Pilászy & Tikk (2011) for the conjugate-gradient solver; Sarwar et al. (2001) and
//! Deshpande & Karypis (2004) for item-to-item. Held against `implicit` 0.7.3.

mod als;
mod item_to_item;
mod popularity;
mod top_n;

pub use als::{Als, AlsExplainer, AlsModel, CheckedAls, Confidence};
pub use item_to_item::{CheckedItemToItem, ItemToItem, ItemToItemModel, Similarity};
pub use popularity::Popularity;

use crate::error::{Error, Result, require_data, require_equal};
use crate::matrix::CsrMatrix;
use serde::{Deserialize, Serialize};

/// An item on a list, with the score that put it there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoredItem {
    /// Which.
    pub item: u32,
    /// How good, among the items for one person.
    pub score: f32,
}

/// How much one of a person's own items added to the score of a recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The person's own item.
    pub item: u32,
    /// What it added; contributions add up to the score.
    pub score: f32,
}

/// Whom to make lists for, and what may be on them.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Rows of `history`, in the order in which the lists are wanted.
    pub people: &'a [u32],
    /// What everybody took so far, people × items.
    pub history: &'a CsrMatrix,
    /// Length of the lists; shorter where fewer items are left.
    pub n: usize,
    /// Whether items of the own history may be on the list.
    pub keep_seen: bool,
    /// One flag per item that says whether it may be on any list; all may where this is `None`.
    pub allowed: Option<&'a [bool]>,
}

impl<'a> Request<'a> {
    /// `n` new items for each of these people.
    pub fn new(people: &'a [u32], history: &'a CsrMatrix, n: usize) -> Self {
        Request { people, history, n, keep_seen: false, allowed: None }
    }

    fn check(&self, items: usize) -> Result<()> {
        require_equal("items of the history (as fitted)", items, self.history.columns())?;
        if let Some(allowed) = self.allowed {
            require_equal("flags of allowed items (one per item)", items, allowed.len())?;
        }
        match self.people.iter().find(|&&person| person as usize >= self.history.rows()) {
            Some(&person) => Err(Error::Index { what: "person", index: person as usize, size: self.history.rows() }),
            None => Ok(()),
        }
    }

    /// Whether an item may be on this person's list.
    fn may_show(&self, person: u32, item: u32) -> bool {
        self.allowed.is_none_or(|allowed| allowed[item as usize])
            && (self.keep_seen || !self.history.contains(person as usize, item))
    }
}

/// A model that makes ranked lists.
pub trait Recommender: Sync {
    /// Number of items that it knows.
    fn items(&self) -> usize;

    /// One list per person of the request, best first.
    ///
    /// # Errors
    /// [`Error::Shape`] for a history with another number of items, [`Error::Index`] for an unknown person.
    fn recommend(&self, request: &Request<'_>) -> Result<Vec<Vec<ScoredItem>>>;
}

/// Interactions that a model can learn from: some, and all above 0.
fn check_interactions(interactions: &CsrMatrix) -> Result<()> {
    require_data("a recommender (interactions)", 1, interactions.stored())?;
    match interactions.triples().find(|&(_, _, value)| value <= 0.0) {
        Some((.., value)) => Err(Error::Parameter {
            name: "interaction",
            value: value.to_string(),
            must: "above 0 (leave out the others)",
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
