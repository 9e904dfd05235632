//! Web hooks: who may tell something, that what is told counts once, whatever dies, and that what cannot be read waits.

use super::{client::Answer, server::Server};
use crate::support::get;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

const SECRET: &str = "shpss_0123456789abcdef0123456789abcdef";
const PAID: &str = include_str!("../../../../../packs/mappings/webhooks/shopify/orders-paid.json");
const UPDATED: &str = include_str!("../../../../../packs/mappings/webhooks/shopify/orders-updated.json");
const REFUND: &str = include_str!("../../../../../packs/mappings/webhooks/shopify/refunds-create.json");
const WOO: &str = include_str!("../../../../../packs/mappings/webhooks/woocommerce/order.updated.json");
const CHARGE: &str = include_str!("../../../../../packs/mappings/webhooks/stripe/charge.succeeded.json");

/// Makes a web hook.
fn create(server: &Server, hook: Value) {
    let answer = server.api("POST", "/sources", &json!({ "name": "Hook", "kind": "webhook", "hook": hook }));
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn change(server: &Server, hook: Value) -> Answer {
    server.api("PATCH", "/sources/hook", &json!({ "hook": hook }))
}

fn shopify(folder: &Path) -> Server {
    let server = Server::running(folder);
    create(&server, json!({ "system": "shopify", "secret": SECRET }));
    server
}

fn hmac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    parts.iter().fold(mac, |mac, part| mac.chain_update(part)).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Delivers as Shopify does; nothing where the server is gone.
fn try_to_deliver(server: &Server, topic: &str, body: &str, webhook_id: &str) -> Option<Answer> {
    let signature = STANDARD.encode(hmac(SECRET, &[body.as_bytes()]));
    let headers = format!(
        "content-type: application/json\r\nx-shopify-topic: {topic}\r\nx-shopify-hmac-sha256: {signature}\r\nx-shopify-webhook-id: {webhook_id}\r\n"
    );
    server.client().post_with("/v1/hooks/hook", &headers, body.as_bytes())
}

fn deliver(server: &Server, topic: &str, body: &str, webhook_id: &str) {
    let answer = try_to_deliver(server, topic, body, webhook_id).unwrap();
    assert_eq!(answer.status, 200, "{topic}: {answer:?}");
}

/// Orders, refunds and net revenue of the customer whose e-mail or number holds a text.
fn commerce(server: &Server, who: &str) -> Option<(u64, u64, f64)> {
    server.settle();
    let customers = get(&server.address, &format!("/customers?q={who}"));
    let id = customers["rows"][0]["id"].as_str()?;
    let customer = get(&server.address, &format!("/customers/{id}"));
    let commerce = &customer["commerce"];
    let count = |name: &str| commerce[name].as_u64().unwrap();
    Some((count("orders"), count("refunds"), commerce["net_revenue"].as_f64().unwrap()))
}

fn quarantined(server: &Server) -> Vec<Value> {
    server.settle();
    get(&server.address, "/quality/rejects?source=hook")["rows"].as_array().unwrap().clone()
}

fn replay(server: &Server, row: &Value, body: &str) -> Answer {
    let path = format!("/api/v1/quality/rejects/{}/replay", row["id"]);
    server.client().post_with(&path, "content-type: application/json\r\n", body.as_bytes()).unwrap()
}

#[test]
fn an_order_counts_once_and_its_refund_is_its_customers() {
    let folder = tempfile::tempdir().unwrap();
    let server = shopify(folder.path());
    deliver(&server, "orders/paid", PAID, "w-1");
    assert_eq!(commerce(&server, "lena"), Some((1, 0, 28.3)));
    // Again: as a repetition, under another number, which is not signed, and as another topic of the same order.
    deliver(&server, "orders/paid", PAID, "w-1");
    deliver(&server, "orders/paid", PAID, "w-2");
    deliver(&server, "orders/updated", PAID, "w-3");
    assert_eq!(commerce(&server, "lena"), Some((1, 0, 28.3)));
    // The refund comes without its customer, and with him in the order.
    deliver(&server, "refunds/create", REFUND, "w-4");
    deliver(&server, "orders/updated", UPDATED, "w-5");
    deliver(&server, "orders/updated", UPDATED, "w-6");
    assert_eq!(commerce(&server, "lena"), Some((1, 1, 15.8)));
    let left_out = server.get("/metrics").unwrap().body;
    assert!(left_out.contains("bellwether_hooks_left_out_total{source=\"hook\"} 1"), "{left_out}");
}

#[test]
fn without_ids_a_repeated_delivery_would_count_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &[]).with_fault("count-twice");
    assert!(server.start(), "{}", server.log());
    create(&server, json!({ "system": "shopify", "secret": SECRET }));
    deliver(&server, "orders/paid", PAID, "w-1");
    deliver(&server, "orders/paid", PAID, "w-1");
    assert_eq!(commerce(&server, "lena").map(|(orders, ..)| orders), Some(2));
}

#[test]
fn nobody_is_heard_without_the_right_signature() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    create(&server, json!({ "system": "shopify" }));
    let refused = |why: &str| {
        let answer = try_to_deliver(&server, "orders/paid", PAID, "w").unwrap();
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(answer.body.contains(why) && answer.body.contains("\"code\":\"unauthorized\""), "{answer:?}");
        let detail = get(&server.address, "/sources/hook");
        assert!(detail["hook"]["last_refusal"]["message"].as_str().unwrap().contains(why), "{detail}");
    };
    refused("has no secret yet");
    assert_eq!(change(&server, json!({ "secret": "another secret of ours" })).status, 200);
    refused("is not of this body and the secret of the source");
    let answer = change(&server, json!({ "secret": SECRET }));
    assert!(answer.status == 200 && !answer.body.contains(SECRET), "the secret is shown: {answer:?}");
    let detail = get(&server.address, "/sources/hook");
    assert_eq!((&detail["hook"]["secret_hint"], &detail["hook"]["last_refusal"]), (&json!("cdef"), &Value::Null));
    assert!(!detail.to_string().contains(SECRET) && !get(&server.address, "/sources").to_string().contains(SECRET));
    let unsigned = server.client().post_with("/v1/hooks/hook", "x-shopify-topic: orders/paid\r\n", PAID.as_bytes());
    assert_eq!(unsigned.unwrap().status, 401);
    // A right signature is that of one body only, also where the other one means the same.
    let signature = STANDARD.encode(hmac(SECRET, &[PAID.as_bytes()]));
    let headers = format!("x-shopify-topic: orders/paid\r\nx-shopify-hmac-sha256: {signature}\r\n");
    let changed = PAID.replacen(' ', "", 1);
    assert_eq!(server.client().post_with("/v1/hooks/hook", &headers, changed.as_bytes()).unwrap().status, 401);
    assert_eq!(commerce(&server, "lena"), None);
    assert_eq!(server.client().post_with("/v1/hooks/hook", &headers, PAID.as_bytes()).unwrap().status, 200);
    assert_eq!(commerce(&server, "lena"), Some((1, 0, 28.3)));
    for nobody in ["/v1/hooks/shop", "/v1/hooks/other", "/v1/hooks/%00"] {
        let answer = server.client().post_with(nobody, &headers, PAID.as_bytes()).unwrap();
        assert_eq!(answer.status, 404, "{nobody}: {answer:?}");
    }
    assert_eq!(server.api("PATCH", "/sources/hook", &json!({ "enabled": false })).status, 200);
    assert_eq!(try_to_deliver(&server, "orders/paid", PAID, "w").unwrap().status, 404);
    assert!(!server.log().contains(SECRET));
}

#[test]
fn bodies_that_can_never_be_read_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let server = shopify(folder.path());
    let status = |body: &str| try_to_deliver(&server, "orders/paid", body, "w").unwrap().status;
    for body in ["", "7", "{", "{} {}", "\"text\"", "webhook_id=1"] {
        assert_eq!(status(body), 400, "{body}");
    }
    assert_eq!(status("[]"), 200);
    let large = format!("{{\"id\":\"{}\"}}", "x".repeat(1 << 20));
    let answer = try_to_deliver(&server, "orders/paid", &large, "w").unwrap();
    assert!(answer.status == 413 && answer.body.contains("payload_too_large"), "{answer:?}");
    assert_eq!(quarantined(&server), Vec::<Value>::new());
}

#[test]
fn stripe_is_heard_for_five_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    create(&server, json!({ "system": "stripe", "secret": "whsec_0123456789abcdef" }));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let sign = |secret: &str, time: u64| {
        format!("v1={}", hex(&hmac(secret, &[time.to_string().as_bytes(), b".", CHARGE.as_bytes()])))
    };
    let send = |signature: &str| {
        let headers = format!("content-type: application/json\r\nstripe-signature: {signature}\r\n");
        server.client().post_with("/v1/hooks/hook", &headers, CHARGE.as_bytes()).unwrap()
    };
    let (right, other) = ("whsec_0123456789abcdef", "whsec_of_another_shop");
    let old = now - 400;
    let answer = send(&format!("t={old},{}", sign(right, old)));
    assert!(answer.status == 401 && answer.body.contains("seconds away from this server's clock"), "{answer:?}");
    assert_eq!(send(&format!("t={now},{}", sign(right, old))).status, 401, "another time is another signature");
    assert_eq!(send(&format!("t={now},{}", sign(other, now))).status, 401);
    assert_eq!(commerce(&server, "lena"), None);
    // While the secret is replaced Stripe signs with both.
    for _ in 0..2 {
        assert_eq!(send(&format!("t={now},{},{}", sign(other, now), sign(right, now))).status, 200);
    }
    assert_eq!(commerce(&server, "cus_").map(|(orders, ..)| orders), Some(1));
}

#[test]
fn woocommerce_asks_first_whether_somebody_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    create(&server, json!({ "system": "woocommerce" }));
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let ping = |headers: &str, body: &[u8]| server.client().post_with("/v1/hooks/hook", headers, body).unwrap().status;
    assert_eq!(ping(form, b"webhook_id=7"), 200);
    assert_eq!(ping(form, b"webhook_id=7&more=1"), 401);
    assert_eq!(change(&server, json!({ "secret": "woo secret" })).status, 200);
    assert_eq!(ping(form, b"webhook_id=7"), 200);
    let signature = STANDARD.encode(hmac("woo secret", &[WOO.as_bytes()]));
    for delivery in 0..2 {
        let headers = format!(
            "x-wc-webhook-topic: order.updated\r\nx-wc-webhook-signature: {signature}\r\nx-wc-webhook-delivery-id: {delivery}\r\n"
        );
        assert_eq!(ping(&headers, WOO.as_bytes()), 200);
    }
    server.settle();
    let metrics = server.get("/metrics").unwrap().body;
    assert!(metrics.contains("bellwether_events_received_total{source=\"hook\"} 2"), "{metrics}");
    assert!(metrics.contains("bellwether_events_processed_total{source=\"hook\"} 1"), "{metrics}");
    assert_eq!(quarantined(&server), Vec::<Value>::new());
}

const MAPPING: &str = r#"kind = "events"
source = "any"

[[event]]
when = { column = "kind", equals = "booking" }
event = { constant = "Room Booked" }
user_id = "guest.id"
time = "at"
properties.room = "room"
"#;

#[test]
fn what_cannot_be_mapped_waits_is_mended_and_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    create(
        &server,
        json!({ "system": "generic", "secret": "open sesame", "signature_scheme": "token", "signature_header": "X-Token" }),
    );
    let send = |body: &str| {
        let headers = "x-token: open sesame\r\ncontent-type: application/json\r\n";
        let answer = server.client().post_with("/v1/hooks/hook", headers, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let events = || {
        server.settle();
        let customers = get(&server.address, "/customers?q=guest-1");
        let Some(id) = customers["rows"][0]["id"].as_str() else { return 0 };
        get(&server.address, &format!("/customers/{id}"))["events"].as_u64().unwrap()
    };
    let booking = r#"{"kind":"booking","guest":{"id":"guest-1"},"at":"2026-11-20T10:00:00Z","room":7}"#;
    // Without a mapping it waits whole, until there is one.
    send(booking);
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["reason"], &rows[0]["replayable"]), (1, &json!("not_mapped"), &json!(true)));
    let answer = change(&server, json!({ "mapping": MAPPING.replace("user_id", "user_idd") }));
    assert!(
        answer.status == 400 && answer.body.contains("mapping:7:1") && answer.body.contains("user_idd"),
        "{answer:?}"
    );
    assert_eq!(change(&server, json!({ "mapping": MAPPING })).status, 200);
    assert_eq!(replay(&server, &rows[0], "{}").status, 200);
    assert_eq!((events(), quarantined(&server).len()), (1, 0));
    // Delivered again it is the same event.
    send(booking);
    assert_eq!(events(), 1);
    // A value that cannot be read, and a document that no rule is for, in one body with a good one.
    let wrong = r#"{"kind":"booking","guest":{"id":"guest-1"},"at":"tomorrow","room":8}"#;
    send(&format!("[{wrong},{{\"kind\":\"ping\"}},{}]", booking.replace(":7", ":9")));
    assert_eq!(events(), 2);
    let rows = quarantined(&server);
    let reasons: Vec<&str> = rows.iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["not_mapped", "bad_date"]);
    let kept: Value = serde_json::from_str(rows[1]["content"].as_str().unwrap()).unwrap();
    assert_eq!((&kept["type"], &kept["body"]["room"]), (&json!("hook"), &json!(8)));
    let half = json!({ "event": { "type": "hook", "headers": {}, "body": [] } });
    assert_eq!(replay(&server, &rows[1], &half.to_string()).status, 400);
    let mut mended = kept;
    mended["body"]["at"] = json!("2026-11-21T10:00:00Z");
    assert_eq!(replay(&server, &rows[1], &json!({ "event": mended }).to_string()).status, 200);
    assert_eq!((events(), quarantined(&server).len()), (3, 1));
    assert_eq!(replay(&server, &rows[1], "{}").status, 404);
}

#[test]
fn a_topic_that_no_rule_is_for_is_taken_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let server = shopify(folder.path());
    deliver(&server, "products/update", r#"{"id":1,"title":"Tea"}"#, "w-1");
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["reason"]), (1, &json!("not_mapped")));
    let detail = rows[0]["detail"].as_str().unwrap();
    assert!(detail.contains("`header.x-shopify-topic` is `products/update`"), "{detail}");
    let kept: Value = serde_json::from_str(rows[0]["content"].as_str().unwrap()).unwrap();
    assert_eq!(kept["headers"]["x-shopify-topic"], "products/update");
    assert!(!kept.to_string().contains("hmac"), "a signature is kept: {kept}");
    let source = &get(&server.address, "/sources/hook")["source"];
    assert_eq!((&source["rate"]["last_hour"], &source["rate"]["rejected_last_day"]), (&json!(1), &json!(1)));
}

/// What mapping takes and cleaning does not is an event already, and must not lose its lines when it is mended.
#[test]
fn an_order_that_cleaning_refuses_keeps_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    let server = shopify(folder.path());
    let long = format!("\"{}\"", "1".repeat(2_000));
    deliver(&server, "orders/paid", &PAID.replace("115310627314723954", &long), "w-1");
    let rows = quarantined(&server);
    assert_eq!((rows.len(), &rows[0]["field"]), (2, &json!("userId")), "the sale and who the customer is: {rows:?}");
    let mut whole = rows.iter().map(|row| get(&server.address, &format!("/quality/rejects/{}", row["id"])));
    let sale = whole.find(|row| row["content"].as_str().unwrap().contains("Order Completed")).unwrap();
    let mut event: Value = serde_json::from_str(sale["content"].as_str().unwrap()).unwrap();
    event["userId"] = json!("mended");
    assert_eq!(replay(&server, &sale, &json!({ "event": event }).to_string()).status, 200);
    assert_eq!(commerce(&server, "mended"), Some((1, 0, 28.3)));
    // The same delivery, right this time, is the same sale.
    deliver(&server, "orders/paid", PAID, "w-2");
    assert_eq!(commerce(&server, "mended"), Some((1, 0, 28.3)));
    assert_eq!(commerce(&server, "lena").map(|(orders, ..)| orders), Some(0));
}

/// Orders of one customer, delivered while the server is killed; gives how many were answered with 200, and how many are true.
fn killed_between_deliveries(fault: Option<&'static str>) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &["lake.seconds_until_file=0".to_owned()]);
    if let Some(fault) = fault {
        server = server.with_fault(fault);
    }
    assert!(server.start(), "{}", server.log());
    create(&server, json!({ "system": "shopify", "secret": SECRET }));
    let mut taken = 0;
    for order in 0..60 {
        let body = PAID.replace("820982911946154508", &format!("{}", 1_000 + order));
        taken +=
            u64::from(try_to_deliver(&server, "orders/paid", &body, "w").is_some_and(|answer| answer.status == 200));
        if order % 10 == 9 {
            // Right after an answer.
            server.kill();
            assert!(server.start(), "{}", server.log());
        }
    }
    (taken, commerce(&server, "lena").map_or(0, |(orders, ..)| orders))
}

#[test]
fn killed_right_after_an_answer_nothing_is_lost() {
    assert_eq!(killed_between_deliveries(None), (60, 60));
}

#[test]
fn without_waiting_for_the_disk_deliveries_are_lost() {
    for _ in 0..5 {
        let (taken, found) = killed_between_deliveries(Some("acknowledge-early"));
        if found < taken {
            return;
        }
    }
    panic!("without its protection nothing went wrong: the test shows nothing");
}

fn preview(server: &Server, trial: Value) -> Value {
    let answer = server.api("POST", "/sources/hook/hook/preview", &trial);
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_mapping_is_tried_on_deliveries_that_came_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = shopify(folder.path());
    let workbench = || get(&server.address, "/sources/hook/hook/workbench");
    let example = workbench()["samples"][0].clone();
    assert_eq!(
        (&example["origin"], &example["headers"]["x-shopify-topic"]),
        (&json!("example"), &json!("orders/paid"))
    );
    let trial = |mapping: Value, body: &Value, topic: &str| {
        preview(&server, json!({ "mapping": mapping, "body": body, "headers": { "X-Shopify-Topic": topic } }))
    };
    let found = trial(Value::Null, &example["body"], "orders/paid");
    let names: Vec<_> = found["events"].as_array().unwrap().iter().map(|event| event["event"].as_str()).collect();
    assert!(names.contains(&Some("Order Completed")), "{found}");
    assert_eq!(trial(Value::Null, &example["body"], "refunds/create")["left_out"], 1);
    // What is wrong is an answer like any other.
    let found = trial(json!("kind = 7"), &example["body"], "orders/paid");
    assert_eq!((&found["mapping_problem"]["line"], &found["events"]), (&json!(1), &json!([])));
    let found = trial(Value::Null, &json!("{"), "orders/paid");
    assert!(found["body_problem"].as_str().unwrap().contains("JSON"), "{found}");
    assert_eq!(commerce(&server, "lena"), None, "a trial was kept");
    // What comes is there to be tried, without its signature; what waits in quarantine is, too.
    deliver(&server, "orders/paid", PAID, "w-1");
    let last = workbench()["samples"][0].clone();
    assert_eq!((&last["origin"], last["body"].as_str()), (&json!("last"), Some(PAID.trim())));
    assert!(last["headers"].get("x-shopify-hmac-sha256").is_none() && last["headers"]["x-shopify-webhook-id"] == "w-1");
    let broken = PAID.replace("\"2026-", "\"soon-");
    deliver(&server, "orders/paid", &broken, "w-2");
    assert_eq!(quarantined(&server).len(), 1);
    let waiting = workbench()["samples"][1].clone();
    assert_eq!(
        (&waiting["origin"], &waiting["headers"]["x-shopify-topic"]),
        (&json!("set_aside"), &json!("orders/paid"))
    );
    assert_eq!(trial(Value::Null, &waiting["body"], "orders/paid")["problem_count"], 1);
}

#[test]
fn a_mapping_is_guessed_from_a_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    create(&server, json!({ "system": "generic", "secret": SECRET }));
    let workbench = get(&server.address, "/sources/hook/hook/workbench");
    assert_eq!(workbench["mappings"].as_array().unwrap().len(), 4);
    let body = workbench["samples"][0]["body"].clone();
    let found = preview(&server, json!({ "body": body }));
    assert!(found["problems"][0]["detail"].as_str().unwrap().contains("has no mapping yet"), "{found}");
    let answer = server.api("POST", "/sources/hook/hook/guess", &json!({ "body": body }));
    let draft: Value = serde_json::from_str(&answer.body).unwrap();
    let found = preview(&server, json!({ "mapping": draft["mapping"], "body": body }));
    // What happened, and who the person is.
    let kinds: Vec<_> = found["events"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!((kinds, &found["problem_count"]), (vec![&json!("track"), &json!("identify")], &json!(0)), "{found}");
    assert_eq!(found["events"][0]["userId"], "ann@example.com");
    assert_eq!(change(&server, json!({ "mapping": draft["mapping"] })).status, 200);
    let refused = |path: &str, body: Value| server.api("POST", path, &body).status;
    assert_eq!(refused("/sources/hook/hook/guess", json!({ "body": "7" })), 400);
    assert_eq!(refused("/sources/hook/hook/preview", json!({ "body": " ".repeat(200_000) })), 400);
    assert_eq!(refused("/sources/other/hook/preview", json!({ "body": "{}" })), 404);
    assert_eq!(server.api("POST", "/sources", &json!({ "name": "Site", "kind": "website" })).status, 201);
    assert_eq!(refused("/sources/site/hook/preview", json!({ "body": "{}" })), 400);
}
