//! Customers: the list and everything about one.

use crate::{
    app::{App, expected},
    shop::profile_id,
};
use serde_json::{Value, json};

async fn ids(app: &App, query: &str) -> Vec<String> {
    let page = app.get(&format!("/customers?{query}")).await;
    let rows = page["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["user_id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn the_list_in_full() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(app.get("/customers").await);
}

#[tokio::test]
async fn the_list_can_be_searched_filtered_sorted_and_paged() {
    let app = App::filled().await;
    let check = async |query: &str, expected: &[&str]| assert_eq!(ids(&app, query).await, expected, "{query}");
    check("", &["12583", "17850", "13047", "15311"]).await;
    check("sort=user_id", &["12583", "13047", "15311", "17850"]).await;
    check("sort=user_id&descending=true&page_size=3", &["17850", "15311", "13047"]).await;
    check("sort=user_id&descending=true&page_size=3&page=1", &["12583"]).await;
    check("sort=recency", &["12583", "13047", "17850", "15311"]).await;
    check("country=France", &["12583"]).await;
    check("q=178", &["17850"]).await;
    check("q=CUSTOMER-13047%40", &["13047"]).await;
    check("segment=rfm-champions&sort=user_id", &["12583", "13047", "17850"]).await;
    check("segment=rfm-champions&country=France&q=&page=", &["12583"]).await;
    check("country=Spain", &[]).await;
    assert_eq!(app.get("/customers?page_size=1").await["total"], json!(4));
    let countries = app.get("/customers/countries").await;
    assert_eq!(countries[0], json!({ "country": "United Kingdom", "customers": 3 }));
}

#[tokio::test]
async fn what_cannot_be_read_names_its_parameter() {
    let app = App::filled().await;
    let check = async |query: &str, field: &str| {
        let problem = app.problem(&format!("/customers?{query}")).await;
        assert_eq!(problem, expected(400, "invalid_parameter", Some(field)), "{query}");
    };
    check("page=-1", "page").await;
    check("page=x", "page").await;
    check("page=10000001", "page").await;
    check("page_size=0", "page_size").await;
    check("page_size=501", "page_size").await;
    check("sort=shoe_size", "sort").await;
    check("descending=perhaps", "descending").await;
    let unknown = app.problem("/customers?segment=none").await;
    assert_eq!(unknown, expected(404, "not_found", Some("segment")));
}

#[tokio::test]
async fn one_customer_in_full() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(app.get(&format!("/customers/{}", profile_id("13047"))).await);
}

#[tokio::test]
async fn customers_that_do_not_exist() {
    let app = App::filled().await;
    let nobody = profile_id("nobody");
    for part in ["", "/recommendations", "/messages", "/timeline"] {
        assert_eq!(
            app.problem(&format!("/customers/{nobody}{part}")).await,
            expected(404, "not_found", None),
            "{part}"
        );
        let no_id = app.problem(&format!("/customers/cmp_1{part}")).await;
        assert_eq!(no_id, expected(400, "invalid_parameter", Some("id")), "{part}");
    }
}

#[tokio::test]
async fn recommendations_have_names_and_reasons() {
    let app = App::filled().await;
    let answer = app.get(&format!("/customers/{}/recommendations", profile_id("17850"))).await;
    insta::assert_json_snapshot!(answer);
    let without = app.get(&format!("/customers/{}/recommendations", profile_id("12583"))).await;
    assert_eq!((&without["items"], &without["model"]), (&json!([]), &json!(null)));
}

#[tokio::test]
async fn messages_of_one_customer() {
    let app = App::filled().await;
    let sent = app.get(&format!("/customers/{}/messages", profile_id("13047"))).await;
    assert_eq!((&sent["total"], &sent["rows"][0]["campaign"]["slug"]), (&json!(1), &json!("win-back")));
    let none = app.get(&format!("/customers/{}/messages", profile_id("17850"))).await;
    assert_eq!(none["total"], json!(0));
}

#[tokio::test]
async fn a_timeline_is_read_part_by_part_without_gap_or_repetition() {
    let app = App::filled().await;
    let path = format!("/customers/{}/timeline", profile_id("13047"));
    let whole = app.get(&path).await;
    insta::assert_json_snapshot!(whole);
    assert_eq!(whole["next"], Value::Null);

    let mut parts = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let part = app.get(&format!("{path}?{query}")).await;
        parts.extend(part["events"].as_array().expect("events").clone());
        let Some(next) = part["next"].as_str() else { break };
        query = format!("limit=1&before={next}");
    }
    assert_eq!(Value::Array(parts), whole["events"]);

    for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("before=yesterday", "before")] {
        let problem = app.problem(&format!("{path}?{query}")).await;
        assert_eq!(problem, expected(400, "invalid_parameter", Some(field)), "{query}");
    }
}
