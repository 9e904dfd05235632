//! `ranking.py`: scikit-learn 1.9.1 for nDCG, NumPy 2.4.6 for the other definitions.

use crate::{close, read};
use bellwether_algorithms::ranking::{ItemFacts, evaluate};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    lists: Vec<Vec<u32>>,
    relevant: Vec<Vec<u32>>,
    people_with_item: Vec<u32>,
    trained_people: usize,
    measures: Vec<Measures>,
}

#[derive(Deserialize)]
struct Measures {
    k: usize,
    people: usize,
    precision: f64,
    recall: f64,
    ndcg: f64,
    map: f64,
    mrr: f64,
    hit_rate: f64,
    coverage: f64,
    novelty: f64,
}

#[test]
fn measures_of_rankings() {
    let golden: Golden = read("ranking");
    let items = ItemFacts { people_with_item: &golden.people_with_item, people: golden.trained_people };
    for expected in golden.measures {
        let found = evaluate(&golden.lists, &golden.relevant, expected.k, items).unwrap();
        assert_eq!(found.people, expected.people);
        close("precision", found.precision, expected.precision, 1e-12);
        close("recall", found.recall, expected.recall, 1e-12);
        close("nDCG", found.ndcg, expected.ndcg, 1e-12);
        close("MAP", found.map, expected.map, 1e-12);
        close("MRR", found.mrr, expected.mrr, 1e-12);
        close("hit rate", found.hit_rate, expected.hit_rate, 1e-12);
        close("coverage", found.coverage, expected.coverage, 1e-12);
        close("novelty", found.novelty.unwrap(), expected.novelty, 1e-12);
    }
}
