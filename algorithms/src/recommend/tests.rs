use super::*;
use crate::random::seeded;
use rand::Rng;

/// Two circles of taste: people 0..20 take items 0..8, people 20..40 take items 8..16, each about half of them.
fn two_circles() -> CsrMatrix {
    let mut rng = seeded(6);
    let mut triples = Vec::new();
    for person in 0..40_u32 {
        for item in 0..8_u32 {
            if rng.random_bool(0.5) {
                triples.push((person, item + person / 20 * 8, rng.random_range(1..4) as f32));
            }
        }
    }
    CsrMatrix::from_triples(40, 16, triples).unwrap()
}

/// Every model must keep to the circle of each person who has more than one item.
fn check_circles(model: &impl Recommender, history: &CsrMatrix) {
    let people: Vec<u32> = (0..40).filter(|&person| history.row_len(person as usize) > 1).collect();
    let lists = model.recommend(&Request::new(&people, history, 1)).unwrap();
    for (person, list) in people.iter().zip(lists).filter(|(_, list)| !list.is_empty()) {
        let open = (0..8).any(|item| !history.contains(*person as usize, item + person / 20 * 8));
        assert!(!open || list[0].item / 8 == person / 20, "person {person}: {list:?}");
        assert!(!history.contains(*person as usize, list[0].item), "already taken");
    }
}

fn als() -> Als {
    Als::new(4).regularization(0.1).confidence(Confidence::Linear { alpha: 10.0 })
}

#[test]
fn als_and_item_to_item_find_the_circles() {
    let history = two_circles();
    check_circles(&als().fit(&history, &mut seeded(1)).unwrap(), &history);
    check_circles(&ItemToItem::new(10).fit(&history).unwrap(), &history);
    let bm25 = Similarity::Bm25 { k1: 1.2, b: 0.75 };
    check_circles(&ItemToItem::new(10).similarity(bm25).shrinkage(1.0).fit(&history).unwrap(), &history);
}

#[test]
fn popularity_ranks_by_people_and_not_by_pieces() {
    let history = CsrMatrix::from_triples(3, 3, [(0, 0, 100.0), (0, 1, 1.0), (1, 1, 1.0), (2, 2, 1.0)]).unwrap();
    let model = Popularity::fit(&history).unwrap();
    let all = Request { keep_seen: true, ..Request::new(&[0], &history, 3) };
    let items = |request: &Request<'_>| -> Vec<u32> {
        model.recommend(request).unwrap()[0].iter().map(|scored| scored.item).collect()
    };
    assert_eq!(items(&all), [1, 0, 2]);
    assert_eq!(items(&Request::new(&[0], &history, 3)), [2]);
    assert_eq!(items(&Request { allowed: Some(&[true, false, true]), ..all }), [0, 2]);
}

#[test]
fn cosine_between_items_by_hand() {
    let history = CsrMatrix::from_triples(2, 2, [(0, 0, 3.0), (0, 1, 4.0), (1, 1, 3.0)]).unwrap();
    let similarity = |model: ItemToItem| model.fit(&history).unwrap().neighbours(0)[0].score;
    assert!((similarity(ItemToItem::new(5)) - 12.0 / (3.0 * 5.0)).abs() < 1e-6);
    assert!((similarity(ItemToItem::new(5).shrinkage(3.0)) - 0.8 / 4.0).abs() < 1e-6);
}

#[test]
fn reasons_of_item_to_item_add_up_to_the_score() {
    let history = two_circles();
    let model = ItemToItem::new(16).fit(&history).unwrap();
    let list = &model.recommend(&Request::new(&[3], &history, 5)).unwrap()[0];
    for scored in list {
        let reasons = model.explain(&history, 3, scored.item).unwrap();
        let sum: f32 = reasons.iter().map(|reason| reason.score).sum();
        assert!((sum - scored.score).abs() < 1e-4);
        assert!(reasons.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(reasons.iter().all(|reason| history.contains(3, reason.item)));
    }
}

#[test]
fn reasons_of_als_add_up_to_the_score() {
    let history = two_circles();
    let model = als().iterations(30).fit(&history, &mut seeded(1)).unwrap();
    let list = &model.recommend(&Request::new(&[25], &history, 3)).unwrap()[0];
    let items: Vec<u32> = list.iter().map(|scored| scored.item).collect();
    for (scored, reasons) in list.iter().zip(model.explain(&history, 25, &items).unwrap()) {
        let sum: f32 = reasons.iter().map(|reason| reason.score).sum();
        assert!((sum - scored.score).abs() < 0.02, "{sum} against {}", scored.score);
        assert_eq!(reasons[0].item / 8, 1, "the reason is from the own circle");
    }
    let firsts: Vec<_> =
        model.explain(&history, 25, &items).unwrap().into_iter().map(|all| all.first().copied()).collect();
    assert_eq!(model.explainer().strongest(&history, 25, &items).unwrap(), firsts);
}

/// The exact minimum for one person, by elimination in `f64`.
fn exact(model: &AlsModel, taken: &[(usize, f64)], regularization: f64) -> Vec<f64> {
    let size = model.factors();
    let mut rows = vec![vec![0.0; size + 1]; size];
    for item in 0..model.items() {
        let y: Vec<f64> = model.item(item).iter().map(|&value| f64::from(value)).collect();
        let confidence = taken.iter().find(|(own, _)| *own == item).map_or(1.0, |(_, confidence)| *confidence);
        let wanted = if taken.iter().any(|(own, _)| *own == item) { confidence } else { 0.0 };
        for row in 0..size {
            (0..size).for_each(|column| rows[row][column] += confidence * y[row] * y[column]);
            rows[row][size] += wanted * y[row];
        }
    }
    (0..size).for_each(|at| rows[at][at] += regularization);
    for pivot in 0..size {
        let line = rows[pivot].clone();
        for row in (0..size).filter(|&row| row != pivot) {
            let factor = rows[row][pivot] / line[pivot];
            rows[row].iter_mut().zip(&line).for_each(|(value, &above)| *value -= factor * above);
        }
    }
    (0..size).map(|at| rows[at][size] / rows[at][at]).collect()
}

#[test]
fn folding_in_solves_the_persons_system() {
    let history = two_circles();
    let model = als().fit(&history, &mut seeded(1)).unwrap();
    let newcomer = CsrMatrix::from_triples(2, 16, [(0, 9, 2.0), (0, 10, 1.0)]).unwrap();
    let vectors = model.fold_in(&newcomer).unwrap();
    let expected = exact(&model, &[(9, 21.0), (10, 11.0)], 0.1);
    for (found, expected) in vectors.row(0).iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() < 1e-3, "{found} instead of {expected}");
    }
    assert!(vectors.row(1).iter().all(|&value| value == 0.0), "nothing is known of the second");
    let list = &model.recommend_folded(&vectors, &Request::new(&[0], &newcomer, 3)).unwrap()[0];
    assert_eq!(list[0].item / 8, 1, "from the circle of the two items taken");
}

#[test]
fn models_have_the_same_bits_on_one_thread_and_on_many() {
    let history = two_circles();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let als = als().fit(&history, &mut seeded(1)).unwrap();
            let lists = als.recommend(&Request::new(&[0, 7, 30], &history, 4)).unwrap();
            (als, lists, ItemToItem::new(3).fit(&history).unwrap())
        })
    };
    assert!(on(1) == on(3));
}

#[test]
fn wrong_input_is_refused() {
    let history = two_circles();
    let model = als().fit(&history, &mut seeded(1)).unwrap();
    let narrow = CsrMatrix::from_triples(1, 3, [(0, 0, 1.0)]).unwrap();
    assert!(matches!(model.recommend(&Request::new(&[0], &narrow, 1)), Err(Error::Shape { .. })));
    assert!(matches!(model.recommend(&Request::new(&[40], &history, 1)), Err(Error::Index { .. })));
    assert!(matches!(model.explain(&history, 0, &[16]), Err(Error::Index { what: "item", .. })));
    assert!(Als::new(0).check().is_err() && Als::new(8).regularization(0.0).check().is_err());
    assert!(ItemToItem::new(0).check().is_err() && ItemToItem::new(1).shrinkage(-1.0).check().is_err());
    let negative = CsrMatrix::from_triples(1, 1, [(0, 0, -1.0)]).unwrap();
    assert!(matches!(Popularity::fit(&negative), Err(Error::Parameter { name: "interaction", .. })));
    let empty = CsrMatrix::from_triples(2, 2, []).unwrap();
    assert!(matches!(als().fit(&empty, &mut seeded(0)), Err(Error::TooLittleData { .. })));
}
