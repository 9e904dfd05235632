//! How good ranked lists are, judged against what people really took, over all items (never against a sample of them).
//!
//! # Idea
//! Hide some of what people took, let a model rank everything, and see where the hidden items stand. Every measure is
//! computed per person and averaged over the people who took anything hidden; the others cannot be judged and are counted.
//!
//! | measure | for one person, with `hits` relevant items among the first `k` |
//! | --- | --- |
//! | precision@k | hits / k |
//! | recall@k | hits / relevant |
//! | hit_rate@k | 1 if there is a hit |
//! | ndcg@k | Σ 1 / log2(rank + 1) over hits, over the same sum of a perfect list |
//! | map@k | Σ (hits up to there / rank) over hits, over min(k, relevant) |
//! | mrr@k | 1 / rank of the first hit, 0 without one |
//! | coverage@k | different items on all lists / all items |
//! | novelty@k | mean of −log2(share of people who have the item) over all places on the lists; popular lists are low |
//!
//! # Shapes and errors
//! One list (best first) and one set of relevant items per person, items below a common count. A list shorter than `k`
//! counts as it is. `k = 0`, lists of different number, and items out of range are refused; an item twice on a list counts once,
//! at its first place.
//!
//! # Cost
//! O(people · k · log relevant), in parallel; sums are in a fixed order.
//!
//! # When not to use it
//! Relevance is what people took without the model, so a model that finds what they would not have found looks bad here.
//!
//! # Source
//! Järvelin & Kekäläinen (2002) for nDCG with binary gains. Held against scikit-learn's `ndcg_score` and `average_precision`
//! by the script in `golden/`.

use crate::error::{Error, Result, require, require_data, require_equal};
use crate::parallel::map_ranges;
use serde::{Deserialize, Serialize};

/// Means over people, all fractions but the novelty, which is in bits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankingMetrics {
    /// Length of the lists that were judged.
    pub k: usize,
    /// People who took something and were judged.
    pub people: usize,
    /// People who took nothing and could not be judged.
    pub skipped: usize,
    /// Mean share of a list that was taken.
    pub precision: f64,
    /// Mean share of what was taken that was on the list.
    pub recall: f64,
    /// Mean normalised discounted cumulative gain.
    pub ndcg: f64,
    /// Mean average precision.
    pub map: f64,
    /// Mean reciprocal rank of the first hit.
    pub mrr: f64,
    /// Share of people with a hit.
    pub hit_rate: f64,
    /// Share of items that are on any list.
    pub coverage: f64,
    /// Mean self-information of recommended items, in bits. `None` if nobody has any of them yet.
    pub novelty: Option<f64>,
}

/// What is known of the items besides the lists.
#[derive(Debug, Clone, Copy)]
pub struct ItemFacts<'a> {
    /// How many people have each item, in the data that the model was trained on.
    pub people_with_item: &'a [u32],
    /// All people in that data.
    pub people: usize,
}

/// Judges the first `k` of each list against the relevant items of the same person.
///
/// # Errors
/// [`Error::Parameter`] for `k = 0`, [`Error::Shape`] unless there are as many lists as sets of relevant items,
/// [`Error::Index`] for an unknown item, [`Error::TooLittleData`] if nobody has a relevant item.
pub fn evaluate<L, S>(lists: &[L], relevant: &[S], k: usize, items: ItemFacts<'_>) -> Result<RankingMetrics>
where
    L: AsRef<[u32]> + Sync,
    S: AsRef<[u32]> + Sync,
{
    require(k >= 1, "k", k, "at least 1")?;
    require_equal("ranked lists (one per set of relevant items)", relevant.len(), lists.len())?;
    check_items(lists, relevant, items.people_with_item.len())?;
    let ideal = IdealGains::new(k);
    let parts = map_ranges(lists.len(), 512, |range| {
        range.fold(Sums::default(), |sums, person| {
            sums.plus(&of_person(lists[person].as_ref(), relevant[person].as_ref(), k, &ideal))
        })
    });
    let sums = parts.iter().fold(Sums::default(), |sums, part| sums.plus(part));
    require_data("ranking metrics (people with a relevant item)", 1, sums.people)?;
    let (coverage, novelty) = breadth(lists, relevant, k, items);
    Ok(sums.means(k, lists.len(), coverage, novelty))
}

fn check_items<L: AsRef<[u32]>, S: AsRef<[u32]>>(lists: &[L], relevant: &[S], items: usize) -> Result<()> {
    let all = lists.iter().flat_map(|list| list.as_ref()).chain(relevant.iter().flat_map(|set| set.as_ref()));
    match all.copied().find(|&item| item as usize >= items) {
        Some(item) => Err(Error::Index { what: "item", index: item as usize, size: items }),
        None => Ok(()),
    }
}

/// Discounts by place and their running sums.
struct IdealGains {
    gains: Vec<f64>,
    sums: Vec<f64>,
}

impl IdealGains {
    fn new(k: usize) -> Self {
        let gains: Vec<f64> = (0..k).map(|place| 1.0 / (place as f64 + 2.0).log2()).collect();
        let mut sums = vec![0.0];
        gains.iter().for_each(|gain| sums.push(sums[sums.len() - 1] + gain));
        IdealGains { gains, sums }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    people: usize,
    precision: f64,
    recall: f64,
    ndcg: f64,
    map: f64,
    mrr: f64,
    hit_rate: f64,
}

impl Sums {
    fn plus(self, other: &Sums) -> Sums {
        Sums {
            people: self.people + other.people,
            precision: self.precision + other.precision,
            recall: self.recall + other.recall,
            ndcg: self.ndcg + other.ndcg,
            map: self.map + other.map,
            mrr: self.mrr + other.mrr,
            hit_rate: self.hit_rate + other.hit_rate,
        }
    }

    fn means(self, k: usize, all: usize, coverage: f64, novelty: Option<f64>) -> RankingMetrics {
        let mean = |sum: f64| sum / self.people as f64;
        RankingMetrics {
            k,
            people: self.people,
            skipped: all - self.people,
            precision: mean(self.precision),
            recall: mean(self.recall),
            ndcg: mean(self.ndcg),
            map: mean(self.map),
            mrr: mean(self.mrr),
            hit_rate: mean(self.hit_rate),
            coverage,
            novelty,
        }
    }
}

fn of_person(list: &[u32], relevant: &[u32], k: usize, ideal: &IdealGains) -> Sums {
    let mut wanted = relevant.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Sums::default();
    }
    let mut found = vec![false; wanted.len()];
    let (mut hits, mut gain, mut precisions, mut first) = (0, 0.0, 0.0, 0.0);
    for (place, item) in list.iter().take(k).enumerate() {
        let Ok(at) = wanted.binary_search(item) else { continue };
        if std::mem::replace(&mut found[at], true) {
            continue;
        }
        hits += 1;
        gain += ideal.gains[place];
        precisions += f64::from(hits) / (place + 1) as f64;
        first = if hits == 1 { 1.0 / (place + 1) as f64 } else { first };
    }
    let reachable = k.min(wanted.len());
    Sums {
        people: 1,
        precision: f64::from(hits) / k as f64,
        recall: f64::from(hits) / wanted.len() as f64,
        ndcg: gain / ideal.sums[reachable],
        map: precisions / reachable as f64,
        mrr: first,
        hit_rate: if hits > 0 { 1.0 } else { 0.0 },
    }
}

/// Coverage and novelty of the lists of those who are judged.
fn breadth<L: AsRef<[u32]>, S: AsRef<[u32]>>(
    lists: &[L],
    relevant: &[S],
    k: usize,
    items: ItemFacts<'_>,
) -> (f64, Option<f64>) {
    let mut shown = vec![false; items.people_with_item.len()];
    let (mut bits, mut places) = (0.0, 0_u64);
    for (list, _) in lists.iter().zip(relevant).filter(|(_, relevant)| !relevant.as_ref().is_empty()) {
        for &item in list.as_ref().iter().take(k) {
            shown[item as usize] = true;
            let having = items.people_with_item[item as usize];
            if having > 0 && items.people > 0 {
                bits -= (f64::from(having) / items.people as f64).log2();
                places += 1;
            }
        }
    }
    let coverage = shown.iter().filter(|shown| **shown).count() as f64 / shown.len().max(1) as f64;
    (coverage, (places > 0).then(|| bits / places as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ITEMS: ItemFacts<'_> = ItemFacts { people_with_item: &[8, 4, 2, 1, 0], people: 8 };

    #[test]
    fn one_person_by_hand() {
        // Hits at places 1 and 3 of 3, three relevant.
        let metrics = evaluate(&[vec![0, 1, 2]], &[vec![0, 2, 4]], 3, ITEMS).unwrap();
        let ideal = 1.0 + 1.0 / 3_f64.log2() + 0.5;
        assert!((metrics.ndcg - 1.5 / ideal).abs() < 1e-12);
        assert!((metrics.map - (1.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert!((metrics.recall - 2.0 / 3.0).abs() < 1e-12);
        assert!((metrics.precision - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((metrics.mrr, metrics.hit_rate, metrics.coverage), (1.0, 1.0, 0.6));
        // −log2 of 8/8, 4/8, 2/8: 0, 1, 2 bits.
        assert_eq!(metrics.novelty, Some(1.0));
    }

    #[test]
    fn people_who_took_nothing_are_skipped_and_counted() {
        let metrics = evaluate(&[vec![0], vec![1], vec![2]], &[vec![0], vec![], vec![3]], 1, ITEMS).unwrap();
        assert_eq!((metrics.people, metrics.skipped), (2, 1));
        assert_eq!((metrics.recall, metrics.mrr, metrics.coverage), (0.5, 0.5, 0.4));
        assert!(evaluate(&[vec![0]], &[Vec::new()], 1, ITEMS).is_err());
    }

    #[test]
    fn an_item_twice_on_a_list_counts_once() {
        let metrics = evaluate(&[vec![0, 0, 1]], &[vec![0, 1]], 3, ITEMS).unwrap();
        assert_eq!(metrics.recall, 1.0);
        assert!((metrics.precision - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn wrong_input_is_refused() {
        assert!(evaluate(&[vec![0]], &[vec![0]], 0, ITEMS).is_err());
        assert!(evaluate(&[vec![0]], &[vec![0], vec![1]], 1, ITEMS).is_err());
        assert_eq!(evaluate(&[vec![9]], &[vec![0]], 1, ITEMS), Err(Error::Index { what: "item", index: 9, size: 5 }));
    }

    proptest! {
        #[test]
        fn a_perfect_list_has_full_marks_and_a_longer_list_never_finds_less(
            relevant in prop::collection::btree_set(0u32..5, 1..5), k in 1usize..5,
        ) {
            let perfect: Vec<u32> = relevant.iter().copied().chain((0..5).filter(|item| !relevant.contains(item))).collect();
            let wanted: Vec<u32> = relevant.into_iter().collect();
            let at = |k| evaluate(&[&perfect], &[&wanted], k, ITEMS).unwrap();
            let metrics = at(k);
            prop_assert!((metrics.ndcg - 1.0).abs() < 1e-12 && (metrics.map - 1.0).abs() < 1e-12);
            prop_assert!(at(k + 1).recall >= metrics.recall);
        }
    }
}
