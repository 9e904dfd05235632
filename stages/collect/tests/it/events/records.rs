//! Single records: the body of a web hook, a row of a query.

use super::{events, files::ORDERS};
use bellwether_collect::{EventMapping, Receipt, Record, segment::OrderCurrency};
use bellwether_domain::RejectReason;
use chrono::{DateTime, Utc};
use serde_json::Value;

const HOOK: &str = r#"
kind = "events"
source = "shop-hook"
[[event]]
when = { column = "header.x-topic", equals = "customers/create" }
type = "identify"
user_id = "id"
[event.traits]
email = "email"
[[event]]
when = { column = "header.x-topic", equals = "ping" }
skip = true
"#;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn receipt<'c>() -> Receipt<'c> {
    Receipt { source: "hook".into(), received_at: Some(at("2026-11-22T12:00:00Z")), currency: None, line: None }
}

fn applied(mapping: &EventMapping, record: &Record<'_>) -> Result<Vec<Value>, String> {
    let events = mapping.apply(record, &receipt()).map_err(|reject| reject.detail)?;
    let line = |event: &bellwether_collect::MappedEvent<'_>| {
        let mut body = Vec::new();
        event.write_line(&mut body);
        assert!(body.ends_with(b"}\n") && body.iter().filter(|byte| **byte == b'\n').count() == 1);
        let mut line: Value = serde_json::from_slice(&body).unwrap();
        line["e"].take()
    };
    Ok(events.iter().map(line).collect())
}

fn hook<'r>(body: &'r str, topic: &'r str) -> Record<'r> {
    Record::parse(body).unwrap().with_header("X-Topic", topic)
}

#[test]
fn a_header_decides_and_the_arrival_is_the_time() {
    let events_made =
        applied(&events(HOOK), &hook("{\n \"id\": 7, \"email\": \"a@x.org\" }", "customers/create")).unwrap();
    assert_eq!(events_made[0]["userId"], "7");
    assert_eq!(events_made[0]["timestamp"], "2026-11-22T12:00:00Z");
    assert_eq!(events_made[0]["receivedAt"], "2026-11-22T12:00:00Z");
    assert_eq!(events_made[0]["origin"], serde_json::json!({"source": "hook"}));
    assert_eq!(applied(&events(HOOK), &hook("{}", "ping")), Ok(vec![]));
    assert_eq!(
        applied(&events(HOOK), &hook("{}", "orders/create")).unwrap_err(),
        "the record: no rule of the mapping makes an event of it (`header.x-topic` is `orders/create`); add an [[event]] for such records, or one with skip = true to leave them out on purpose"
    );
}

#[test]
fn a_record_that_is_delivered_twice_counts_once() {
    let id = |body: &str, delivery: &str| {
        let record = hook(body, "customers/create").with_header("X-Delivery", delivery.to_owned());
        applied(&events(HOOK), &record).unwrap()[0]["messageId"].clone()
    };
    assert_eq!(id("{\"id\":7}", "1"), id("{\"id\":7}", "2"));
    assert_ne!(id("{\"id\":7}", "1"), id("{\"id\":8}", "1"));
}

#[test]
fn what_is_no_record_is_said() {
    let error = |text: &str| Record::parse(text).unwrap_err().to_string();
    assert!(error("{").starts_with("it is not JSON: EOF"));
    assert_eq!(error("[1]"), "it must be a JSON object with named values, but it is a list");
    assert_eq!(error("null"), "it must be a JSON object with named values, but it is nothing (null)");
    assert!(Record::parse("\u{feff} {} ").is_ok());
}

#[test]
fn columns_of_a_query_are_a_record() {
    let mapping = events(
        "kind = \"events\"\nsource = \"sql\"\n[[event]]\nuser_id = \"customer.id\"\ntime = \"at\"\nevent = { constant = \"Visited\" }\nproperties.visits = { column = \"visits\", cast = \"integer\" }",
    );
    let record = Record::from_columns([("customer.id", "k-1"), ("at", "2026-11-05 10:00:00"), ("visits", "3")]);
    let event = &applied(&mapping, &record).unwrap()[0];
    assert_eq!((&event["userId"], &event["timestamp"]), (&"k-1".into(), &"2026-11-05T10:00:00Z".into()));
    assert_eq!(event["properties"]["visits"], 3);
    let record = Record::from_columns([("customer.id", "k-1"), ("at", ""), ("visits", "3")]);
    let reject = mapping.apply(&record, &Receipt { line: Some(12), ..receipt() }).unwrap_err();
    assert_eq!((reject.origin.line, reject.reason), (Some(12), RejectReason::MissingField));
    assert_eq!(reject.content, "customer.id=k-1 at= visits=3 ");
}

#[test]
fn nothing_happens_after_it_arrived() {
    let mapping = events(&HOOK.replace("user_id", "time = \"at\"\nuser_id"));
    let record = hook("{\"id\":1,\"at\":\"2031-01-01\"}", "customers/create");
    assert_eq!(applied(&mapping, &record).unwrap()[0]["timestamp"], "2026-11-22T12:00:00Z");
}

#[test]
fn the_currency_of_the_shop_holds_for_orders_that_name_none() {
    let mapping = events(ORDERS);
    let receipt = Receipt { currency: Some(OrderCurrency { default: "EUR", is_only_one: true }), ..receipt() };
    let order = |currency: &str| {
        let text = format!(
            "{{\"no\":1,\"user\":\"u\",\"at\":\"2026-11-05\",\"currency\":{currency},\"lines\":[{{\"sku\":\"a\"}}]}}"
        );
        let record = Record::parse(&text).unwrap();
        let made = mapping.apply(&record, &receipt).map(|events| events[0].raw().order.unwrap().currency.to_string());
        made.map_err(|reject| reject.detail)
    };
    assert_eq!(order("null").as_deref(), Ok("EUR"));
    assert_eq!(
        order("\"JPY\"").unwrap_err(),
        "the record, value `currency`: the order is in JPY, but the shop's currency is EUR (setting shop.currency), and amounts of two currencies cannot be added"
    );
}

#[test]
fn a_record_cannot_grow_without_bound() {
    let mapping = events(
        "kind = \"events\"\nsource = \"s\"\n[[event]]\neach = \"list\"\nuser_id = \"$.user\"\ntime = \"$.at\"\nevent = { constant = \"E\" }\nproperties.all = \"$.text\"\n",
    );
    let text = |count: usize, size: usize| {
        format!(
            "{{\"user\":\"u\",\"at\":\"2026-11-05\",\"text\":\"{}\",\"list\":[{}]}}",
            "x".repeat(size),
            vec!["1"; count].join(",")
        )
    };
    for (count, size, fits) in [(10_000, 1, true), (10_001, 1, false), (100, 50_000, true), (1_000, 50_000, false)] {
        let text = text(count, size);
        let record = Record::parse(&text).unwrap();
        let made = mapping.apply(&record, &receipt());
        assert_eq!(made.as_ref().map(Vec::len).ok(), fits.then_some(count), "{count} {size}");
        assert!(made.is_ok() || made.unwrap_err().reason == RejectReason::RowTooLong);
    }
}
