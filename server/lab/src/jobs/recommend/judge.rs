//! Lists held against what people really took, over all items.

use super::data::{Event, Interactions};
use crate::{LabError, Result, jobs::refused};
use bellwether_algorithms::{
    matrix::CsrMatrix,
    ranking::{ItemFacts, RankingMetrics, evaluate},
    recommend::{Recommender, Request},
};
use serde_json::{Map, Value, json};

/// Fewer judged users than this give numbers that say nothing.
const LEAST_PEOPLE: usize = 10;
const CUT_OFFS: [usize; 6] = [1, 5, 10, 20, 50, 100];

/// A training part and the held-out truth.
pub(super) struct Judge {
    train: CsrMatrix,
    people: Vec<u32>,
    relevant: Vec<Vec<u32>>,
    people_with_item: Vec<u32>,
    keep_seen: bool,
    /// Users of the held-out part without any history.
    pub cold_users: usize,
}

impl Judge {
    /// Prepares the truth: per user the held-out items that could be recommended at all.
    pub fn new(interactions: &Interactions, train: &[Event], test: &[Event], keep_seen: bool) -> Result<Self> {
        let train = interactions.matrix(train)?;
        let mut relevant: Vec<Vec<u32>> = vec![Vec::new(); train.rows()];
        for event in test {
            if keep_seen || !train.contains(event.user as usize, event.item) {
                relevant[event.user as usize].push(event.item);
            }
        }
        let has_history = |user: usize| train.row_len(user) > 0;
        let cold_users = (0..relevant.len()).filter(|&user| !relevant[user].is_empty() && !has_history(user)).count();
        let judged = |user: &u32| !relevant[*user as usize].is_empty() && has_history(*user as usize);
        let people: Vec<u32> = (0..relevant.len() as u32).filter(judged).collect();
        if people.len() < LEAST_PEOPLE {
            let have = people.len();
            return Err(LabError::too_little(format!(
                "judging needs at least {LEAST_PEOPLE} users with history and something new held out, there are {have} (--split none makes lists without judging)"
            )));
        }
        let relevant = people.iter().map(|&user| std::mem::take(&mut relevant[user as usize])).collect();
        Ok(Self { people_with_item: train.column_counts(), train, people, relevant, keep_seen, cold_users })
    }

    pub fn train(&self) -> &CsrMatrix {
        &self.train
    }

    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// The measure that tuning compares: nDCG at one cut-off.
    pub fn ndcg(&self, model: &dyn Recommender, k: usize) -> Result<f64> {
        let lists = self.lists(model, k)?;
        Ok(self.at(&lists, k)?.ndcg)
    }

    /// All measures at the usual cut-offs and at `top`.
    pub fn metrics(&self, model: &dyn Recommender, top: usize) -> Result<Map<String, Value>> {
        let mut cut_offs: Vec<usize> = CUT_OFFS.into_iter().chain([top]).collect();
        cut_offs.sort_unstable();
        cut_offs.dedup();
        let lists = self.lists(model, cut_offs[cut_offs.len() - 1])?;
        let mut metrics = Map::new();
        for k in cut_offs {
            let found = self.at(&lists, k)?;
            let mut add = |name: &str, value: Value| metrics.insert(format!("{name}@{k}"), value);
            add("precision", json!(found.precision));
            add("recall", json!(found.recall));
            add("ndcg", json!(found.ndcg));
            add("map", json!(found.map));
            add("mrr", json!(found.mrr));
            add("hit_rate", json!(found.hit_rate));
            add("coverage", json!(found.coverage));
            add("novelty", json!(found.novelty));
        }
        Ok(metrics)
    }

    fn lists(&self, model: &dyn Recommender, length: usize) -> Result<Vec<Vec<u32>>> {
        let allowed: Vec<bool> = self.people_with_item.iter().map(|count| *count > 0).collect();
        let request = Request {
            keep_seen: self.keep_seen,
            allowed: Some(&allowed),
            ..Request::new(&self.people, &self.train, length)
        };
        let lists = model.recommend(&request).map_err(refused)?;
        Ok(lists.into_iter().map(|list| list.into_iter().map(|one| one.item).collect()).collect())
    }

    fn at(&self, lists: &[Vec<u32>], k: usize) -> Result<RankingMetrics> {
        let people = (0..self.train.rows()).filter(|&user| self.train.row_len(user) > 0).count();
        let items = ItemFacts { people_with_item: &self.people_with_item, people };
        evaluate(lists, &self.relevant, k, items).map_err(refused)
    }
}
