//! The other pages, each as a whole.

use crate::app::{App, expected};
use serde_json::json;

#[tokio::test]
async fn segments_and_one_of_them() {
    let app = App::filled().await;
    let detail = app.get("/segments/rfm-champions").await;
    let list = app.get("/segments").await;
    assert_eq!((list.as_array().expect("segments").len(), &list[0]), (2, &detail["segment"]));
    insta::assert_json_snapshot!(detail);
    assert_eq!(app.get("/segments/clustering").await["chosen_k"], json!(4));
}

#[tokio::test]
async fn recommendations_say_who_serves_and_why() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(app.get("/recommendations").await);
    let lists = app.get("/recommendations/customers?page_size=1").await;
    assert_eq!((&lists["total"], lists["rows"].as_array().expect("rows").len()), (&json!(2), 1));
}

#[tokio::test]
async fn the_catalogue_can_be_searched() {
    let app = App::filled().await;
    let found = app.get("/products?q=lantern").await;
    insta::assert_json_snapshot!(found);
    assert_eq!(app.get("/products?q=POST").await["rows"][0]["is_product"], json!(false));
}

#[tokio::test]
async fn an_experiment_without_a_difference_says_so() {
    let app = App::filled().await;
    let detail = app.get("/experiments/open-bandit-women").await;
    assert_eq!(detail["verdict"]["code"], "no_difference");
    assert_eq!(detail["sample_ratio"]["ok"], json!(true));
    // Exposures per arm at 80 % power, 5 %, from 0.46 %: within the approximations in use.
    let needed = detail["metrics"][0]["power"].as_array().expect("a table");
    let per_arm = |row: usize| needed[row]["per_arm"].as_u64().expect("a number");
    assert!((340_000..365_000).contains(&per_arm(0)) && (85_000..95_000).contains(&per_arm(1)), "{needed:?}");
    insta::assert_json_snapshot!(detail["metrics"][0]["comparisons"][0]["verdict"]);
    assert_eq!(app.get("/experiments").await, json!([detail["experiment"]]));
}

#[tokio::test]
async fn the_backtest_is_given_as_it_was_kept() {
    let app = App::filled().await;
    let backtest = app.get("/backtest").await;
    assert_eq!(backtest["campaigns"][0]["chosen"]["response_rate"], json!(0.5));
    app.shop.store.put_result("backtest", &json!({ "of": "another version" })).await.expect("stored");
    assert_eq!(app.problem("/backtest").await, expected(500, "internal", None));
}

#[tokio::test]
async fn quality_counts_every_rule_and_reason() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(app.get("/quality").await);
    let rejects = app.get("/quality/rejects").await;
    insta::assert_json_snapshot!(rejects);
    let one = app.get("/quality/rejects?reason=bad_number&source=online-retail").await;
    assert_eq!((&one["total"], &one["rows"][0]["line"]), (&json!(1), &json!(47)));
    assert_eq!(app.get("/quality/rejects?source=other").await["total"], json!(0));
    let wrong = app.problem("/quality/rejects?reason=ugly").await;
    assert_eq!(wrong, expected(400, "invalid_parameter", Some("reason")));
}

#[tokio::test]
async fn imports_and_jobs() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(json!({ "imports": app.get("/imports").await, "jobs": app.get("/jobs").await }));
}
