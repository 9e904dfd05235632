use super::{Case, fixtures::*};
use bellwether_domain::SegmentArm;
use serde_json::json;

fn part(column: &str, value: &str, name: &str) -> SegmentArm {
    SegmentArm { column: column.to_owned(), value: value.to_owned(), summary: arm(name, 7) }
}

pub async fn experiments_come_back_in_order(fresh: Case) {
    let store = &fresh.store;
    let arms = [arm("random", 10_000), arm("bts", 10_000), arm("another", 3)];
    let parts = [part("channel", "Web", "random"), part("channel", "Phone", "bts"), part("age", "", "bts")];
    store.put_experiment(&experiment("open-bandit"), &arms, &parts).await.unwrap();
    store.put_experiment(&experiment("hillstrom"), &[], &[]).await.unwrap();
    let found = store.experiment_by_slug("open-bandit").await.unwrap();
    assert_eq!(found, Some((experiment("open-bandit"), arms.to_vec(), parts.to_vec())));
    assert_eq!(store.experiments().await.unwrap(), [experiment("hillstrom"), experiment("open-bandit")]);
    assert_eq!(store.experiment_by_slug("none").await.unwrap(), None);
}

pub async fn an_experiment_is_replaced_whole(fresh: Case) {
    let store = &fresh.store;
    store.put_experiment(&experiment("a"), &[arm("x", 1), arm("y", 2)], &[part("c", "v", "x")]).await.unwrap();
    let before = store.digest().await.unwrap();
    // The same arm and metric twice is refused, and nothing of it stays.
    assert!(store.put_experiment(&experiment("a"), &[arm("z", 1), arm("z", 2)], &[]).await.is_err());
    let mut nan = arm("z", 1);
    nan.sum = f64::NAN;
    assert!(store.put_experiment(&experiment("a"), &[nan], &[]).await.is_err());
    assert_eq!(store.digest().await.unwrap(), before);
    store.put_experiment(&experiment("a"), &[arm("z", 3)], &[]).await.unwrap();
    let (_, arms, parts) = store.experiment_by_slug("a").await.unwrap().unwrap();
    assert_eq!((arms, parts), (vec![arm("z", 3)], vec![]));
}

pub async fn results_are_kept_by_kind(fresh: Case) {
    let store = &fresh.store;
    assert_eq!(store.result("backtest").await.unwrap(), None);
    store.put_result("backtest", &json!({"lift": 1.9, "at": null})).await.unwrap();
    store.put_result("quality", &json!([1, 2])).await.unwrap();
    store.put_result("backtest", &json!({"lift": 2.1})).await.unwrap();
    assert_eq!(store.result("backtest").await.unwrap(), Some(json!({"lift": 2.1})));
    assert_eq!(store.result("quality").await.unwrap(), Some(json!([1, 2])));
    store.remove_result("backtest").await.unwrap();
    store.remove_result("never was").await.unwrap();
    assert_eq!(store.result("backtest").await.unwrap(), None);
    assert_eq!(store.result("quality").await.unwrap(), Some(json!([1, 2])));
}
