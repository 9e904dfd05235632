//! Which kind of list foresaw best what people bought next.

use crate::{Interactions, LIST_LENGTH, Parameters};
use bellwether_algorithms::{
    Result,
    ranking::{ItemFacts, RankingMetrics, evaluate},
    recommend::{Popularity, Recommender, Request},
};
use bellwether_domain::{OrderHistory, OrderKind, ProfileId};
use chrono::{DateTime, Utc};
use rand::Rng;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many times popularity's NDCG@10 a model must reach to be served instead.
pub const MARGIN: f64 = 1.2;

/// The kinds of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Matrix factorisation by alternating least squares.
    Als,
    /// Items bought by the same people.
    ItemToItem,
    /// What most people buy.
    Popularity,
}

impl ModelKind {
    /// The name used in the Store and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::ItemToItem => "item_to_item",
            Self::Popularity => "popularity",
        }
    }
}

/// One kind of list and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Which.
    pub kind: ModelKind,
    /// Over everybody who bought something new in the window.
    pub metrics: RankingMetrics,
}

/// All kinds, judged on the same people and the same purchases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Lists were made from orders before this.
    pub as_of: DateTime<Utc>,
    /// And judged on orders from then to here.
    pub until: DateTime<Utc>,
    /// Best NDCG@10 first.
    pub qualities: Vec<Quality>,
    /// The kind that deserves to be served.
    pub serving: ModelKind,
    /// NDCG@10 of the best model over that of popularity; `None` where popularity's is nothing.
    pub ratio: Option<f64>,
}

/// Trains on the orders before `as_of` and judges on what the same people bought for the first time in
/// `[as_of, until)`. What they had bought before is neither recommended nor counted.
pub fn judge(
    history: &OrderHistory,
    profiles: &[ProfileId],
    (as_of, until): (DateTime<Utc>, DateTime<Utc>),
    parameters: &Parameters,
    rng: &mut impl Rng,
) -> Result<Evaluation> {
    let known = Interactions::before(history, profiles, as_of, parameters.sold_within_days)?;
    let bought = bought_next(history, profiles, (as_of, until), &known);
    let judged: Vec<u32> = (0..known.people.len() as u32).filter(|row| !bought[*row as usize].is_empty()).collect();
    let relevant: Vec<&Vec<u32>> = judged.iter().map(|row| &bought[*row as usize]).collect();
    let popularity = Popularity::fit(&known.matrix)?;
    let models: [(ModelKind, Box<dyn Recommender>); 3] = [
        (ModelKind::Als, Box::new(parameters.als().fit(&known.matrix, rng)?)),
        (ModelKind::ItemToItem, Box::new(parameters.item_to_item().fit(&known.matrix)?)),
        (ModelKind::Popularity, Box::new(popularity.clone())),
    ];
    let request = Request { allowed: Some(&known.on_sale), ..Request::new(&judged, &known.matrix, LIST_LENGTH) };
    let facts = ItemFacts { people_with_item: popularity.people_with_item(), people: known.people.len() };
    let mut qualities = Vec::new();
    for (kind, model) in &models {
        let lists: Vec<Vec<u32>> =
            model.recommend(&request)?.into_iter().map(|list| list.into_iter().map(|s| s.item).collect()).collect();
        qualities.push(Quality { kind: *kind, metrics: evaluate(&lists, &relevant, LIST_LENGTH, facts)? });
    }
    qualities.sort_by(|a, b| b.metrics.ndcg.total_cmp(&a.metrics.ndcg));
    let (serving, ratio) = choose(&qualities);
    Ok(Evaluation { as_of, until, qualities, serving, ratio })
}

/// Per row of `known`: the products that were new to that person in the window.
fn bought_next(
    history: &OrderHistory,
    profiles: &[ProfileId],
    (as_of, until): (DateTime<Utc>, DateTime<Utc>),
    known: &Interactions,
) -> Vec<Vec<u32>> {
    let rows: FxHashMap<ProfileId, usize> = known.people.iter().enumerate().map(|(row, who)| (*who, row)).collect();
    let mut bought = vec![Vec::new(); known.people.len()];
    for order in history.since(as_of).iter().take_while(|order| order.time < until) {
        let (OrderKind::Completed, Some(customer)) = (order.kind, order.customer) else { continue };
        let Some(&row) = rows.get(&profiles[customer as usize]) else { continue };
        for line in history.lines_of(order).iter().filter(|line| line.flags.is_ordinary_sale()) {
            if !known.matrix.contains(row, line.product) {
                bought[row].push(line.product);
            }
        }
    }
    for products in &mut bought {
        products.sort_unstable();
        products.dedup();
    }
    bought
}

/// The best model where it is clearly better than popularity, otherwise popularity.
fn choose(qualities: &[Quality]) -> (ModelKind, Option<f64>) {
    let ndcg = |wanted: fn(&&Quality) -> bool| qualities.iter().find(wanted).map_or(0.0, |q| q.metrics.ndcg);
    let popularity = ndcg(|q| q.kind == ModelKind::Popularity);
    let best = qualities.iter().find(|q| q.kind != ModelKind::Popularity);
    let Some(best) = best.filter(|best| best.metrics.ndcg > 0.0 && best.metrics.ndcg >= MARGIN * popularity) else {
        let best = ndcg(|q| q.kind != ModelKind::Popularity);
        return (ModelKind::Popularity, (popularity > 0.0).then(|| best / popularity));
    };
    (best.kind, (popularity > 0.0).then(|| best.metrics.ndcg / popularity))
}
