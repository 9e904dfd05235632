//! Before the first import every page answers, and says that there is nothing.

use crate::{
    app::{App, expected},
    shop::{Shop, settings},
};
use serde_json::json;

#[tokio::test]
async fn lists_are_empty_and_not_missing() {
    let app = App::with(Shop::empty().await, settings());
    for path in ["/customers", "/products", "/quality/rejects", "/recommendations/customers"] {
        let page = app.get(path).await;
        assert_eq!((&page["rows"], &page["total"]), (&json!([]), &json!(0)), "{path}");
    }
    for path in ["/segments", "/campaigns", "/experiments", "/imports", "/jobs", "/customers/countries"] {
        assert_eq!(app.get(path).await, json!([]), "{path}");
    }
    assert_eq!(app.get("/sources").await["sources"], json!([]));
    let overview = app.get("/overview").await;
    assert_eq!((&overview["data_range"], &overview["monthly"]), (&json!(null), &json!([])));
    assert_eq!(overview["alerts"][0]["message"]["code"], "no_data");
    assert_eq!(app.get("/recommendations").await["serving"], json!(null));
    assert_eq!(app.get("/quality").await["rows"], json!(0));
    assert_eq!(app.get("/health/ready").await["status"], "ok");
}

#[tokio::test]
async fn what_was_never_computed_is_not_found() {
    let app = App::with(Shop::empty().await, settings());
    for path in ["/backtest", "/segments/clustering", "/segments/none", "/campaigns/none", "/experiments/none"] {
        assert_eq!(app.problem(path).await, expected(404, "not_found", None), "{path}");
    }
}
