//! Who bought what, as a sparse matrix.

use bellwether_algorithms::{Result, matrix::CsrMatrix};
use bellwether_domain::{OrderHistory, OrderKind, ProfileId};
use chrono::{DateTime, Duration, Utc};
use rustc_hash::FxHashMap;

/// People × products with how strongly each bought each, from orders before a moment.
#[derive(Debug, Clone)]
pub struct Interactions {
    /// The rows.
    pub people: Vec<ProfileId>,
    /// Columns are `OrderHistory::products`; values are `1 + ln(orders with it)`.
    pub matrix: CsrMatrix,
    /// Per product: whether it is still sold.
    pub on_sale: Vec<bool>,
}

impl Interactions {
    /// Reads the orders before `until`. `profiles` says whom each of `history.customers` leads to.
    pub fn before(
        history: &OrderHistory,
        profiles: &[ProfileId],
        until: DateTime<Utc>,
        sold_within_days: i64,
    ) -> Result<Self> {
        let mut rows: FxHashMap<ProfileId, u32> = FxHashMap::default();
        let mut people = Vec::new();
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut on_sale = vec![false; history.products.len()];
        let recent = until - Duration::days(sold_within_days);
        let mut basket = Vec::new();
        for order in history.before(until).iter().filter(|order| order.kind == OrderKind::Completed) {
            basket.clear();
            basket.extend(history.lines_of(order).iter().filter(|l| l.flags.is_ordinary_sale()).map(|l| l.product));
            basket.sort_unstable();
            basket.dedup();
            if order.time >= recent {
                basket.iter().for_each(|product| on_sale[*product as usize] = true);
            }
            // Whoever only ever paid postage took nothing that says anything about taste.
            let Some(customer) = order.customer.filter(|_| !basket.is_empty()) else { continue };
            let profile = profiles[customer as usize];
            let row = *rows.entry(profile).or_insert_with(|| {
                people.push(profile);
                people.len() as u32 - 1
            });
            pairs.extend(basket.iter().map(|product| (row, *product)));
        }
        let matrix = CsrMatrix::from_triples(people.len(), history.products.len(), strengths(pairs))?;
        Ok(Self { people, matrix, on_sale })
    }
}

/// Equal pairs become one with the logarithm of their number: the tenth order of an item says less than the first.
fn strengths(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32, f32)> {
    pairs.sort_unstable();
    pairs.chunk_by(|a, b| a == b).map(|same| (same[0].0, same[0].1, 1.0 + (same.len() as f32).ln())).collect()
}
