//! The overview: numbers that were added up by hand from `shop.csv`, and the cache.

use crate::{app::App, shop::events};
use bellwether_domain::{ChangeSet, FileId, Offset};
use serde_json::json;

// Sums of quantity times price over `shop.csv`, without POST; invoices with a C are returns.
const GROSS: f64 = 1350.25;
const REFUNDED: f64 = 7.6;

#[tokio::test]
async fn totals_agree_with_the_file() {
    let app = App::filled().await;
    let overview = app.get("/overview").await;
    let totals = &overview["totals"];
    assert_eq!(totals["gross_revenue"], json!(GROSS));
    assert_eq!(totals["refunded"], json!(REFUNDED));
    assert_eq!((&totals["orders"], &totals["refunds"]), (&json!(7), &json!(2)));
    assert_eq!(totals["customers"], json!(4));
    assert_eq!(overview["data_range"]["first"], "2010-12-01T08:26:00Z");
    let monthly = overview["monthly"].as_array().expect("months");
    assert_eq!(monthly.len(), 11, "December to October, without gaps");
    let sum: f64 = monthly.iter().map(|month| month["revenue"].as_f64().expect("a number")).sum();
    assert!((sum - GROSS).abs() < 1e-9);
}

#[tokio::test]
async fn the_whole_page() {
    let app = App::filled().await;
    let mut overview = app.get("/overview").await;
    let days = overview["daily"].as_array().expect("days").len();
    assert_eq!(days, 316, "every day from the first order to the last");
    overview["daily"] = json!("left out");
    insta::assert_json_snapshot!(overview);
}

#[tokio::test]
async fn numbers_follow_the_data_and_are_kept_while_it_stays() {
    let app = App::filled().await;
    let before = app.get("/overview").await;
    assert_eq!(before["totals"]["orders"], json!(7));

    // The same version: kept, although the files are gone. Nothing is computed twice.
    let files = app.shop.store.event_files().await.expect("the manifest");
    let lake = app.shop.lake_folder();
    let away = lake.with_extension("away");
    std::fs::rename(&lake, &away).expect("moved");
    assert_eq!(app.get("/overview").await, before);

    // Another version: computed anew, and the missing files are noticed.
    app.shop.store.commit(&ChangeSet { applied: Offset(2), ..ChangeSet::default() }).await.expect("committed");
    assert_eq!(app.problem("/overview").await.1, "unavailable");
    std::fs::rename(&away, &lake).expect("moved back");

    // And with a second file that repeats nothing but adds one order.
    let mut event = events().swap_remove(0);
    event.id = bellwether_domain::EventId::derive(&[b"one more"]);
    let second = app.shop.lake.write_events(FileId::derive(&[b"2"]), &[event]).expect("a file");
    app.shop.store.commit_roll(&bellwether_domain::Roll::of(Offset(2), &[second])).await.expect("rolled");
    assert_eq!(app.get("/overview").await["totals"]["orders"], json!(8));
    assert_eq!(files.len(), 1);
}
