//! `recommend.py`: implicit 0.7.3 (ALS with conjugate gradients from given vectors, cosine and BM25 neighbours).

use crate::{matrix, read};
use bellwether_algorithms::matrix::CsrMatrix;
use bellwether_algorithms::random::seeded;
use bellwether_algorithms::recommend::{Als, AlsModel, Confidence, ItemToItem, Recommender, Request, Similarity};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cells: Vec<(u32, u32, f32)>,
    people: usize,
    items: usize,
    factors: usize,
    als: Vec<Fit>,
    cosine: Vec<Vec<f64>>,
    bm25: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Fit {
    alpha: f32,
    iterations: usize,
    regularization: f32,
    start_people: Vec<Vec<f32>>,
    start_items: Vec<Vec<f32>>,
    people: Vec<Vec<f32>>,
    items: Vec<Vec<f32>>,
    top_items: Vec<Vec<u32>>,
    top_scores: Vec<Vec<f32>>,
    explained: Vec<Explained>,
}

#[derive(Deserialize)]
struct Explained {
    total: f64,
    contributions: Vec<(u32, f64)>,
}

impl Golden {
    fn interactions(&self) -> CsrMatrix {
        CsrMatrix::from_triples(self.people, self.items, self.cells.iter().copied()).unwrap()
    }

    /// implicit multiplies by alpha and adds nothing, so the products are the confidences.
    fn fit(&self, golden: &Fit) -> (CsrMatrix, AlsModel) {
        let confidences = self.interactions().map_values(|_, _, value| value * golden.alpha);
        let parameters = Als::new(self.factors)
            .regularization(golden.regularization)
            .confidence(Confidence::Given)
            .iterations(golden.iterations)
            .initial_vectors(matrix(&golden.start_people), matrix(&golden.start_items));
        let model = parameters.fit(&confidences, &mut seeded(0)).unwrap();
        (confidences, model)
    }
}

/// Both add up thousands of `f32` in different orders and pass the difference on from iteration to iteration.
#[track_caller]
fn near(what: &str, found: f32, expected: f32) {
    assert!((found - expected).abs() <= 2e-3 * expected.abs().max(0.1), "{what}: {found} instead of {expected}");
}

#[test]
fn als_from_the_same_vectors_goes_the_same_way() {
    let golden: Golden = read("recommend");
    for fit in &golden.als {
        let (confidences, model) = golden.fit(fit);
        for (person, expected) in fit.people.iter().enumerate() {
            model.person(person).iter().zip(expected).for_each(|(&found, &expected)| near("person", found, expected));
        }
        for (item, expected) in fit.items.iter().enumerate() {
            model.item(item).iter().zip(expected).for_each(|(&found, &expected)| near("item", found, expected));
        }
        let everybody: Vec<u32> = (0..golden.people as u32).collect();
        let lists = model.recommend(&Request::new(&everybody, &confidences, 5)).unwrap();
        for ((list, items), scores) in lists.iter().zip(&fit.top_items).zip(&fit.top_scores) {
            for ((found, &item), &score) in list.iter().zip(items).zip(scores) {
                near("score", found.score, score);
                let exchanged = (found.score - score).abs() < 1e-4;
                assert!(found.item == item || exchanged, "{found:?} instead of {item}");
            }
        }
    }
}

#[test]
fn als_gives_the_same_reasons() {
    let golden: Golden = read("recommend");
    for fit in &golden.als {
        let (confidences, model) = golden.fit(fit);
        for (person, explained) in fit.explained.iter().enumerate() {
            let found = &model.explain(&confidences, person as u32, &[fit.top_items[person][0]]).unwrap()[0];
            let sum: f32 = found.iter().map(|reason| reason.score).sum();
            near("sum of contributions", sum, explained.total as f32);
            for &(item, expected) in &explained.contributions {
                let own = found.iter().find(|reason| reason.item == item).expect("every own item is listed");
                near("contribution", own.score, expected as f32);
            }
        }
    }
}

#[test]
fn neighbours_are_as_similar() {
    let golden: Golden = read("recommend");
    let history = golden.interactions();
    let bm25 = Similarity::Bm25 { k1: 1.2, b: 0.75 };
    for (similarity, expected) in [(Similarity::Cosine, &golden.cosine), (bm25, &golden.bm25)] {
        let model = ItemToItem::new(golden.items).similarity(similarity).fit(&history).unwrap();
        for (item, row) in expected.iter().enumerate() {
            let found = model.neighbours(item as u32);
            let positive = row.iter().filter(|score| **score > 0.0).count();
            assert_eq!(found.len(), positive);
            for neighbour in found {
                near("similarity", neighbour.score, row[neighbour.item as usize] as f32);
            }
        }
    }
}
