//! Campaigns: numbers, ledger, preview, and why somebody got a message or not.

use crate::{
    app::{App, expected},
    shop::{Shop, campaign, message, profile_id, settings},
};
use serde_json::json;

#[tokio::test]
async fn a_campaign_in_full() {
    let app = App::filled().await;
    let detail = app.get("/campaigns/win-back").await;
    insta::assert_json_snapshot!(detail);
    assert_eq!(app.get("/campaigns").await, json!([detail["campaign"]]));
}

#[tokio::test]
async fn a_ledger_with_an_open_message_does_not_reconcile() {
    let app = App::filled().await;
    let reconciles = async || app.get("/campaigns/win-back").await["reconciliation"]["reconciles"].clone();
    assert_eq!(reconciles().await, json!(true));
    let open = message(&campaign(), "12583");
    app.shop.store.reserve(&[open]).await.expect("reserved");
    assert_eq!(reconciles().await, json!(false));
    let overview = app.get("/overview").await;
    assert_eq!(overview["alerts"][0]["message"]["code"], "ledger_unreconciled");
}

#[tokio::test]
async fn the_ledger_can_be_filtered_and_paged() {
    let app = App::filled().await;
    insta::assert_json_snapshot!(app.get("/campaigns/win-back/messages").await);
    let total = async |query: &str| app.get(&format!("/campaigns/win-back/messages?{query}")).await["total"].clone();
    assert_eq!(total("state=handed_over").await, json!(1));
    assert_eq!(total("state=failed").await, json!(0));
    let problem = app.problem("/campaigns/win-back/messages?state=lost").await;
    assert_eq!(problem, expected(400, "invalid_parameter", Some("state")));
    assert_eq!(app.problem("/campaigns/none/messages").await, expected(404, "not_found", None));
}

#[tokio::test]
async fn every_decision_is_explained() {
    let app = App::filled().await;
    let check = async |user: &str, choice: &str, in_audience: bool, message: Option<&str>| {
        let path = format!("/campaigns/win-back/decisions/{}", profile_id(user));
        let answer = app.get(&path).await;
        assert_eq!((&answer["choice"], &answer["in_audience_now"]), (&json!(choice), &json!(in_audience)), "{user}");
        assert_eq!(answer["message"]["state"].as_str(), message, "{user}");
        answer
    };
    let sent = check("13047", "send", true, Some("handed_over")).await;
    assert_eq!(sent["send_probability"], json!(0.9));
    check("17850", "hold_out", true, None).await;
    check("15311", "suppressed", false, None).await;
    let never = check("12583", "not_considered", true, None).await;
    assert_eq!((&never["decided_at"], &never["run"]), (&json!(null), &json!(null)));
    let nobody = format!("/campaigns/win-back/decisions/{}", profile_id("nobody"));
    assert_eq!(app.problem(&nobody).await, expected(404, "not_found", None));
    let wrong = app.problem("/campaigns/win-back/decisions/x").await;
    assert_eq!(wrong, expected(400, "invalid_parameter", Some("customer")));
}

#[tokio::test]
async fn a_preview_is_for_one_real_customer_in_either_language() {
    let app = App::filled().await;
    let path = format!("/campaigns/win-back/preview?customer={}", profile_id("17850"));
    let english = app.get(&path).await;
    assert_eq!(english["subject"], "For you, 17850");
    let html = english["html"].as_str().expect("html");
    assert!(html.contains("Hello 17850") && html.contains("Because you bought White Metal Lantern"), "{html}");
    let chinese = app.get(&format!("{path}&language=zh-CN")).await;
    assert_eq!(chinese["subject"], "17850，为您推荐");
    assert!(chinese["text"].as_str().expect("text").contains("很多顾客都在买"));
    let anybody = app.get("/campaigns/win-back/preview").await;
    assert!(["12583", "13047", "17850"].map(|id| json!(id)).contains(&anybody["customer"]["user_id"]));
    let wrong = app.problem("/campaigns/win-back/preview?language=fr").await;
    assert_eq!(wrong, expected(400, "invalid_parameter", Some("language")));
}

#[tokio::test]
async fn a_preview_that_cannot_be_made_says_why() {
    let shop = Shop::filled().await;
    let mut broken = campaign();
    broken.content.subject.en = "{{ customer.id".into();
    shop.store.put_campaign(&broken).await.expect("stored");
    let app = App::with(shop, settings());
    assert_eq!(app.problem("/campaigns/win-back/preview").await, expected(422, "cannot_render", None));
}
