//! Sources: made, shown, changed and removed, and who is let in by which key.

use crate::{
    app::{App, expected},
    shop::{Shop, administrator, now, settings},
};
use axum::http::{Method, StatusCode};
use bellwether_api::ApiSettings;
use bellwether_domain::{SourceActivity, SourceError};
use chrono::{Days, Duration, NaiveDate};
use serde_json::{Value, json};

async fn app() -> App {
    App::with(Shop::empty().await, settings())
}

async fn create(app: &App, name: &str) -> Value {
    let answer = app.send(Method::POST, "/sources", &json!({ "name": name, "kind": "website" })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()
}

fn key(detail: &Value) -> String {
    detail["write_key"].as_str().expect("a key").to_owned()
}

/// The source that a key lets in.
async fn let_in(app: &App, key: &str) -> Option<String> {
    app.state.intake().write_keys.lookup(key).await.expect("an answer").map(|source| source.slug.to_string())
}

/// The shop's day.
fn today() -> NaiveDate {
    now().with_timezone(&chrono_tz::Europe::London).date_naive()
}

fn activity(days_ago: u64, events: u64, error: Option<&str>) -> SourceActivity {
    let at = now() - Days::new(days_ago) - Duration::hours(2);
    SourceActivity {
        events,
        rejected: u64::from(error.is_some()),
        last_event_at: Some(at),
        last_error: error.map(|message| SourceError { at, message: message.to_owned() }),
        ..SourceActivity::none("online-shop".into(), today() - Days::new(days_ago))
    }
}

#[tokio::test]
async fn a_new_source_in_full() {
    let app = app().await;
    let mut made = create(&app, " Online shop ").await;
    assert_eq!(made, app.get("/sources/online-shop").await);
    assert_eq!(app.get("/sources").await, json!({ "as_of": made["as_of"], "sources": [made["source"]] }));
    let key = key(&made);
    assert!(key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{key}");
    assert_eq!(let_in(&app, &key).await.as_deref(), Some("online-shop"));
    // The days are another test's business.
    made["write_key"] = json!("of 32 characters");
    made["source"]["days"] = json!(made["source"]["days"].as_array().expect("days").len());
    insta::assert_json_snapshot!(made);
}

#[tokio::test]
async fn the_list_holds_no_key() {
    let app = app().await;
    let made = create(&app, "Online shop").await;
    let answer = app.ask(Method::GET, "/api/v1/sources", &[], "").await;
    assert!(answer.text.contains("online-shop") && !answer.text.contains(&key(&made)), "{}", answer.text);
}

#[tokio::test]
async fn names_that_are_taken_get_a_number_and_keys_are_never_the_same() {
    let app = app().await;
    let (first, second) = (create(&app, "Online shop").await, create(&app, "Online Shop").await);
    assert_eq!(second["source"]["slug"], "online-shop-2");
    assert_ne!(key(&first), key(&second));
}

#[tokio::test]
async fn what_cannot_be_a_source_is_named() {
    let app = app().await;
    create(&app, "Shop").await;
    let post = async |body: Value| app.send(Method::POST, "/sources", &body).await.problem();
    let bad = |field: &str| expected(400, "invalid_body", Some(field));
    assert_eq!(post(json!({ "name": "  ", "kind": "website" })).await, bad("name"));
    assert_eq!(post(json!({ "name": "x".repeat(81), "kind": "website" })).await, bad("name"));
    assert_eq!(post(json!({ "name": "Shop", "kind": "fax" })).await, bad("kind"));
    assert_eq!(post(json!({ "name": "Shop" })).await.0, 400);
    let patch = async |body: Value| app.send(Method::PATCH, "/sources/shop", &body).await.problem();
    assert_eq!(patch(json!({ "name": "a\nb" })).await, bad("name"));
    // The short name never changes, and a request for it must not seem to be granted.
    assert_eq!(patch(json!({ "slug": "other" })).await.0, 400);
    assert_eq!(app.get("/sources/shop").await["source"]["name"], "Shop");
}

#[tokio::test]
async fn a_source_is_renamed_and_keeps_its_address_and_key() {
    let app = app().await;
    let made = create(&app, "Shop").await;
    let changed = app.send(Method::PATCH, "/sources/shop", &json!({ "name": "网店" })).await.json();
    assert_eq!((&changed["source"]["name"], &changed["source"]["slug"]), (&json!("网店"), &json!("shop")));
    assert_eq!(key(&changed), key(&made));
    let source = app.state.intake().write_keys.lookup(&key(&made)).await.expect("an answer").expect("a source");
    assert_eq!(source.name.as_str(), "网店", "senders are known by the new name, too");
}

#[tokio::test]
async fn a_disabled_source_is_let_in_no_more_until_it_is_enabled() {
    let app = app().await;
    let key = key(&create(&app, "Shop").await);
    assert_eq!(let_in(&app, &key).await.as_deref(), Some("shop"));
    let enable = async |enabled: bool| app.send(Method::PATCH, "/sources/shop", &json!({ "enabled": enabled })).await;
    assert_eq!(enable(false).await.json()["source"]["status"], "disabled");
    assert_eq!(let_in(&app, &key).await, None);
    assert_eq!(enable(true).await.json()["source"]["status"], "never");
    assert_eq!(let_in(&app, &key).await.as_deref(), Some("shop"));
}

#[tokio::test]
async fn a_new_key_replaces_the_old_one_at_once() {
    let app = app().await;
    let old = key(&create(&app, "Shop").await);
    assert_eq!(let_in(&app, &old).await.as_deref(), Some("shop"));
    let answer = app.send(Method::POST, "/sources/shop/rotate-key", &json!(null)).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, Some("no-store")));
    let new = key(&answer.json());
    assert_ne!(new, old);
    assert_eq!((let_in(&app, &old).await, let_in(&app, &new).await.as_deref()), (None, Some("shop")));
    assert_eq!(key(&app.get("/sources/shop").await), new);
}

/// Whoever asked for a new key and hung up still gets rid of the old one.
#[tokio::test]
async fn a_change_goes_to_its_end_when_nobody_waits_for_it() {
    let app = app().await;
    let old = key(&create(&app, "Shop").await);
    for delay in 0..20 {
        let before = key(&app.get("/sources/shop").await);
        // So that there is something to forget.
        let_in(&app, &before).await;
        let asked = app.send(Method::POST, "/sources/shop/rotate-key", &json!(null));
        drop(tokio::time::timeout(std::time::Duration::from_millis(delay), asked).await);
        // The change may be on its way, or may never have begun; either way Store and keys agree in the end.
        tokio::time::timeout(std::time::Duration::from_secs(10), async {
            loop {
                let stored = key(&app.get("/sources/shop").await);
                let known = let_in(&app, &stored).await.is_some();
                let forgotten = stored == before || let_in(&app, &before).await.is_none();
                if known && forgotten {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("the keys still stand as they did before the change ({delay})"));
    }
    assert_ne!(key(&app.get("/sources/shop").await), old, "not one of the changes was begun");
}

#[tokio::test]
async fn a_removed_source_is_gone_and_its_history_stays() {
    let app = app().await;
    let old = key(&create(&app, "Online shop").await);
    app.shop.store.add_source_activity(&[activity(0, 7, None)]).await.expect("added");
    app.state.intake().meters.record("online-shop", 7, 0, now());
    let remove = async || app.ask(Method::DELETE, "/api/v1/sources/online-shop", &[], "").await;
    let gone = remove().await;
    assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(remove().await.problem(), expected(404, "not_found", None));
    assert_eq!(let_in(&app, &old).await, None);
    assert_eq!(app.get("/sources").await["sources"], json!([]));
    let again = create(&app, "Online shop").await;
    assert_eq!(again["source"]["days"][29]["events"], 7, "the history is that of the name");
    assert_eq!(again["source"]["rate"]["last_minute"], 0, "what came this minute was not for this one");
}

#[tokio::test]
async fn sources_that_do_not_exist() {
    let app = app().await;
    let nothing = json!({});
    for (method, path) in [
        (Method::PATCH, "/sources/none"),
        (Method::POST, "/sources/none/rotate-key"),
        (Method::DELETE, "/sources/none"),
    ] {
        let problem = app.send(method.clone(), path, &nothing).await.problem();
        assert_eq!(problem, expected(404, "not_found", None), "{method} {path}");
    }
    assert_eq!(app.problem("/sources/none").await, expected(404, "not_found", None));
}

#[tokio::test]
async fn a_source_shows_what_it_brought() {
    let app = app().await;
    create(&app, "Online shop").await;
    let days = [
        activity(0, 40, None),
        activity(1, 30, Some("yesterday: no `userId`")),
        activity(29, 20, Some("long ago: no `event`")),
        activity(30, 10, Some("too long ago to be shown")),
    ];
    app.shop.store.add_source_activity(&days).await.expect("added");
    let detail = app.get("/sources/online-shop").await;
    let source = &detail["source"];
    assert_eq!(source["status"], "silent", "the last event came two hours ago");
    assert_eq!(source["last_event_at"], json!(now() - Duration::hours(2)));
    let shown = source["days"].as_array().expect("days");
    assert_eq!(shown.len(), 30);
    assert_eq!(shown[29], json!({ "day": today(), "events": 40, "rejected": 0 }));
    assert_eq!((&shown[28]["events"], &shown[28]["rejected"]), (&json!(30), &json!(1)));
    assert_eq!((&shown[0]["events"], &shown[1]["events"]), (&json!(20), &json!(0)), "days without events are there");
    assert_eq!(source["last_error"]["message"], "yesterday: no `userId`");
    let problems: Vec<_> =
        detail["problems"].as_array().expect("problems").iter().map(|p| p["message"].clone()).collect();
    assert_eq!(problems, [json!("yesterday: no `userId`"), json!("long ago: no `event`")]);
}

#[tokio::test]
async fn a_source_is_live_while_events_come() {
    let app = app().await;
    create(&app, "Online shop").await;
    let source = async || app.get("/sources/online-shop").await["source"].clone();
    app.shop.clock.advance(Duration::seconds(90));
    let then = now() + Duration::seconds(90);
    app.state.intake().meters.record("online-shop", 12, 3, then);
    let live = source().await;
    let rate = json!({ "last_minute": 12, "last_hour": 12, "last_day": 12, "rejected_last_day": 3, "since": now() });
    assert_eq!((&live["status"], &live["rate"]), (&json!("live"), &rate));
    assert_eq!(live["last_event_at"], json!(then), "before the Store knows of it");
    app.shop.clock.advance(Duration::hours(1));
    let silent = source().await;
    assert_eq!((&silent["status"], &silent["rate"]["last_hour"]), (&json!("silent"), &json!(0)));
    assert_eq!(silent["rate"]["last_day"], 12);
}

#[tokio::test]
async fn days_are_those_of_the_shop() {
    let settings = ApiSettings { time_zone: chrono_tz::Pacific::Auckland, ..settings() };
    let app = App::with(Shop::empty().await, settings);
    create(&app, "Online shop").await;
    // 2027-01-15 08:00 UTC is 21:00 there; four hours later it is the next day.
    let last_day = async || app.get("/sources/online-shop").await["source"]["days"][29]["day"].clone();
    assert_eq!(last_day().await, "2027-01-15");
    app.shop.clock.advance(Duration::hours(4));
    assert_eq!(last_day().await, "2027-01-16");
}

#[tokio::test]
async fn strangers_and_other_sites_change_nothing() {
    let guarded = ApiSettings { administrator: Some(administrator()), ..settings() };
    let app = App::with(Shop::empty().await, guarded);
    let new = json!({ "name": "Shop", "kind": "website" });
    for (method, path) in [
        (Method::GET, "/sources"),
        (Method::GET, "/sources/shop"),
        (Method::POST, "/sources"),
        (Method::PATCH, "/sources/shop"),
        (Method::POST, "/sources/shop/rotate-key"),
        (Method::DELETE, "/sources/shop"),
    ] {
        let problem = app.send(method.clone(), path, &new).await.problem();
        assert_eq!(problem, expected(401, "sign_in_required", None), "{method} {path}");
    }
    let open = self::app().await;
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "cross-site")];
    let answer = open.ask(Method::POST, "/api/v1/sources", &headers, &new.to_string()).await;
    assert_eq!(answer.problem(), expected(403, "cross_origin", None));
    assert_eq!(open.get("/sources").await["sources"], json!([]));
}

#[tokio::test]
async fn a_web_hook_shows_all_but_its_secret() {
    let app = app().await;
    let hook = json!({ "system": "generic", "secret": "a secret of theirs", "signature_header": "X-Sign" });
    let new = json!({ "name": "Booking", "kind": "webhook", "hook": hook });
    let answer = app.send(Method::POST, "/sources", &new).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let shown = &answer.json()["hook"];
    let expected = json!({
        "system": "generic", "path": "/v1/hooks/booking", "has_secret": true, "secret_hint": "eirs",
        "signature_header": "x-sign", "signature_scheme": "hmac_sha256_hex",
        "mapping": null, "ready_mapping": null, "last_refusal": null,
    });
    assert_eq!(shown, &expected);
    let change = json!({ "hook": { "signature_scheme": "token", "secret": "short one" } });
    let changed = app.send(Method::PATCH, "/sources/booking", &change).await.json();
    assert_eq!(
        (&changed["hook"]["signature_scheme"], &changed["hook"]["secret_hint"]),
        (&json!("token"), &Value::Null)
    );
    assert_eq!(changed["hook"]["signature_header"], "x-sign", "what is not said stays");
    assert_eq!(app.get("/sources").await["sources"][0]["hook_system"], "generic");
    let shopify = json!({ "name": "Shop", "kind": "webhook", "hook": { "system": "shopify" } });
    let made = app.send(Method::POST, "/sources", &shopify).await.json();
    assert!(made["hook"]["ready_mapping"].as_str().expect("a mapping").contains("orders/paid"));
}

#[tokio::test]
async fn what_a_web_hook_cannot_be_is_refused_with_its_place() {
    let app = app().await;
    create(&app, "Website").await;
    let send = async |method: Method, path: &str, body: Value| {
        let answer = app.send(method, path, &body).await;
        let (status, code, field) = answer.problem();
        assert_eq!((status, code.as_str()), (400, "invalid_body"), "{}", answer.text);
        (field.expect("a field"), answer.json()["detail"].as_str().expect("a detail").to_owned())
    };
    let create = async |hook: Value| {
        send(Method::POST, "/sources", json!({ "name": "Hook", "kind": "webhook", "hook": hook })).await
    };
    let (field, why) = create(json!({ "system": "stripe", "secret": "hunter2" })).await;
    assert!(field == "hook.secret" && why.contains("8 to 256") && !why.contains("hunter2"), "{why}");
    assert_eq!(create(json!({ "system": "shopify", "signature_header": "x-a" })).await.0, "hook.signature_header");
    assert_eq!(create(json!({ "system": "generic", "signature_header": "x a" })).await.0, "hook.signature_header");
    let (field, why) = create(json!({ "system": "generic", "mapping": "kind = \"events\"\nsauce = \"x\"" })).await;
    assert!(field == "hook.mapping" && why.contains("mapping:") && why.contains("sauce"), "{why}");
    let orders = json!({ "system": "generic", "mapping": "kind = \"orders\"" });
    assert_eq!(create(orders).await.0, "hook.mapping");
    let website = json!({ "name": "Web", "kind": "website", "hook": { "system": "shopify" } });
    assert_eq!(send(Method::POST, "/sources", website).await.0, "hook");
    let change = json!({ "hook": { "secret": "long enough" } });
    assert_eq!(send(Method::PATCH, "/sources/website", change).await.0, "hook");
    assert_eq!(app.get("/sources").await["sources"].as_array().expect("sources").len(), 1);
}
