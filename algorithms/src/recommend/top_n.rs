//! The best few of many scores.

use super::{Request, ScoredItem};
use crate::simd::{LANES, Lanes, multiversion};
use crate::tiles::Tiles;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// People whose scores are computed together: their factors and one tile of items stay in registers and first-level cache.
const TOGETHER: usize = 4;

/// A candidate on a heap whose top is the worst.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Worst(ScoredItem);

impl Eq for Worst {}

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.score.total_cmp(&self.0.score).then(self.0.item.cmp(&other.0.item))
    }
}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Keeps the best `n` of the items offered.
pub(super) struct Best {
    n: usize,
    heap: BinaryHeap<Worst>,
    /// Below this score nothing can get in any more.
    threshold: f32,
}

impl Best {
    pub(super) fn new(n: usize) -> Self {
        let threshold = if n == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Best { n, heap: BinaryHeap::with_capacity(n.min(1024) + 1), threshold }
    }

    /// Takes an item if it is among the best so far and `allowed` says so, which is only asked then.
    pub(super) fn offer(&mut self, item: u32, score: f32, allowed: impl FnOnce() -> bool) {
        // Not `<`: a score that is no number must not get in either.
        if score.is_nan() || score < self.threshold || self.n == 0 {
            return;
        }
        let candidate = Worst(ScoredItem { item, score });
        let full = self.heap.len() == self.n;
        if full && self.heap.peek().is_some_and(|worst| candidate >= *worst) {
            return;
        }
        if allowed() {
            if full {
                self.heap.pop();
            }
            self.heap.push(candidate);
            if self.heap.len() == self.n {
                self.threshold = self.heap.peek().map_or(self.threshold, |worst| worst.0.score);
            }
        }
    }

    /// The items, best first.
    pub(super) fn into_list(self) -> Vec<ScoredItem> {
        self.heap.into_sorted_vec().into_iter().map(|worst| worst.0).collect()
    }
}

/// Lists by the product of each person's factors with all items' factors. `factors` gives the row of a person.
pub(super) fn by_product<'f>(
    request: &Request<'_>,
    items: &Tiles,
    factors: impl Fn(u32) -> &'f [f32] + Sync,
) -> Vec<Vec<ScoredItem>> {
    let blocks = request.people.par_chunks(TOGETHER).map(|people| {
        let rows: [&[f32]; TOGETHER] = std::array::from_fn(|at| factors(people[at.min(people.len() - 1)]));
        let mut best: Vec<Best> = people.iter().map(|_| Best::new(request.n)).collect();
        let mut scores = [Lanes::splat(0.0); TOGETHER];
        for (index, tile) in items.values().chunks_exact(items.columns).enumerate() {
            products(tile, &rows, &mut scores);
            let first = index * LANES;
            for ((best, scores), &person) in best.iter_mut().zip(&scores).zip(people) {
                if any_reaches(scores, best.threshold) {
                    offer_all(best, scores, first, items.rows, |item| request.may_show(person, item));
                }
            }
        }
        best.into_iter().map(Best::into_list).collect::<Vec<_>>()
    });
    blocks.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn offer_all(best: &mut Best, scores: &Lanes, first: usize, items: usize, allowed: impl Fn(u32) -> bool) {
    for (lane, &score) in scores.0.iter().enumerate().take(items - first) {
        let item = (first + lane) as u32;
        best.offer(item, score, || allowed(item));
    }
}

#[inline]
fn any_reaches(scores: &Lanes, threshold: f32) -> bool {
    scores.0.iter().fold(false, |any, &score| any | (score >= threshold))
}

multiversion! {
    /// The products of sixteen items with the factors of a few people.
    fn products(tile: &[Lanes], people: &[&[f32]; TOGETHER], scores: &mut [Lanes; TOGETHER]) = products_body
}

#[inline(always)]
fn products_body<const FUSED: bool>(tile: &[Lanes], people: &[&[f32]; TOGETHER], scores: &mut [Lanes; TOGETHER]) {
    let people = people.map(|factors| &factors[..tile.len()]);
    let mut sums = [Lanes::splat(0.0); TOGETHER];
    for (factor, values) in tile.iter().enumerate() {
        for person in 0..TOGETHER {
            sums[person] = values.times_plus::<FUSED>(Lanes::splat(people[person][factor]), sums[person]);
        }
    }
    *scores = sums;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_in_order_and_ties_go_to_the_lower_item() {
        let mut best = Best::new(3);
        for (item, score) in [(5, 1.0), (2, 3.0), (9, 2.0), (1, 2.0), (0, f32::NAN), (7, 2.0)] {
            best.offer(item, score, || item != 99);
        }
        let items: Vec<u32> = best.into_list().iter().map(|scored| scored.item).collect();
        assert_eq!(items, [2, 1, 7]);
    }

    #[test]
    fn what_is_not_allowed_does_not_take_a_place() {
        let mut best = Best::new(1);
        best.offer(0, 9.0, || false);
        best.offer(1, 1.0, || true);
        assert_eq!(best.into_list()[0].item, 1);
    }
}
